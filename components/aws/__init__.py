"""Components over pulumi_aws: network, roles, EKS clusters, and the platform made of them."""

from .eks_access import EksAccess, EksAccessArgs, EksAccessEntryArgs
from .eks_addons import EksAddons, EksAddonsArgs, EksAddonsPhase, NetworkPolicyMode
from .eks_cluster import EksCluster, EksClusterArgs, EksClusterSettings
from .eks_node_group import EksCapacity, EksNodeGroup, EksNodeGroupArgs, EksNodeGroupSettings, EksTaintArgs
from .iam_role import IamRole, IamRoleArgs
from .platform import AwsPlatform, AwsPlatformArgs, AwsPlatformSettings, AwsPlatformVersionsArgs
from .security_group import SecurityGroup, SecurityGroupArgs, SecurityGroupRuleArgs
from .vpc import NatMode, Vpc, VpcArgs, VpcSettings

__all__ = [
    "AwsPlatform",
    "AwsPlatformArgs",
    "AwsPlatformSettings",
    "AwsPlatformVersionsArgs",
    "EksAccess",
    "EksAccessArgs",
    "EksAccessEntryArgs",
    "EksAddons",
    "EksAddonsArgs",
    "EksAddonsPhase",
    "EksCapacity",
    "EksCluster",
    "EksClusterArgs",
    "EksClusterSettings",
    "EksNodeGroup",
    "EksNodeGroupArgs",
    "EksNodeGroupSettings",
    "EksTaintArgs",
    "IamRole",
    "IamRoleArgs",
    "NatMode",
    "NetworkPolicyMode",
    "SecurityGroup",
    "SecurityGroupArgs",
    "SecurityGroupRuleArgs",
    "Vpc",
    "VpcArgs",
    "VpcSettings",
]
