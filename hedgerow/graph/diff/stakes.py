"""What is at stake with each type of resource: data, traffic, access, ways in. Plain lists, not proofs."""

HOLDS_DATA = {
    "aws:cloudwatch/logGroup:LogGroup": "the logs",
    "aws:dynamodb/table:Table": "the table",
    "aws:ebs/volume:Volume": "the volume",
    "aws:ecr/repository:Repository": "the images",
    "aws:efs/fileSystem:FileSystem": "the file system",
    "aws:eks/cluster:Cluster": "the cluster and everything in it",
    "aws:kms/key:Key": "what was encrypted with the key",
    "aws:rds/cluster:Cluster": "the database",
    "aws:rds/instance:Instance": "the database",
    "aws:s3/bucket:Bucket": "the bucket",
    "aws:s3/bucketV2:BucketV2": "the bucket",
    "aws:secretsmanager/secret:Secret": "the secret",
    "gcp:artifactregistry/repository:Repository": "the images",
    "gcp:compute/disk:Disk": "the disk",
    "gcp:container/cluster:Cluster": "the cluster and everything in it",
    "gcp:kms/cryptoKey:CryptoKey": "what was encrypted with the key",
    "gcp:secretmanager/secret:Secret": "the secret",
    "gcp:sql/database:Database": "the database",
    "gcp:sql/databaseInstance:DatabaseInstance": "the database",
    "gcp:storage/bucket:Bucket": "the bucket",
    "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": "every object of the kind",
    "kubernetes:core/v1:Namespace": "everything in the namespace, volumes included",
    "kubernetes:core/v1:PersistentVolume": "the volume",
    "kubernetes:core/v1:PersistentVolumeClaim": "the volume, unless it is retained",
}
CARRIES_TRAFFIC = {
    "aws:ec2/eip:Eip": "the address changes",
    "aws:ec2/internetGateway:InternetGateway": "the way to the internet is gone meanwhile",
    "aws:ec2/natGateway:NatGateway": "the way out, and its address, change",
    "aws:ec2/route:Route": "traffic finds no way meanwhile",
    "aws:ec2/routeTable:RouteTable": "traffic finds no way meanwhile",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "traffic finds no way meanwhile",
    "aws:ec2/subnet:Subnet": "what runs in the subnet must leave it",
    "aws:ec2/vpc:Vpc": "everything in the network goes with it",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "what is reached through it is not meanwhile",
    "aws:eks/addon:Addon": "what the add-on does stops meanwhile",
    "aws:eks/nodeGroup:NodeGroup": "its pods move to other nodes, if there is room",
    "aws:lb/listener:Listener": "the way in stops meanwhile",
    "aws:lb/loadBalancer:LoadBalancer": "the way in, and its name, change",
    "aws:route53/record:Record": "the name leads nowhere meanwhile",
    "gcp:compute/address:Address": "the address changes",
    "gcp:compute/forwardingRule:ForwardingRule": "the way in stops meanwhile",
    "gcp:compute/globalAddress:GlobalAddress": "the address changes",
    "gcp:compute/globalForwardingRule:GlobalForwardingRule": "the way in stops meanwhile",
    "gcp:compute/network:Network": "everything in the network goes with it",
    "gcp:compute/route:Route": "traffic finds no way meanwhile",
    "gcp:compute/router:Router": "the way out stops meanwhile",
    "gcp:compute/routerNat:RouterNat": "the way out stops meanwhile",
    "gcp:compute/subnetwork:Subnetwork": "what runs in the subnet must leave it",
    "gcp:container/nodePool:NodePool": "its pods move to other nodes, if there is room",
    "gcp:dns/recordSet:RecordSet": "the name leads nowhere meanwhile",
    "kubernetes:apps/v1:DaemonSet": "its pods end before new ones run",
    "kubernetes:apps/v1:Deployment": "its pods end before new ones run",
    "kubernetes:apps/v1:StatefulSet": "its pods end before new ones run",
    "kubernetes:core/v1:Service": "its address changes",
    "kubernetes:networking.k8s.io/v1:Ingress": "the way in stops meanwhile",
}
GRANTS = frozenset(
    {
        "aws:eks/accessEntry:AccessEntry",
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
        "aws:iam/policy:Policy",
        "aws:iam/policyAttachment:PolicyAttachment",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:iam/userPolicyAttachment:UserPolicyAttachment",
        "aws:s3/bucketPolicy:BucketPolicy",
        "gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding",
        "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
        "gcp:projects/iAMBinding:IAMBinding",
        "gcp:projects/iAMCustomRole:IAMCustomRole",
        "gcp:projects/iAMMember:IAMMember",
        "gcp:serviceaccount/iAMBinding:IAMBinding",
        "gcp:serviceaccount/iAMMember:IAMMember",
        "gcp:serviceaccount/key:Key",
        "gcp:storage/bucketIAMMember:BucketIAMMember",
        "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
        "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
        "kubernetes:rbac.authorization.k8s.io/v1:Role",
        "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    }
)
"""Types that give somebody something as soon as they are there."""
TRUSTS = {
    "aws:iam/role:Role": ("assumeRolePolicy", "inlinePolicies", "managedPolicyArns"),
    "aws:kms/key:Key": ("policy",),
}
"""Types that give by some inputs."""
FENCES = {
    "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy": "what it refused is let in",
    "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding": "what it refused is let in",
    "kubernetes:core/v1:LimitRange": "its containers may use more",
    "kubernetes:core/v1:ResourceQuota": "its namespace may use more",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": "see `hedgerow reach --against` for the paths",
}
"""Types that keep something out as long as they are there."""
WAYS_IN = {
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ("ingress",),
    "aws:ec2/networkAcl:NetworkAcl": ("ingress",),
    "aws:ec2/networkAclRule:NetworkAclRule": ("",),
    "aws:ec2/securityGroup:SecurityGroup": ("ingress",),
    "aws:ec2/securityGroupRule:SecurityGroupRule": ("",),
    "aws:eks/cluster:Cluster": ("vpcConfig.endpointPublicAccess", "vpcConfig.publicAccessCidrs"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ("",),
    "gcp:compute/firewall:Firewall": ("",),
    "gcp:container/cluster:Cluster": (
        "masterAuthorizedNetworksConfig", "controlPlaneEndpointsConfig", "privateClusterConfig.enablePrivateEndpoint",
    ),
    "kubernetes:core/v1:Service": ("spec.type", "spec.loadBalancerSourceRanges", "metadata.annotations"),
    "kubernetes:gateway.networking.k8s.io/v1:Gateway": ("",),
    "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute": ("",),
    "kubernetes:networking.k8s.io/v1:Ingress": ("",),
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": ("spec",),
}  # fmt: skip
"""Types that let somebody in, by which inputs; all of them where nothing stands."""
OUTWARD = {
    "aws:ec2/networkAclRule:NetworkAclRule": ("egress", True),
    "aws:ec2/securityGroupRule:SecurityGroupRule": ("type", "egress"),
    "gcp:compute/firewall:Firewall": ("direction", "EGRESS"),
}
"""Input and value by which a rule of these types is for what goes out, and lets nobody in."""
TOLD_ONLY = ("metadata.annotations", "metadata.labels", "tags", "labels", "description", "effectiveLabels")
"""Inputs that say something of a resource and change nothing of what it does; a Service's annotations do."""
