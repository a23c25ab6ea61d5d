import json
from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from components.gcp import GkeAutopilotCluster, GkeCluster
from components.gcp.control_plane import ControlPlane
from components.gcp.endpoint import GkeEndpointMode, chosen, dns_name, private_address
from components.gcp.gke_autopilot_cluster import plan as plan_autopilot
from components.gcp.gke_cluster import GkeClusterPlan, plan
from components.gcp.kubeconfig import kubeconfig
from hedgerow.graph import UNKNOWN, Resource
from tests.components.support import refusals
from tests.support import record

from .examples import GKE_AUTOPILOT_CLUSTER, GKE_CLUSTER

SMALLEST = GKE_CLUSTER["smallest"]
AUTOPILOT = GKE_AUTOPILOT_CLUSTER["smallest"]
RUNNERS = {"runners": "10.8.0.0/24"}
OFFICE = {"office": "203.0.113.0/24"}


def recorded(kind: Any = GkeCluster, **args: Any) -> Resource:
    (cluster,) = record(lambda: kind("primary", {**SMALLEST, **args})).of_type("gcp:container/cluster:Cluster")
    return cluster


def test_what_is_not_said_is_shut() -> None:
    assert plan("primary", SMALLEST) == GkeClusterPlan(
        control_plane=ControlPlane(
            authorized_cidrs={},
            channel="REGULAR",
            deletion_protection=False,
            endpoint_mode=GkeEndpointMode.DNS,
            labels={},
            maintenance_start=None,
            secrets_key=None,
            security_group=None,
        ),
        zones=(),
    )


@pytest.mark.parametrize(
    ("mode", "ranges", "ip", "dns", "private"),
    [
        ("dns", {}, False, True, {"enablePrivateEndpoint": True, "enablePrivateNodes": True}),
        (
            "private_ip",
            RUNNERS,
            True,
            False,
            {
                "enablePrivateEndpoint": True,
                "enablePrivateNodes": True,
                "masterGlobalAccessConfig": {"enabled": True},
            },
        ),
        ("public_ip", OFFICE, True, False, {"enablePrivateEndpoint": False, "enablePrivateNodes": True}),
    ],
)
@pytest.mark.parametrize("kind", [GkeCluster, GkeAutopilotCluster])
def test_one_mode_opens_one_way_in(
    kind: Any, mode: str, ranges: dict[str, str], ip: bool, dns: bool, private: dict[str, Any]
) -> None:
    given = recorded(kind, endpoint_mode=mode, **({"authorized_cidrs": ranges} if ranges else {})).inputs
    assert given["controlPlaneEndpointsConfig"] == {
        "dnsEndpointConfig": {"allowExternalTraffic": dns},
        "ipEndpointsConfig": {"enabled": ip},
    }
    assert given["privateClusterConfig"] == private
    blocks = given.get("masterAuthorizedNetworksConfig", {}).get("cidrBlocks", [])
    assert {each["displayName"]: each["cidrBlock"] for each in blocks} == ranges


@pytest.mark.parametrize(("mode", "host"), [("dns", "name"), ("private_ip", "10.0.0.2"), ("public_ip", "34.1.2.3")])
def test_the_kubeconfig_goes_where_the_mode_opened(mode: str, host: str) -> None:
    endpoints = SimpleNamespace(dns_endpoint_config=SimpleNamespace(endpoint="name"))
    private = SimpleNamespace(private_endpoint="10.0.0.2")
    assert chosen(GkeEndpointMode(mode), dns_name(endpoints), private_address(private), "34.1.2.3") == host


@pytest.mark.parametrize(
    "endpoints",
    [
        None,
        SimpleNamespace(dns_endpoint_config=None),
        SimpleNamespace(dns_endpoint_config=SimpleNamespace(endpoint=None)),
    ],
)
def test_fails_when_the_cluster_has_no_dns_endpoint(endpoints: Any) -> None:
    told = (
        "^the cluster tells of no DNS endpoint; run `pulumi refresh`, or set endpoint_mode to private_ip or public_ip$"
    )
    with pytest.raises(pulumi.RunError, match=told):
        chosen(GkeEndpointMode.DNS, dns_name(endpoints), private_address(None), "34.1.2.3")


@pytest.mark.parametrize("mode", ["dns", "private_ip", "public_ip"])
@pytest.mark.parametrize("kind", [GkeCluster, GkeAutopilotCluster])
def test_the_kubeconfig_is_unknown_until_the_cluster_is_there_and_never_wrong(kind: Any, mode: str) -> None:
    """A preview knows the blocks that are given, and not the endpoint that Google adds to them."""
    ranges = {"dns": {}, "private_ip": RUNNERS, "public_ip": OFFICE}[mode]
    args = {**SMALLEST, "endpoint_mode": mode, **({"authorized_cidrs": ranges} if ranges else {})}
    (main,) = record(lambda: kind("primary", args)).of_type(f"hedgerow:index:{kind.__name__}")
    assert [main.outputs[key] is UNKNOWN for key in ("endpoint", "kubeconfig")] == [True, True]


def test_the_kubeconfig_holds_no_secret_and_pins_a_certificate_for_addresses_alone() -> None:
    by_name = json.loads(kubeconfig("gke_acme_europe-west4_gcp-dev", "gke-1-2.europe-west4.gke.goog", None))
    by_address = json.loads(kubeconfig("gke_acme_europe-west4_gcp-dev", "10.0.0.2", "Q0E="))
    assert by_name["clusters"] == [
        {"name": "gke_acme_europe-west4_gcp-dev", "cluster": {"server": "https://gke-1-2.europe-west4.gke.goog"}}
    ]
    assert by_address["clusters"][0]["cluster"] == {
        "certificate-authority-data": "Q0E=",
        "server": "https://10.0.0.2",
    }
    for config in (by_name, by_address):
        (user,) = config["users"]
        assert user["user"] == {
            "exec": {
                "apiVersion": "client.authentication.k8s.io/v1beta1",
                "command": "gke-gcloud-auth-plugin",
                "installHint": "Install gke-gcloud-auth-plugin: gcloud components install gke-gcloud-auth-plugin",
                "interactiveMode": "IfAvailable",
                "provideClusterInfo": True,
            }
        }
        assert config["current-context"] == config["contexts"][0]["name"] == "gke_acme_europe-west4_gcp-dev"


def test_the_pool_that_a_cluster_is_born_with_goes_and_is_safe_until_then() -> None:
    """It must run as our account and fit quotas, and what describes it must never replace the cluster afterwards."""
    cluster = recorded()
    assert cluster.inputs["removeDefaultNodePool"] is True
    assert cluster.inputs["initialNodeCount"] == 1
    born = cluster.inputs["nodeConfig"]
    assert born["serviceAccount"] == SMALLEST["node_service_account"]
    assert (born["diskType"], born["diskSizeGb"]) == ("pd-standard", 20)
    assert born["shieldedInstanceConfig"]["enableSecureBoot"] is True
    assert sorted(cluster.ignore_changes) == ["initialNodeCount", "nodeConfig", "nodeLocations", "nodePools"]


def test_network_policies_are_enforced_and_pods_have_identities_of_their_own() -> None:
    given = recorded().inputs
    assert given["datapathProvider"] == "ADVANCED_DATAPATH"
    assert given["workloadIdentityConfig"] == {"workloadPool": "acme-dev-1234.svc.id.goog"}
    assert given["addonsConfig"] == {"dnsCacheConfig": {"enabled": False}}


@pytest.mark.parametrize("kind", [GkeCluster, GkeAutopilotCluster])
def test_hardening_that_google_leaves_off_is_on(kind: Any) -> None:
    given = recorded(kind).inputs
    assert given["anonymousAuthenticationConfig"] == {"mode": "LIMITED"}
    assert set(given["rbacBindingConfig"].values()) == {False}


def test_autopilot_gets_no_setting_of_nodes_but_whom_they_run_as() -> None:
    """With any of these Google's API wants to replace the cluster at the second update."""
    cluster = recorded(GkeAutopilotCluster)
    of_nodes = {"addonsConfig", "initialNodeCount", "nodeConfig", "nodeLocations", "nodePoolDefaults", "nodePools"}
    assert of_nodes & cluster.inputs.keys() == set()
    defaults = cluster.inputs["clusterAutoscaling"]["autoProvisioningDefaults"]
    assert defaults["serviceAccount"] == SMALLEST["node_service_account"]


@pytest.mark.parametrize("kind", [GkeCluster, GkeAutopilotCluster])
def test_deletion_protection_is_the_providers_and_pulumis(kind: Any) -> None:
    for protected in (True, False):
        cluster = recorded(kind, deletion_protection=protected)
        assert (cluster.inputs["deletionProtection"], bool(cluster.protect)) == (protected, protected)


def test_a_parents_protection_is_not_lifted() -> None:
    opts = pulumi.ResourceOptions(protect=True)
    snapshot = record(lambda: GkeCluster("primary", SMALLEST, opts))
    (cluster,) = snapshot.of_type("gcp:container/cluster:Cluster")
    assert cluster.protect


def test_zones_are_named_in_order_whatever_order_they_are_given_in() -> None:
    assert recorded(zones=["c", "a"]).inputs["nodeLocations"] == ["europe-west4-a", "europe-west4-c"]
    assert "nodeLocations" not in recorded().inputs


RUN = "the private range of whoever runs `pulumi up`, such as runners: 10.8.0.0/24"
WORK = "the public range you work from, such as office: 203.0.113.0/24"


@pytest.mark.parametrize("plan_", [plan, plan_autopilot])
@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            {"endpoint_mode": "private_ip"},
            "authorized_cidrs must name one at least with endpoint_mode private_ip, which nobody else reaches, got {}; "
            f"type {RUN}; or set endpoint_mode to dns",
        ),
        (
            {"endpoint_mode": "public_ip"},
            "authorized_cidrs must name one at least with endpoint_mode public_ip, which nobody else reaches, got {}; "
            f"type {WORK}; or set endpoint_mode to dns",
        ),
        (
            {"authorized_cidrs": OFFICE},
            "authorized_cidrs must not be given with endpoint_mode dns, which no range guards but IAM, "
            "got {'office': '203.0.113.0/24'}; delete it, or set endpoint_mode to private_ip or public_ip",
        ),
        (
            {"authorized_cidrs": OFFICE, "endpoint_mode": "private_ip"},
            "authorized_cidrs.office must be private with endpoint_mode private_ip, got '203.0.113.0/24'; "
            f"type {RUN}; or set endpoint_mode to public_ip",
        ),
        (
            {"authorized_cidrs": RUNNERS, "endpoint_mode": "public_ip"},
            "authorized_cidrs.runners must be public with endpoint_mode public_ip, got '10.8.0.0/24'; "
            f"type {WORK}; or set endpoint_mode to private_ip",
        ),
        (
            {"authorized_cidrs": {"all": "0.0.0.0/0"}, "endpoint_mode": "public_ip"},
            f"authorized_cidrs.all must not let in the whole internet, got '0.0.0.0/0'; type {WORK}",
        ),
        (
            {"authorized_cidrs": {"all": "ten"}, "endpoint_mode": "public_ip"},
            "authorized_cidrs.all is not an address range, got 'ten'; write a range such as 10.16.0.0/16",
        ),
        (
            {"endpoint_mode": "vpn"},
            "endpoint_mode must be one of dns, private_ip, public_ip, got 'vpn'; type one of them",
        ),
        (
            {"channel": "latest"},
            "channel must be one of regular, rapid, stable, extended, got 'latest'; type one of them",
        ),
        ({"maintenance_start": "3am"}, "maintenance_start must be HH:MM, got '3am'; type one such as 03:00"),
        (
            {"secrets_key": "key"},
            "secrets_key must be the name of a Cloud KMS key, got 'key'; type one such as "
            "projects/acme/locations/europe-west4/keyRings/gke/cryptoKeys/secrets",
        ),
        (
            {"security_group": "admins@example.com"},
            "security_group must be a group of that name, as GKE wants it, got 'admins@example.com'; "
            "type one such as gke-security-groups@example.com",
        ),
        ({"region": "europe-west4-a"}, "region must be a region, not a zone, got 'europe-west4-a'; type europe-west4"),
        (
            {"region": "europe"},
            "region has not the form of a Google Cloud region, got 'europe'; type one such as europe-west4",
        ),
        (
            {"labels": {"example.com/team": "A"}},
            "labels.example.com/team must be named in lower-case letters, digits, '-' and '_', a letter first, "
            "63 at most, got 'example.com/team'; rename it",
        ),
    ],
)
def test_fails_when_an_argument_is_wrong(plan_: Any, args: dict[str, Any], told: str) -> None:
    assert told in refusals(plan_, {**SMALLEST, **args}, name="primary")


@pytest.mark.parametrize(
    ("zones", "told"),
    [
        (["b", "z"], "zones must be zones of europe-west4, got 'z'; type some of its own: [a, b, c]"),
        ([], "zones must name one at least, got []; type letters such as [b, c, d], or leave it out"),
        (["b", "b"], "zones must not repeat a zone, got ['b', 'b']; name each zone once"),
        (
            ["europe-west4-a"],
            "zones must be letters of zones, got 'europe-west4-a'; type the last letter of a zone's name",
        ),
    ],
)
def test_fails_when_zones_are_none_or_of_another_region(zones: list[str], told: str) -> None:
    assert refusals(plan, {**SMALLEST, "zones": zones}, name="primary") == [told]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("machine_type", "n2-standard-8"),
        ("max", 14),
        ("taints", {}),
        ("zones", ["a"]),
        ("node_config", {"spot": True}),
        ("node_pools", {"general": {}}),
    ],
)
def test_fails_when_autopilot_is_given_a_setting_of_nodes(field: str, value: object) -> None:
    assert refusals(plan_autopilot, {**AUTOPILOT, field: value}, name="primary") == [
        f"{field} must be left out: Autopilot makes the nodes itself and replaces a cluster that sets them, "
        f"got {value!r}; delete it, or take a GkeCluster with node pools"
    ]


def test_fails_with_every_problem_at_once() -> None:
    args = {**AUTOPILOT, "channel": "x", "endpoint_mode": "private_ip", "machine_type": "e2-medium", "max_nodes": 0}
    assert [line.split(" ")[0] for line in refusals(plan_autopilot, args, name="P" * 41)] == [
        "machine_type",
        "name",
        "authorized_cidrs",
        "channel",
        "max_nodes",
    ]
