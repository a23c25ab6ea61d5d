"""Random clusters as lists of manifests: few names and values, so that selectors hit, and every field of a policy."""

from typing import Any

from hypothesis import strategies as st

from .endpoints import Manifest, pod

SPACES = ("red", "blue", "default")
VALUES = ("a", "b")
KINDS = {
    "Pod": "v1",
    "ReplicationController": "v1",
    "Deployment": "apps/v1",
    "ReplicaSet": "apps/v1",
    "StatefulSet": "apps/v1",
    "DaemonSet": "apps/v1",
    "Job": "batch/v1",
    "CronJob": "batch/v1",
    "Rollout": "argoproj.io/v1alpha1",
}
"""Every owner of pods, and one that only its template gives away."""
NUMBERS = (53, 80, 81, 443, 8080)
PORTS = (1, 52, *NUMBERS, 82, 442, 8081, 65535)
PROTOCOLS = ("TCP", "UDP", "SCTP")
NAMES = ("http", "dns", "admin")
BLOCKS: dict[str, tuple[str, ...]] = {
    "0.0.0.0/0": ("10.0.0.0/8", "8.8.8.0/24", "169.254.169.254/32", "0.0.0.0/1", "128.0.0.0/1"),
    "10.0.0.0/8": ("10.0.0.0/16", "10.0.0.5/32"),
    "10.0.0.0/16": ("10.0.0.0/24",),
    "10.0.0.5/32": (),
    "8.0.0.0/7": ("8.8.0.0/16", "8.8.8.8/32", "8.0.0.0/8", "9.0.0.0/8"),
    "8.8.8.0/24": ("8.8.8.8/32",),
    "169.254.169.254/32": (),
    "::/0": ("fd00::/8", "2600::/12", "2000::/3", "::/1"),
    "fd00::/8": ("fd00:ec2::/32",),
    "2600::/12": ("2606:4700::/32", "2606:4700::1111/128"),
}
"""Ranges, and what may be taken out of each: a strict part, or the API server refuses it."""
ADDRESSES = ("10.0.0.5", "10.0.9.9", "10.9.9.9", "8.8.8.8", "8.8.8.9", "9.9.9.9", "203.0.113.7", "169.254.169.254")
ADDRESSES_V6 = ("fd00::1", "fd00:ec2::254", "2606:4700::1111", "2606:4700::1", "2001:4860:4860::8888")

labels = st.dictionaries(st.sampled_from(("app", "tier")), st.sampled_from(VALUES))
_keys = st.sampled_from(("app", "tier", "team", "absent"))
_own_names = st.lists(st.sampled_from(SPACES), min_size=1, max_size=2, unique=True)


@st.composite
def _term(draw: st.DrawFn) -> Manifest:
    operator = draw(st.sampled_from(("In", "NotIn", "Exists", "DoesNotExist")))
    term: Manifest = {"key": draw(_keys), "operator": operator}
    if operator in ("In", "NotIn"):
        term["values"] = draw(st.lists(st.sampled_from(VALUES), min_size=1, max_size=2, unique=True))
    return term


@st.composite
def _own_name(draw: st.DrawFn) -> Manifest:
    spaces = draw(_own_names)
    if draw(st.booleans()):
        return {"matchLabels": {"kubernetes.io/metadata.name": spaces[0]}}
    operator = draw(st.sampled_from(("In", "NotIn")))
    return {"matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": operator, "values": spaces}]}


selectors = st.one_of(
    st.just({}),
    st.just({"matchLabels": {}, "matchExpressions": None}),
    st.fixed_dictionaries({"matchLabels": st.dictionaries(_keys, st.sampled_from(VALUES), max_size=2)}),
    st.fixed_dictionaries(
        {"matchExpressions": st.lists(_term(), max_size=2)},
        optional={"matchLabels": st.dictionaries(_keys, st.sampled_from(VALUES), max_size=1)},
    ),
)
space_selectors = st.one_of(selectors, _own_name())


@st.composite
def blocks(draw: st.DrawFn) -> Manifest:
    """An ipBlock with none, some or all of what may be taken out."""
    cidr = draw(st.sampled_from(sorted(BLOCKS)))
    block: Manifest = {"cidr": cidr}
    if draw(st.booleans()):
        block["except"] = draw(st.lists(st.sampled_from(BLOCKS[cidr]), unique=True)) if BLOCKS[cidr] else []
    return block


peers = st.one_of(
    st.fixed_dictionaries({"podSelector": selectors}),
    st.fixed_dictionaries({"namespaceSelector": space_selectors}),
    st.fixed_dictionaries({"namespaceSelector": space_selectors, "podSelector": selectors}),
    st.fixed_dictionaries({"namespaceSelector": space_selectors, "podSelector": st.none()}),
    st.fixed_dictionaries({"ipBlock": blocks()}),
)


@st.composite
def port_rules(draw: st.DrawFn) -> Manifest:
    """A port of a rule: numbered, a range, named, or a protocol alone."""
    rule: Manifest = draw(st.fixed_dictionaries({}, optional={"protocol": st.sampled_from((*PROTOCOLS, None))}))
    shape = draw(st.sampled_from(("any", "number", "number", "range", "name", "name")))
    if shape in ("number", "range"):
        rule["port"] = draw(st.sampled_from(NUMBERS))
    if shape == "range":
        rule["endPort"] = draw(st.sampled_from([port for port in PORTS if port >= rule["port"]]))
    if shape == "name":
        rule["port"] = draw(st.sampled_from(NAMES))
    return rule


def rules(key: str) -> st.SearchStrategy[Any]:
    """Rules of one direction: `key` is `from` or `to`; lists that are missing, null, empty, or hold something."""
    several = st.one_of(st.none(), st.just([]), *[st.lists(peers, min_size=1, max_size=3)] * 3)
    ports = st.one_of(st.none(), st.just([]), st.lists(port_rules(), min_size=1, max_size=3))
    return st.fixed_dictionaries({}, optional={key: several, "ports": ports})


@st.composite
def policies(draw: st.DrawFn, name: str = "policy") -> Manifest:
    """A policy in some namespace, with every way to give, leave out or empty its parts."""
    ways = st.sampled_from((None, [], ["Ingress"], ["Egress"], ["Ingress", "Egress"], ["Egress", "Ingress"]))
    spec = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "podSelector": selectors,
                "policyTypes": ways,
                "ingress": st.one_of(st.none(), st.just([]), *[st.lists(rules("from"), min_size=1, max_size=3)] * 3),
                "egress": st.one_of(st.none(), st.just([]), *[st.lists(rules("to"), min_size=1, max_size=3)] * 3),
            },
        )
    )
    # A group that is not Kubernetes' own has policies of the same kind, with other rules: no business of this layer.
    version = draw(st.sampled_from(("networking.k8s.io/v1",) * 9 + ("crd.projectcalico.org/v1",)))
    return {"apiVersion": version, "kind": "NetworkPolicy", "metadata": draw(_place(name)), "spec": spec}


@st.composite
def _place(draw: st.DrawFn, name: str) -> Manifest:
    space = draw(st.sampled_from(SPACES))
    silent = space == "default" and draw(st.booleans())
    return {"name": name} if silent else {"name": name, "namespace": space}


@st.composite
def _container(draw: st.DrawFn, name: str, free: list[tuple[str, str]]) -> Manifest:
    ports = []
    for _ in range(draw(st.integers(0, 2))):
        protocol = draw(st.sampled_from((None, *PROTOCOLS)))
        port: Manifest = {"containerPort": draw(st.sampled_from(NUMBERS))}
        port |= {} if protocol is None else {"protocol": protocol}
        port |= {"hostPort": draw(st.sampled_from((80, 30053)))} if draw(st.integers(0, 9)) == 9 else {}
        # One name and protocol with two numbers in one pod: which of them counts, no specification says.
        usable = [each for each in free if each[1] == (protocol or "TCP")]
        if usable and draw(st.integers(0, 3)):
            chosen = draw(st.sampled_from(usable))
            free.remove(chosen)
            port["name"] = chosen[0]
        ports.append(port)
    return {"name": name, "image": "registry.example/app:1", **({"ports": ports} if ports else {})}


@st.composite
def pod_specs(draw: st.DrawFn) -> Manifest:
    """The spec of a pod: containers with named ports, sidecars, now and then on the host's network."""
    free = [(name, protocol) for name in NAMES for protocol in PROTOCOLS]
    spec: Manifest = {"containers": [draw(_container(f"c{index}", free)) for index in range(draw(st.integers(1, 2)))]}
    if draw(st.integers(0, 2)) == 0:
        spec["initContainers"] = [{**draw(_container("sidecar", free)), "restartPolicy": "Always"}]
    host = draw(st.sampled_from((None,) * 8 + (False, True)))
    # A pod on the host's network has no other port of the host than its own.
    for port in [
        port
        for each in (*spec["containers"], *spec.get("initContainers", []))
        if host
        for port in each.get("ports") or []
    ]:
        port.pop("hostPort", None)
    return spec if host is None else {**spec, "hostNetwork": host}


@st.composite
def workloads(draw: st.DrawFn, name: str) -> Manifest:
    """An owner of pods of any kind."""
    kind, given, spec = draw(st.sampled_from(sorted(KINDS))), draw(labels), draw(pod_specs())
    top: Manifest = {"apiVersion": KINDS[kind], "kind": kind, "metadata": draw(_place(name))}
    if kind == "Pod":
        return {**top, "metadata": {**top["metadata"], "labels": given}, "spec": spec}
    # An owner's own labels are no pod's labels.
    top["metadata"] = {**top["metadata"], "labels": draw(labels)}
    template = {"metadata": {"labels": given}, "spec": spec}
    if kind == "CronJob":
        return {**top, "spec": {"schedule": "0 0 * * *", "jobTemplate": {"spec": {"template": template}}}}
    return {**top, "spec": {"template": template}}


@st.composite
def clusters(draw: st.DrawFn) -> list[Manifest]:
    """Namespaces, some of them only named by what lives there; three to five owners of pods; up to six policies."""
    given = st.dictionaries(st.sampled_from(("team", "app")), st.sampled_from(VALUES))
    spaces = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": draw(given)}}
        for name in draw(st.lists(st.sampled_from(SPACES), unique=True))
    ]
    owners = [draw(workloads(f"w{index}")) for index in range(draw(st.integers(3, 5)))]
    return [*spaces, *owners, *(draw(policies(f"p{index}")) for index in range(draw(st.integers(0, 6))))]


@st.composite
def fenced_clusters(draw: st.DrawFn) -> list[Manifest]:
    """Two or three owners of pods, two of them in namespaces where a policy isolates something, and few policies.

    Most rules of such a policy are of a few shapes each of which hangs on one sentence of the specification: drawn
    freely they hardly ever decide a packet, as another policy stops it or another rule lets it through.
    """
    given = st.dictionaries(st.sampled_from(("team", "app")), st.sampled_from(VALUES))
    spaces = draw(st.lists(st.sampled_from(SPACES), min_size=2, unique=True))
    homes = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": draw(given)}} for name in spaces
    ]
    owners = [draw(workloads(f"w{index}")) for index in range(draw(st.integers(2, 3)))]
    fences = []
    for index in range(draw(st.integers(1, 2))):
        told = _telling_specs(_named_ports(owners))
        spec = draw(st.one_of(told, told, policies().map(lambda each: each["spec"])))
        place = draw(st.sampled_from([each["metadata"].get("namespace", "default") for each in owners[:2]]))
        metadata = {"name": f"f{index}", "namespace": place}
        top = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
        fences.append({**top, "metadata": metadata, "spec": spec})
    others = [draw(policies("p0"))] if draw(st.integers(0, 3)) == 0 else []
    return [*homes, *owners, *fences, *others]


def _named_ports(owners: list[Manifest]) -> list[Manifest]:
    """Rules for the ports that pods have a name for, those of sidecars most of all: they are few."""
    specs = [pod(each)["spec"] for each in owners]
    listed = [(spec["containers"], 1) for spec in specs] + [(spec.get("initContainers") or [], 4) for spec in specs]
    ports = [port for some, weight in listed for each in some for port in (each.get("ports") or []) * weight]
    return [
        {"port": port["name"], **{key: port[key] for key in ("protocol",) if key in port}}
        for port in ports
        if "name" in port
    ]


@st.composite
def _telling_specs(draw: st.DrawFn, named: list[Manifest]) -> Manifest:
    """A policy that isolates everybody in its namespace, in one direction, with one rule of one peer and one port."""
    way, key = draw(st.sampled_from((("ingress", "from"), ("egress", "to"))))
    peer = draw(
        st.one_of(
            st.none(),
            st.just({"podSelector": {}}),
            st.builds(lambda given: {"podSelector": {"matchLabels": given}}, labels),
            st.builds(lambda term: {"podSelector": {"matchExpressions": [term]}}, _term()),
            st.builds(lambda selector: {"namespaceSelector": selector}, _own_name()),
            st.builds(lambda block: {"ipBlock": block}, blocks()),
        )
    )
    # A rule without ports or without peers lets the other part of it decide.
    rule: Manifest = {} if peer is None else {key: [peer]}
    if peer is None or draw(st.booleans()):
        rule["ports"] = [draw(st.one_of(port_rules(), st.sampled_from(named)) if named else port_rules())]
    types = draw(st.sampled_from((None, [way.capitalize()])))
    spec: Manifest = {"podSelector": {}, way: [rule]}
    return spec if types is None else {**spec, "policyTypes": types}


SENTENCES = ("range", "number", "protocol", "name", "except", "labels", "expression", "own name")


@st.composite
def single_policies(draw: st.DrawFn) -> list[Manifest]:
    """Two pods and one policy that isolates the first one's namespace, whose only rule is one sentence of the specification: nothing else can decide a packet."""
    sentence = draw(st.sampled_from(SENTENCES))
    way, key = draw(st.sampled_from((("ingress", "from"), ("egress", "to"))))
    sidecar = {"name": "s", "restartPolicy": draw(st.sampled_from(("Always", "Always", None)))}
    sidecar["ports"] = [{"name": "late", "containerPort": 8080}]
    spec = {
        "containers": [{"name": "c", "ports": [{"name": "http", "containerPort": 80}]}],
        "initContainers": [sidecar],
    }
    pods = [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": space, "labels": draw(labels)},
            "spec": spec,
        }
        for name, space in (("one", "red"), ("two", draw(st.sampled_from(("red", "blue")))))
    ]
    homes = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {}}} for name in ("red", "blue")
    ]
    types = draw(st.sampled_from(({}, {"policyTypes": [way.capitalize()]})))
    rule = draw(_sentence(sentence, key))
    top = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "p", "namespace": "red"}}
    return [*homes, *pods, {**top, "spec": {"podSelector": {}, way: [rule], **types}}]


@st.composite
def _sentence(draw: st.DrawFn, sentence: str, key: str) -> Manifest:
    first = draw(st.sampled_from(NUMBERS))
    if sentence == "range":
        return {"ports": [{"port": first, "endPort": draw(st.sampled_from([each for each in PORTS if each > first]))}]}
    if sentence == "number":
        return {"ports": [{"port": first}]}
    if sentence == "protocol":
        return {"ports": [draw(st.sampled_from(({}, {"protocol": "UDP"}, {"protocol": "SCTP", "port": first})))]}
    if sentence == "name":
        return {
            "ports": [
                {"port": draw(st.sampled_from(("late", "http"))), "protocol": draw(st.sampled_from(("TCP", "UDP")))}
            ]
        }
    if sentence == "except":
        cidr = draw(st.sampled_from([each for each, parts in BLOCKS.items() if parts]))
        without = draw(st.lists(st.sampled_from(BLOCKS[cidr]), min_size=1, unique=True))
        return {key: [{"ipBlock": {"cidr": cidr, "except": without}}]}
    if sentence == "own name":
        return {key: [{"namespaceSelector": draw(_own_name())}]}
    given = {"matchLabels": draw(labels)} if sentence == "labels" else {"matchExpressions": [draw(_term())]}
    return {key: [{"podSelector": given, **draw(st.sampled_from(({}, {"namespaceSelector": {}})))}]}


@st.composite
def selecting_policies(draw: st.DrawFn) -> list[Manifest]:
    """An owner of any kind, with labels of its own that its pods have not, one pod beside it, and one policy without rules that selects by labels: only whom it selects can decide a packet."""
    owner, other = draw(workloads("owner")), draw(workloads("other"))
    spec = pod(owner)["spec"]
    spec.pop("hostNetwork", None)
    pod(other)["spec"].pop("hostNetwork", None)
    homes = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {}}} for name in ("red", "blue")
    ]
    for each in (owner, other):
        each["metadata"]["namespace"] = draw(st.sampled_from(("red", "red", "blue")))
    chosen = draw(st.one_of(st.builds(lambda given: {"matchLabels": given}, labels), st.builds(_by_term, _term())))
    types = draw(st.sampled_from((["Ingress"], ["Egress"])))
    top = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "p", "namespace": "red"}}
    return [*homes, owner, other, {**top, "spec": {"podSelector": chosen, "policyTypes": types}}]


def _by_term(term: Manifest) -> Manifest:
    return {"matchExpressions": [term]}


def owners_of(objects: list[Manifest]) -> list[Manifest]:
    """The owners of pods among the objects."""
    return [each for each in objects if each["kind"] in KINDS]


@st.composite
def probes(draw: st.DrawFn, objects: list[Manifest]) -> tuple[Any, Any, str, int]:
    """A packet with a pod at one end at least: source, destination, protocol, port."""
    one: Any = draw(st.sampled_from(owners_of(objects)))
    outside = st.sampled_from((*ADDRESSES, *ADDRESSES_V6, "internet"))
    other: Any = draw(st.one_of(st.sampled_from(owners_of(objects)), outside))
    ends = (one, other) if draw(st.booleans()) else (other, one)
    return *ends, draw(st.sampled_from(PROTOCOLS)), draw(st.sampled_from(PORTS))
