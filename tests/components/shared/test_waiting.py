import pulumi_aws as aws

from components.shared.waiting import ready
from tests.support import record


def test_a_value_waits_for_others_and_stays_known() -> None:
    """In a preview nothing has an id yet: waiting for one would make the value, and all that takes it, unknown."""

    def program() -> None:
        role = aws.iam.Role("before", assume_role_policy="{}")
        aws.eks.Addon("after", addon_name="coredns", cluster_name=ready("aws-dev", role))

    (addon,) = record(program).of_type("aws:eks/addon:Addon")
    assert addon.inputs["clusterName"] == "aws-dev"
    assert [urn.split("::")[-1] for urn in addon.dependencies] == ["before"]
