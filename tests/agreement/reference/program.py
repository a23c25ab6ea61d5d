"""Reference program: one of each shape that a snapshot has to carry (components, nesting, secrets, unknowns, providers, invokes, aliases)."""

import json

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

config = pulumi.Config()
account = aws.Provider(
    "account", region="eu-west-1", allowed_account_ids=["111122223333"], skip_credentials_validation=True
)
cloud = pulumi.ResourceOptions(provider=account)


class Network(pulumi.ComponentResource):
    def __init__(self, name, args, opts=None):
        super().__init__("reference:index:Network", name, args, opts)
        child = pulumi.ResourceOptions(parent=self)
        zones = aws.get_availability_zones_output(state="available", opts=pulumi.InvokeOutputOptions(parent=self))
        self.vpc = aws.ec2.Vpc(name, cidr_block=args["cidr_block"], enable_dns_hostnames=True, opts=child)
        self.subnets = [
            aws.ec2.Subnet(
                f"{name}-private-{i}",
                vpc_id=self.vpc.id,
                cidr_block=f"10.16.{i}.0/24",
                availability_zone=zones.names[i],
                opts=child,
            )
            for i in range(2)
        ]
        self.register_outputs({"vpc_id": self.vpc.id})


class Tenant(pulumi.ComponentResource):
    def __init__(self, name, args, opts=None):
        super().__init__("reference:index:Tenant", name, args, opts)
        child = pulumi.ResourceOptions(parent=self)
        ns = k8s.core.v1.Namespace(
            name, metadata={"name": name, "labels": {"platform.example.com/tenant": name}}, opts=child
        )
        where = {"namespace": ns.metadata.name}
        k8s.core.v1.ResourceQuota(
            f"{name}-quota",
            metadata={"name": "quota", **where},
            spec={"hard": {"requests.cpu": "100", "pods": 50}},
            opts=child,
        )
        k8s.networking.v1.NetworkPolicy(
            f"{name}-default-deny",
            metadata={"name": "default-deny", **where},
            spec={"pod_selector": {}, "policy_types": ["Ingress", "Egress"]},
            opts=child,
        )
        k8s.core.v1.Secret(
            f"{name}-secret", metadata={"name": "app", **where}, string_data={"password": args["password"]}, opts=child
        )
        k8s.apps.v1.Deployment(
            f"{name}-api",
            metadata={"name": "api", "annotations": {"pulumi.com/skipAwait": "true"}, **where},
            spec={
                "replicas": 3,
                "selector": {"match_labels": {"app": "api"}},
                "template": {
                    "metadata": {"labels": {"app": "api"}},
                    "spec": {
                        "containers": [
                            {
                                "name": "api",
                                "image": "nginx:1.27",
                                "resources": {"requests": {"cpu": "250m", "memory": "64Mi"}},
                            }
                        ]
                    },
                },
            },
            opts=pulumi.ResourceOptions.merge(
                child, pulumi.ResourceOptions(aliases=[pulumi.Alias(name=f"{name}-old")])
            ),
        )
        self.register_outputs({"namespace": ns.metadata.name})


network = Network("main", {"cidr_block": "10.16.0.0/16"}, cloud)
role = aws.iam.Role("cluster", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": []}), opts=cloud)
nodes = aws.ec2.SecurityGroup("nodes", vpc_id=network.vpc.id, description="nodes", opts=cloud)
aws.vpc.SecurityGroupIngressRule(
    "nodes-from-world",
    security_group_id=nodes.id,
    ip_protocol="tcp",
    from_port=443,
    to_port=443,
    cidr_ipv4="0.0.0.0/0",
    opts=cloud,
)
cluster = aws.eks.Cluster(
    "main",
    role_arn=role.arn,
    vpc_config={"subnet_ids": [s.id for s in network.subnets], "endpoint_private_access": True},
    opts=pulumi.ResourceOptions.merge(cloud, pulumi.ResourceOptions(protect=False, ignore_changes=["accessConfig"])),
)
aws.eks.NodeGroup(
    "general",
    cluster_name=cluster.name,
    node_role_arn=role.arn,
    subnet_ids=[s.id for s in network.subnets],
    scaling_config={"desired_size": 1, "min_size": 1, "max_size": 6},
    instance_types=["m7i.large"],
    opts=cloud,
)
platform = k8s.Provider("platform", kubeconfig=config.require_secret("kubeconfig"), cluster_identifier="reference")
Tenant(
    "payments",
    {"password": config.require_secret("password"), "quota": {"cpu": "100"}},
    pulumi.ResourceOptions(providers=[platform]),
)
pulumi.export("cluster_endpoint", cluster.endpoint)
pulumi.export("password", config.require_secret("password"))
