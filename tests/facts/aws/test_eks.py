"""Versions, images and access policies of EKS."""

from datetime import date

import botocore.session
import pytest

from hedgerow.facts.aws import eks, vpc
from hedgerow.facts.aws.eks import UnknownVersion
from hedgerow.facts.cidr import network


@pytest.mark.parametrize(
    ("version", "day", "support"),
    [
        ("1.34", date(2026, 11, 21), "standard"),
        ("1.34", date(2026, 12, 1), "standard"),
        ("1.34", date(2026, 12, 2), "extended"),
        ("1.31", date(2026, 11, 25), "extended"),
        ("1.31", date(2026, 11, 26), "none"),
        ("1.36", date(2026, 6, 1), "none"),
        ("1.36", date(2026, 6, 2), "standard"),
    ],
)
def test_support_of_a_version_on_a_day(version: str, day: date, support: str) -> None:
    assert eks.version(version).support(day) == support


def test_versions_are_in_order_and_their_days_too() -> None:
    known = list(eks.versions().values())
    assert [eks.minor(each.version) for each in known] == list(range(31, 37))
    for each in known:
        assert each.released < each.standard_ends < each.extended_ends
        assert each.extended_ends == each.standard_ends.replace(year=each.standard_ends.year + 1)


def test_the_default_version_is_known_and_in_standard_support_when_written() -> None:
    assert eks.version(eks.DEFAULT_VERSION).support(date(2026, 11, 21)) == "standard"


def test_an_unknown_version_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownVersion) as error:
        eks.version("1.30")
    source = "endoflife-date/endoflife.date products/amazon-eks.md of 2026-08-22, read 2026-11-21"
    assert str(error.value) == (
        f"Kubernetes '1.30' is not in the table ({source}); write one of 1.31, 1.32, 1.33, 1.34, 1.35, 1.36"
    )


def test_the_minor_number_of_any_spelling() -> None:
    assert [eks.minor(text) for text in ("1.35", "v1.35.2", "1.9", "v1.35.2-eks-1")] == [35, 35, 9, 35]


@pytest.mark.parametrize(
    ("type_", "ami"),
    [
        ("m7i.large", "AL2023_x86_64_STANDARD"),
        ("m7g.large", "AL2023_ARM_64_STANDARD"),
        ("g5.xlarge", "AL2023_x86_64_NVIDIA"),
        ("g5g.xlarge", "AL2023_ARM_64_NVIDIA"),
        ("g6f.large", "AL2023_x86_64_NVIDIA"),
        ("trn1.2xlarge", "AL2023_x86_64_NEURON"),
    ],
)
def test_the_image_type_suits_the_instance(type_: str, ami: str) -> None:
    assert eks.ami_type(type_) == ami


def test_every_image_type_is_one_that_eks_has() -> None:
    model = botocore.session.Session().get_service_model("eks")
    known = model.shape_for("AMITypes").enum
    for type_ in ("m7i.large", "m7g.large", "g5.xlarge", "g5g.xlarge", "trn1.2xlarge"):
        assert eks.ami_type(type_) in known
    assert sorted(model.shape_for("LogType").enum) == sorted(eks.LOG_TYPES)


def test_types_without_an_image_are_refused() -> None:
    with pytest.raises(eks.UnsupportedInstance) as error:
        eks.ami_type("a1.large")
    assert str(error.value) == "AL2023 does not run on a1.large; take Graviton2 or newer, such as m7g.large"


@pytest.mark.parametrize(
    ("policy", "resource", "writes"),
    [
        ("AmazonEKSEditPolicy", "networkpolicies", True),
        ("AmazonEKSEditPolicy", "resourcequotas", False),
        ("AmazonEKSAdminPolicy", "rolebindings", True),
        ("AmazonEKSAdminPolicy", "namespaces", False),
        ("AmazonEKSClusterAdminPolicy", "limitranges", True),
        ("AmazonEKSViewPolicy", "networkpolicies", False),
        ("AmazonEKSAdminViewPolicy", "networkpolicies", False),
    ],
)
def test_what_access_policies_may_write(policy: str, resource: str, writes: bool) -> None:
    assert eks.access_policy_writes(policy, resource) is writes


def test_policies_of_another_kind_are_not_guessed_at() -> None:
    with pytest.raises(
        LookupError, match="'AmazonEKSComputePolicy' is no access policy for people; write one of Amazon"
    ):
        eks.access_policy_writes("AmazonEKSComputePolicy", "pods")


def test_the_arn_of_an_access_policy_is_of_the_regions_partition() -> None:
    arn = "eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
    assert eks.access_policy_arn("AmazonEKSViewPolicy", "eu-west-1") == f"arn:aws:{arn}"
    assert eks.access_policy_arn("AmazonEKSViewPolicy", "cn-north-1") == f"arn:aws-cn:{arn}"


def test_subnets_keep_five_addresses() -> None:
    assert vpc.usable_addresses(network("10.0.0.0/28")) == 11
    assert vpc.usable_addresses(network("10.0.0.0/24")) == 251
