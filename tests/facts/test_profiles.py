"""Profiles name addresses that exist, and keep apart what tenants need from what they must not reach."""

import pytest

from hedgerow.facts import cidr, labels, profiles


@pytest.mark.parametrize("profile", profiles.PROFILES.values(), ids=lambda profile: profile.name)
def test_a_profile_is_well_formed(profile: profiles.Profile) -> None:
    addresses = [
        *profile.dns_addresses,
        *profile.metadata_addresses,
        *profile.health_checks,
        *(endpoint.cidr for endpoint in profile.identity),
    ]
    assert [str(cidr.any_network(address)) for address in addresses] == addresses
    assert labels.name_problem(profile.dns_namespace) is None
    for pods in profile.dns_pods:
        assert labels.selector_problem({"matchLabels": pods}) is None
    assert sorted(profile.load_balancers) == ["internal", "public"]
    assert profile.load_balancers["internal"] != profile.load_balancers["public"]
    for annotations in profile.load_balancers.values():
        assert [labels.key_problem(key) for key in annotations] == [None] * len(annotations)


@pytest.mark.parametrize("profile", profiles.PROFILES.values(), ids=lambda profile: profile.name)
def test_dns_is_no_metadata_server_but_cloud_dns_and_identity_is_an_exception_from_them(
    profile: profiles.Profile,
) -> None:
    both = {"169.254.169.254/32"} if profile.name == "gke-cloud-dns" else set()
    assert set(profile.dns_addresses) & set(profile.metadata_addresses) == both
    assert {endpoint.cidr for endpoint in profile.identity} <= set(profile.metadata_addresses)


def test_eks() -> None:
    eks = profiles.profile("eks")
    assert eks.network_policy == "vpc-cni"
    assert (eks.dns_namespace, eks.dns_pods) == ("kube-system", ({"k8s-app": "kube-dns"},))
    assert eks.dns_addresses == ("169.254.20.10/32",)
    assert eks.metadata_addresses == (
        "169.254.169.254/32",
        "fd00:ec2::254/128",
        "169.254.170.23/32",
        "fd00:ec2::23/128",
        "169.254.170.2/32",
    )
    assert eks.identity == (("169.254.170.23/32", (80,)), ("fd00:ec2::23/128", (80,)))
    assert eks.health_checks == ()


def test_a_load_balancer_on_aws_is_asked_for_in_the_words_of_both_its_controllers() -> None:
    """The one that EKS runs reads `internal`, the add-on the scheme; what one does not know it passes over."""
    prefix = "service.beta.kubernetes.io/aws-load-balancer-"
    assert profiles.profile("eks").load_balancers == {
        "internal": {f"{prefix}internal": "true", f"{prefix}scheme": "internal", f"{prefix}type": "nlb"},
        "public": {f"{prefix}scheme": "internet-facing", f"{prefix}type": "nlb"},
    }


def test_a_load_balancer_on_google_cloud_is_public_unless_it_is_said_to_be_internal() -> None:
    for name in ("gke", "gke-node-local-dns", "gke-cloud-dns", "gke-calico"):
        assert profiles.profile(name).load_balancers == {
            "internal": {"networking.gke.io/load-balancer-type": "Internal"},
            "public": {},
        }


def test_gke_with_cloud_dns_asks_the_metadata_server_or_the_cache() -> None:
    with_it = profiles.profile("gke-cloud-dns")
    assert with_it.dns_addresses == ("169.254.20.10/32", "169.254.169.254/32")
    assert with_it.dns_pods == ({"k8s-app": "kube-dns"}, {"k8s-app": "node-local-dns"})


def test_gke_without_dataplane_v2_gives_identities_at_another_address() -> None:
    legacy = profiles.profile("gke-calico")
    assert (legacy.network_policy, legacy.dns_addresses) == ("calico", ("169.254.20.10/32",))
    assert legacy.identity == (("169.254.169.252/32", (987, 988)),)


def test_gke_differs_by_the_dns_cache_alone() -> None:
    without, with_cache = profiles.profile("gke"), profiles.profile("gke-node-local-dns")
    assert without.dns_pods == ({"k8s-app": "kube-dns"},)
    assert with_cache.dns_pods == ({"k8s-app": "kube-dns"}, {"k8s-app": "node-local-dns"})
    assert (without.dns_addresses, with_cache.dns_addresses) == ((), ("169.254.20.10/32",))
    same = {"dns_pods": (), "dns_addresses": (), "name": ""}
    assert without._replace(**same) == with_cache._replace(**same)
    assert without.health_checks == ("35.191.0.0/16", "130.211.0.0/22")
    assert without.identity == (("169.254.169.254/32", (80, 8080)),)


def test_an_unknown_profile_is_answered_with_the_known_ones() -> None:
    with pytest.raises(LookupError) as error:
        profiles.profile("aks")
    assert str(error.value) == (
        "'aks' is no cluster profile; write one of eks, gke, gke-node-local-dns, gke-cloud-dns, gke-calico"
    )
