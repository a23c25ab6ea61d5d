"""Args of every AWS component that several tests start from: the smallest and the fullest."""

from typing import Any

from components.aws import (
    AwsPlatform,
    AwsPlatformArgs,
    EksAccess,
    EksAccessArgs,
    EksAddons,
    EksAddonsArgs,
    EksCluster,
    EksClusterArgs,
    EksNodeGroup,
    EksNodeGroupArgs,
    IamRole,
    IamRoleArgs,
    SecurityGroup,
    SecurityGroupArgs,
    Vpc,
    VpcArgs,
)
from components.aws.eks_addons import EksAddonsPhase, NetworkPolicyMode
from components.aws.eks_node_group import EksCapacity
from components.aws.vpc import NatMode

ACCOUNT = "111122223333"
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/platform-admin"
SSO_ADMIN = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0f7c"
TAGS = {"owner": "platform-team"}

VPC: dict[str, VpcArgs] = {
    "smallest": {"cidr": "10.16.0.0/22", "nat": NatMode.NONE, "region": "eu-west-1", "zones": ["a", "b"]},
    "fullest": {
        "cidr": "10.16.0.0/16",
        "nat": NatMode.PER_ZONE,
        "protect": True,
        "region": "us-east-1",
        "tags": TAGS,
        "zones": ["f", "c", "a", "d"],
    },
}

SECURITY_GROUP: dict[str, SecurityGroupArgs] = {
    "smallest": {"vpc_id": "vpc-0a"},
    "fullest": {
        "description": "Everything a rule can be",
        "egress": {
            "dns": {"cidr": "10.16.0.2/32", "from_port": 53, "protocol": "udp"},
            "storage": {"from_port": 443, "prefix_list": "pl-0a", "protocol": "tcp"},
        },
        "ingress": {
            "office": {"cidr": "10.8.0.0/16", "from_port": 443, "protocol": "tcp"},
            "office-v6": {"cidr": "2001:db8::/32", "from_port": 443, "protocol": "tcp"},
            "peers": {"protocol": "all", "self": True},
            "ping": {"cidr": "10.0.0.0/8", "from_port": 8, "protocol": "icmp", "to_port": 0},
            "workers": {"from_port": 1025, "group": "sg-0a", "protocol": "tcp", "to_port": 65535},
        },
        "tags": TAGS,
        "vpc_id": "vpc-0a",
    },
}

IAM_ROLE: dict[str, IamRoleArgs] = {
    "smallest": {"service": "ec2.amazonaws.com"},
    "fullest": {
        "oidc_provider_arn": f"arn:aws-cn:iam::{ACCOUNT}:oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/id/0F7C",
        "partition": "aws-cn",
        "policies": {"cni": "AmazonEKS_CNI_Policy", "own": f"arn:aws-cn:iam::{ACCOUNT}:policy/own"},
        "service_account": "kube-system/aws-node",
        "tags": TAGS,
    },
}

EKS_ACCESS: dict[str, EksAccessArgs] = {
    "smallest": {"admins": {"platform": ADMIN}, "cluster_name": "aws-dev", "region": "eu-west-1"},
    "fullest": {
        "access": {"payments": {"groups": ["payments-viewers", "auditors"], "principal": f"{ADMIN}-2"}},
        "admins": {"platform": ADMIN, "sso": SSO_ADMIN},
        "cluster_name": "aws-dev",
        "region": "us-gov-west-1",
        "tags": TAGS,
    },
}

EKS_CLUSTER: dict[str, EksClusterArgs] = {
    "smallest": {
        "admins": {"platform": ADMIN},
        "region": "eu-west-1",
        "role_arn": "arn:role",
        "subnet_ids": ["subnet-0a", "subnet-0b"],
        "version": "1.35",
    },
    "fullest": {
        "access": {"payments": {"groups": ["payments-viewers"], "principal": SSO_ADMIN}},
        "admins": {"platform": ADMIN},
        "deletion_protection": True,
        "log_days": 365,
        "log_types": ["scheduler", "audit"],
        "private_cidrs": {"vpn": "10.8.0.0/16"},
        "public_cidrs": ["203.0.113.0/24", "198.51.100.7/32"],
        "region": "eu-west-1",
        "role_arn": "arn:role",
        "secrets_key_arn": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/0f7c0f7c-0000-4000-8000-000000000000",
        "services_cidr": "10.100.0.0/16",
        "subnet_ids": ["subnet-0a", "subnet-0b"],
        "tags": TAGS,
        "version": "1.35",
        "vpc_id": "vpc-0a",
    },
}

EKS_ADDONS: dict[str, EksAddonsArgs] = {
    "smallest": {
        "cluster_name": "aws-dev",
        "phase": EksAddonsPhase.AFTER_NODES,
        "versions": {"coredns": "v1.12.4-eksbuild.1"},
    },
    "fullest": {
        "cluster_name": "aws-dev",
        "cni_role_arn": "arn:cni",
        "network_policy_mode": NetworkPolicyMode.STRICT,
        "phase": EksAddonsPhase.BEFORE_NODES,
        "tags": TAGS,
        "versions": {"kube-proxy": "v1.35.0-eksbuild.2", "vpc-cni": "v1.21.1-eksbuild.8"},
    },
}

EKS_NODE_GROUP: dict[str, EksNodeGroupArgs] = {
    "smallest": {
        "cluster_name": "aws-dev",
        "instance_types": ["m7i.large"],
        "max": 3,
        "node_role_arn": "arn:node",
        "release_version": "1.35.2-20260715",
        "subnet_ids": ["subnet-0a"],
        "version": "1.35",
    },
    "fullest": {
        "capacity": EksCapacity.SPOT,
        "cluster_name": "aws-dev",
        "disk_gib": 200,
        "instance_types": ["g5.2xlarge", "g5.xlarge"],
        "labels": {"example.com/pool": "gpu"},
        "max": 13,
        "max_unavailable_percent": 10,
        "min": 0,
        "node_role_arn": "arn:node",
        "release_version": "1.35.2-20260715",
        "subnet_ids": ["subnet-0a", "subnet-0b"],
        "tags": TAGS,
        "taints": {"example.com/team": {"effect": "NoExecute", "value": "search"}, "idle": {"effect": "NoSchedule"}},
        "version": "1.35",
    },
}

AWS_PLATFORM: dict[str, AwsPlatformArgs] = {
    "smallest": {
        "account": ACCOUNT,
        "cluster": {"admins": {"platform": ADMIN}},
        "environment": "dev",
        "label_prefix": "platform.example.com",
        "network": {"cidr": "10.16.0.0/16"},
        "node_groups": {"general": {"instance_types": ["m7i.2xlarge"], "max": 14}},
        "region": "eu-west-1",
        "versions": {
            "addons": {
                "coredns": "v1.12.4-eksbuild.1",
                "kube-proxy": "v1.35.0-eksbuild.2",
                "vpc-cni": "v1.21.1-eksbuild.8",
            },
            "kubernetes": "1.35",
            "node_release": "1.35.2-20260715",
        },
    },
    "fullest": {
        "account": ACCOUNT,
        "cluster": {
            "access": {"payments": {"groups": ["payments-viewers"], "principal": SSO_ADMIN}},
            "admins": {"platform": ADMIN},
            "log_types": ["audit"],
            "private_cidrs": {"vpn": "10.8.0.0/16"},
            "public_cidrs": ["203.0.113.0/24"],
            "services_cidr": "10.100.0.0/16",
        },
        "environment": "prod",
        "label_prefix": "platform.example.com",
        "network": {"cidr": "172.20.0.0/18", "nat": NatMode.SINGLE, "zones": ["b", "d"]},
        "node_groups": {
            "general": {
                "instance_types": ["m7g.4xlarge", "m7g.2xlarge"],
                "labels": {"pool": "general"},
                "max": 60,
                "min": 3,
            },
            "gpu": {"instance_types": ["p5.48xlarge"], "max": 13, "min": 0},
        },
        "region": "us-east-1",
        "tags": TAGS,
        "versions": {
            "addons": {
                "coredns": "v1.12.4-eksbuild.1",
                "kube-proxy": "v1.34.1-eksbuild.2",
                "vpc-cni": "v1.21.1-eksbuild.8",
            },
            "kubernetes": "1.35",
            "node_release": "1.34.6-20260715",
        },
    },
}

COMPONENTS: dict[Any, Any] = {
    AwsPlatform: (AwsPlatformArgs, AWS_PLATFORM),
    EksAccess: (EksAccessArgs, EKS_ACCESS),
    EksAddons: (EksAddonsArgs, EKS_ADDONS),
    EksCluster: (EksClusterArgs, EKS_CLUSTER),
    EksNodeGroup: (EksNodeGroupArgs, EKS_NODE_GROUP),
    IamRole: (IamRoleArgs, IAM_ROLE),
    SecurityGroup: (SecurityGroupArgs, SECURITY_GROUP),
    Vpc: (VpcArgs, VPC),
}
"""Every component with its Args class and its examples by size."""
