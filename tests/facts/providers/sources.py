"""Go files as providers write them, made up for tests: one resource of each kind, and what they lean on."""

from pathlib import Path

FILES = {
    "service/shop/stall.go": """
package shop

const minimum = "least"

// A stall is put up once. resourceStall() is not called here: "ForceNew: true"
func resourceStall() *schema.Resource {
	return &schema.Resource{
		Create: resourceStallCreate,
		CustomizeDiff: customdiff.Sequence(
			customdiff.ForceNewIfChange("awning.0.colour", func(_ context.Context, old, new, meta any) bool {
				return old.(string) == "red"
			}),
			checkStall,
		),
		Timeouts: &schema.ResourceTimeout{Create: schema.DefaultTimeout(10 * time.Minute)},
		SchemaFunc: func() map[string]*schema.Schema {
			return map[string]*schema.Schema{
				names.AttrARN: {Type: schema.TypeString, Computed: true},
				names.AttrKMSKeyID: {Type: schema.TypeString, Optional: true, ForceNew: true},
				minimum: {Type: schema.TypeInt, Required: true},
				`street`: {Type: schema.TypeString, Required: true, ForceNew: true, Description: `Where it stands, "as told".`},
				"size": {Type: schema.TypeInt, Optional: true},
				"awning": {
					Type: schema.TypeList, MaxItems: 1, Optional: true,
					Elem: &schema.Resource{Schema: map[string]*schema.Schema{
						"colour": {Type: schema.TypeString, Optional: true},
						"frame":  {Type: schema.TypeString, Optional: true, ForceNew: true},
					}},
				},
				"crate": {
					Type: schema.TypeSet, Optional: true, ForceNew: true,
					Elem: &schema.Resource{Schema: crateSchema()},
				},
				"neighbour_id": {Type: schema.TypeSet, Optional: true, ForceNew: true, Elem: &schema.Schema{Type: schema.TypeString}},
				"tags":  tftags.TagsSchema(),
				"odd":   elsewhere.Strange(),
			}
		},
	}
}

func crateSchema() map[string]*schema.Schema {
	return map[string]*schema.Schema{
		"label": {Type: schema.TypeString, Optional: true},
		"depth": {Type: schema.TypeInt, Required: true, ForceNew: true},
	}
}

func checkStall(_ context.Context, diff *schema.ResourceDiff, meta any) error {
	if diff.HasChange("size") {
		return diff.ForceNew("size")
	}
	return nil
}
""",
    "service/shop/stall_test.go": 'package shop\n\nfunc resourceStall() {\n\treturn "not this one"\n}\n',
    "service/shop/wild.go": """
package shop

func resourceWild() *schema.Resource {
	made := &schema.Resource{
		CustomizeDiff: func(_ context.Context, d *schema.ResourceDiff, meta any) error { return d.ForceNew(chosen(d)) },
		Schema: tpg.MergeSchemas(ParentSchema, map[string]*schema.Schema{
			"member": {Type: schema.TypeString, Required: true, ForceNew: true},
		}),
	}
	return made
}

var ParentSchema = map[string]*schema.Schema{
	"project": {Type: schema.TypeString, Optional: true, ForceNew: true},
}

func Granted(parent map[string]*schema.Schema) *schema.Resource {
	return &schema.Resource{Schema: tpg.MergeSchemas(parent, map[string]*schema.Schema{
		"role": {Type: schema.TypeString, Required: true, ForceNew: true},
	})}
}
""",
    "service/shop/cart.go": """
package shop

func (r *cartResource) Schema(ctx context.Context, request resource.SchemaRequest, response *resource.SchemaResponse) {
	response.Schema = schema.Schema{
		Attributes: map[string]schema.Attribute{
			"id":    framework.IDAttribute(),
			"owner": schema.StringAttribute{
				Required:      true,
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"wheels": schema.Int64Attribute{
				Optional:      true,
				PlanModifiers: []planmodifier.Int64{int64planmodifier.RequiresReplaceIf(fewer, "", "")},
			},
			"colour": schema.StringAttribute{Optional: true},
		},
		Blocks: map[string]schema.Block{
			"lock": schema.ListNestedBlock{
				Validators: []validator.List{listvalidator.SizeAtMost(1)},
				NestedObject: schema.NestedBlockObject{
					Attributes: map[string]schema.Attribute{
						"key": schema.StringAttribute{
							Optional:      true,
							PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
						},
					},
				},
			},
		},
	}
}
""",
    "framework/attributes.go": """
package framework

func IDAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Computed: true,
	}
}
""",
    "tags/tags.go": """
package tags

var TagsSchema = sync.OnceValue(func() *schema.Schema {
	return &schema.Schema{
		Type:     schema.TypeMap,
		Optional: true,
	}
})
""",
    "provider/diff.go": """
package provider

var forceNew = _groups{
	"apps": _versions{
		"v1": _kinds{"Deployment": deployment},
	},
	"core": core,
	"":     core,
}

var core = _versions{
	"v1": _kinds{
		"Service": properties{".spec.clusterIP"},
		"Pod": append(properties{".spec.nodeName"}, below(".spec.containers[*]", ".spec.volumes")...),
	},
}

var deployment = append(
	properties{
		".spec.selector",
	},
	below(".spec.selector")...,
)

func below(prefix string) properties {
	return properties{prefix + ".deep"}
}
""",
}


def written(folder: Path) -> Path:
    """The folder, with the files in it."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
