from typing import Any

import pytest

from components.gcp import GcpPlatform
from components.gcp.platform import plan
from components.shared.platform import PlatformArgs
from hedgerow.facts import labels
from hedgerow.graph import Snapshot
from tests.components.support import behind, called, changed, refusals
from tests.support import record

from .examples import GCP_PLATFORM

SMALLEST = GCP_PLATFORM["smallest"]
FULLEST = GCP_PLATFORM["fullest"]
AUTOPILOT = GCP_PLATFORM["autopilot"]


def with_(path: str, value: object, args: Any = SMALLEST) -> Any:
    """A copy of the args with another value at a dotted path."""
    return changed(path, value, args)


def recorded(args: Any) -> Snapshot:
    return record(lambda: GcpPlatform("primary", args))


@pytest.mark.parametrize("args", GCP_PLATFORM.values(), ids=GCP_PLATFORM)
def test_nothing_is_made_before_the_apis_are_on(args: Any) -> None:
    snapshot = recorded(args)
    apis = {f"Service {each.name}" for each in snapshot.of_type("gcp:projects/service:Service")}
    assert len(apis) == 9
    for each in snapshot.resources:
        if each.custom and each.parent and each.type != "gcp:projects/service:Service":
            assert behind(snapshot, called(each.urn)) >= apis


def test_apis_stay_on_when_the_stack_goes() -> None:
    apis = recorded(SMALLEST).of_type("gcp:projects/service:Service")
    assert {each.inputs["disableOnDestroy"] for each in apis} == {False}
    assert not any("disableDependentServices" in each.inputs for each in apis)


@pytest.mark.parametrize("args", GCP_PLATFORM.values(), ids=GCP_PLATFORM)
def test_nodes_come_after_their_way_out_and_every_permission(args: Any) -> None:
    """Those of Autopilot and of the first pool come with the cluster."""
    assert behind(recorded(args), "Cluster primary") >= {
        "Firewall primary-health-checks",
        "IAMMember primary-nodes-node",
        "IAMMember primary-nodes-registry",
        "RouterNat primary",
        "Subnetwork primary",
    }


def test_pools_come_after_the_cluster_and_not_after_each_other() -> None:
    waits_for = behind(recorded(FULLEST), "NodePool primary-gpu")
    assert "Cluster primary" in waits_for
    assert not any(each.startswith("NodePool") for each in waits_for)


def test_the_kubeconfig_comes_after_every_pool() -> None:
    import pulumi_gcp as gcp

    def program() -> None:
        platform = GcpPlatform("primary", FULLEST)
        gcp.compute.Address("user", description=platform.kubeconfig)

    assert {"NodePool primary-general", "NodePool primary-gpu"} <= behind(record(program), "Address user")


def test_grants_take_nothing_from_anybody() -> None:
    """An IAMBinding or IAMPolicy would remove members that others added."""
    snapshot = recorded(FULLEST)
    grants = {
        each.name: (each.inputs["role"], each.inputs["project"])
        for each in snapshot.resources
        if each.custom and ":IAM" in each.type
    }
    assert {each.type for each in snapshot.resources if ":IAM" in each.type} == {"gcp:projects/iAMMember:IAMMember"}
    assert grants == {
        "primary-nodes-node": ("roles/container.defaultNodeServiceAccount", "acme-prod-1234"),
        "primary-nodes-registry": ("roles/artifactregistry.reader", "acme-prod-1234"),
        "primary-nodes-registry-acme-images": ("roles/artifactregistry.reader", "acme-images"),
    }


def test_the_contract_is_known_before_anything_is_created() -> None:
    want: PlatformArgs = {
        "cluster": "primary",
        "dns": {"addresses": [], "namespace": "kube-system", "pods": [{"k8s-app": "kube-dns"}]},
        "environment": "prod",
        "health_checks": ["35.191.0.0/16", "130.211.0.0/22"],
        "identity": [{"address": "169.254.169.254/32", "ports": [80, 8080]}],
        "kubernetes": "1.35",
        "label_prefix": "platform.example.com",
        "load_balancers": {
            "internal": {"annotations": {"networking.gke.io/load-balancer-type": "Internal"}},
            "public": {"annotations": {}},
        },
        "metadata_addresses": ["169.254.169.254/32", "169.254.169.252/32", "fd20:ce::254/128"],
        "network_policy": "dataplane-v2",
        "pools": {
            "general": {
                "instance_type": "n2-standard-16",
                "labels": {"pool": "general"},
                "max": 60,
                "min": 3,
                "taints": {},
            },
            "gpu": {
                "instance_type": "a2-highgpu-1g",
                "labels": {},
                "max": 13,
                "min": 0,
                "taints": {"nvidia.com/gpu": "present:NoSchedule"},
            },
        },
        "ranges": {"network": "10.32.0.0/15", "pods": "10.32.0.0/16", "services": "10.34.0.0/20"},
        "version": 1,
    }
    (platform,) = recorded(FULLEST).of_type("hedgerow:index:GcpPlatform")
    assert plan("primary", FULLEST).contract == want
    assert platform.inputs["contract"] == want
    assert platform.outputs["contract"] == want
    assert platform.outputs["cluster_identifier"] == "projects/acme-prod-1234/locations/europe-west4/clusters/primary"


def test_autopilot_has_no_pools_and_a_dns_cache_on_every_node() -> None:
    contract = plan("primary", AUTOPILOT).contract
    assert contract["pools"] == {}
    assert contract["dns"] == {
        "addresses": ["169.254.20.10/32"],
        "namespace": "kube-system",
        "pods": [{"k8s-app": "kube-dns"}, {"k8s-app": "node-local-dns"}],
    }


def test_the_network_is_asked_to_hold_every_pool_and_its_surge() -> None:
    assert plan("primary", FULLEST).pools == {
        "general": {"nodes": 62, "pods_per_node": 110},
        "gpu": {"nodes": 14, "pods_per_node": 32},
    }
    assert plan("primary", AUTOPILOT).pools == {"autopilot": {"nodes": 100, "pods_per_node": 32}}


@pytest.mark.parametrize(("environment", "protect"), [("dev", False), ("staging", False), ("prod", True)])
@pytest.mark.parametrize("args", [SMALLEST, AUTOPILOT], ids=["standard", "autopilot"])
def test_the_class_presets_protection(args: Any, environment: str, protect: bool) -> None:
    assert plan("primary", with_("environment", environment, args)).protect is protect


def test_the_settings_win_over_the_class() -> None:
    assert plan("primary", with_("cluster.deletion_protection", False, FULLEST)).protect is False


@pytest.mark.parametrize("args", [FULLEST, with_("environment", "prod", AUTOPILOT)], ids=["standard", "autopilot"])
def test_a_protected_platform_keeps_cluster_and_network(args: Any) -> None:
    protected = {each.type for each in recorded(args).resources if each.protect}
    assert protected == {
        "gcp:compute/network:Network",
        "gcp:compute/subnetwork:Subnetwork",
        "gcp:container/cluster:Cluster",
    }


def test_only_the_cluster_has_a_name_that_is_known() -> None:
    named = {
        each.type: each.inputs["name"] for each in recorded(FULLEST).resources if each.custom and "name" in each.inputs
    }
    assert named == {"gcp:container/cluster:Cluster": "primary"}


GENERAL = "node_pools.general"
DNS = "node_pools must hold one without taints and with min of 1 or more, for kube-dns"


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (
            "project",
            "123456789012",
            "project must be the id of a project, not its number, got '123456789012'; type one such as acme-dev-1234",
        ),
        (
            "project",
            "Acme",
            "project must be 6 to 30 lower-case letters, digits and hyphens, a letter first and no hyphen last, "
            "got 'Acme'; type the id of a project such as acme-dev-1234",
        ),
        ("region", "europe-west4-a", "region must be a region, not a zone, got 'europe-west4-a'; type europe-west4"),
        ("environment", "test", "environment must be one of dev, staging, prod, got 'test'; type one of them"),
        (
            "label_prefix",
            "Example",
            f"label_prefix {labels.name_with_dots_problem('Example')}, got 'Example'; "
            "type a DNS name of yours such as platform.example.com",
        ),
        (
            "versions.kubernetes",
            "1.35.2-gke.100",
            "versions.kubernetes must be a minor version, got '1.35.2-gke.100'; type one such as 1.35",
        ),
        (
            f"{GENERAL}.max",
            200,
            "network.cidr must hold 51968 addresses for pods in its first half, which has 32768 "
            "(general 203 nodes x 256), got '10.16.0.0/16'; type 10.16.0.0/15",
        ),
        (
            "network.pods_cidr",
            "10.32.0.0/22",
            "network.pods_cidr must hold 4352 addresses for pods, it has 1024 (general 17 nodes x 256), "
            "got '10.32.0.0/22'; type a /19 or wider",
        ),
        (
            "cluster.endpoint_mode",
            "private_ip",
            "cluster.authorized_cidrs must name one at least with endpoint_mode private_ip, which nobody else reaches, "
            "got {}; type the private range of whoever runs `pulumi up`, such as runners: 10.8.0.0/24; "
            "or set endpoint_mode to dns",
        ),
        (f"{GENERAL}.max", 0, f"{GENERAL}.max must be 1 to 5000, got 0; type one, such as 1"),
        (f"{GENERAL}.min", 0, f"{DNS}, got ['general']; add one"),
        (f"{GENERAL}.taints", {"a": {"effect": "NoSchedule"}}, f"{DNS}, got ['general']; add one"),
        (f"{GENERAL}.machine_type", "c4a-standard-8", f"{DNS}, got ['general']; add one"),
        (
            "node_pools.default-pool",
            {"machine_type": "e2-medium", "max": 1},
            "node_pools.default-pool must not be named default-pool, as the pool that each cluster is born with, "
            "got 'default-pool'; rename it",
        ),
        (
            "node_pools.Big",
            {"machine_type": "e2-medium", "max": 1},
            "node_pools.Big must be named in lower-case letters, digits and hyphens, got 'Big'; rename it",
        ),
        (
            "node_pools." + "n" * 25,
            {"machine_type": "e2-medium", "max": 1},
            f"node_pools.{'n' * 25} must be shorter by 1 with the primary- before it, got '{'n' * 25}'; shorten it",
        ),
        (
            "node_pools",
            {},
            "node_pools must name one at least where there is no autopilot, got {}; "
            "type general: {machine_type: n2-standard-8, max: 14}, or give autopilot: {}",
        ),
        (
            "autopilot",
            {},
            "node_pools must not be given with autopilot: it makes the nodes itself, "
            "got {'general': {'machine_type': 'n2-standard-8', 'max': 14}}; delete it, or delete autopilot",
        ),
        ("registries", ["X"], "registries must be ids of projects, got 'X'; type one such as acme-images"),
    ],
)
def test_fails_when_an_argument_is_wrong(path: str, value: object, told: str) -> None:
    assert refusals(plan, with_(path, value), name="primary") == [told]


def test_fails_when_autopilot_has_the_settings_of_a_cluster_beside_it() -> None:
    assert refusals(plan, with_("cluster", {"channel": "rapid"}, AUTOPILOT), name="primary") == [
        "cluster must not be given with autopilot: its settings stand under autopilot, got {'channel': 'rapid'}; "
        "delete it, or delete autopilot"
    ]


def test_fails_when_a_pool_and_the_platform_make_up_the_name_that_gke_keeps() -> None:
    args = with_("node_pools.pool", {"machine_type": "e2-medium", "max": 1})
    assert refusals(plan, args, name="default") == [
        "node_pools.pool must not be named default-pool, as the pool that each cluster is born with, got 'pool'; "
        "rename it"
    ]


def test_fails_with_the_problems_of_every_part_at_once() -> None:
    args = with_("network.cidr", "8.8.0.0/16", with_(f"{GENERAL}.max", 0, with_("project", "1")))
    args = with_("cluster.channel", "x", with_("versions.kubernetes", "1", with_("region", "moon", args)))
    assert [line.split(" ")[0] for line in refusals(plan, args, name="A")] == [
        "name",
        "project",
        "region",
        "versions.kubernetes",
        "cluster.channel",
        f"{GENERAL}.max",
        "network.cidr",
    ]
