from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.provider.experimental.component import ComponentProvider

from components.k8s import Tenant, Workload
from components.k8s.workload import WorkloadArgs, plan
from components.shared.inputs import InputError
from hedgerow.graph import Resource, Snapshot
from tests.support import TESTS, golden, record

from .examples import PLATFORM
from .examples import SMALLEST as TENANT
from .workloads import FULLEST, SMALLEST, container, workload

GOLDENS = TESTS / "components/k8s/goldens"
OTHER = {"search/index": ["TCP/8080"]}
PORTS = {"web": "TCP/8080"}
LISTENING = container(ports=PORTS)
NAMED = {"app.kubernetes.io/name": "api"}


def recorded(args: WorkloadArgs, **opts: Any) -> Snapshot:
    return record(lambda: Workload("payments-api", args, pulumi.ResourceOptions(**opts)))


def named(snapshot: Snapshot, kind: str, name: str) -> Resource:
    (found,) = [each for each in snapshot.resources if each.type.endswith(f":{kind}") and each.name == name]
    return found


@pytest.mark.parametrize(("size", "args"), [("smallest", SMALLEST), ("fullest", FULLEST)])
def test_the_resources_are_as_reviewed(size: str, args: WorkloadArgs) -> None:
    golden(GOLDENS / f"workload-{size}.yaml", recorded(args))


@pytest.mark.parametrize("args", [SMALLEST, FULLEST])
def test_what_arrives_is_what_was_planned(args: WorkloadArgs) -> None:
    want = plan("payments-api", args)
    expected = {
        ("ServiceAccount", "payments-api"): want.service_account,
        ("Deployment", "payments-api"): want.deployment,
        **({("Service", "payments-api"): want.service} if want.service else {}),
        **{("NetworkPolicy", f"payments-api-{of}"): manifest for of, manifest in want.network_policies.items()},
    }
    custom = [each for each in recorded(args).resources if each.custom and each.parent]
    assert {(each.inputs["kind"], each.name): each.inputs for each in custom} == expected


def test_its_pods_meet_what_pod_security_calls_restricted() -> None:
    """The checks of the standard, written out here (Kubernetes documentation, Pod Security Standards, 1.36)."""
    spec = plan("api", FULLEST).deployment["spec"]["template"]["spec"]
    assert not {"hostNetwork", "hostPID", "hostIPC", "hostUsers"} & spec.keys()
    assert all("emptyDir" in volume for volume in spec["volumes"])
    assert spec["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    assert len([*spec["containers"], *spec["initContainers"]]) == 3
    for each in (*spec["containers"], *spec["initContainers"]):
        context = each["securityContext"]
        assert context.get("runAsUser", 1) > 0
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert context["runAsNonRoot"] is context["readOnlyRootFilesystem"] is True
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not any("hostPort" in port for port in each.get("ports", []))


def test_its_account_is_its_own_and_gives_no_token() -> None:
    want = plan("api", SMALLEST)
    spec = want.deployment["spec"]["template"]["spec"]
    assert (want.service_account["metadata"]["name"], spec["serviceAccountName"]) == ("api", "api")
    assert want.service_account["automountServiceAccountToken"] is False
    assert spec["automountServiceAccountToken"] is False


def test_everything_chooses_its_pods_by_the_same_label() -> None:
    want = plan("payments-api", FULLEST)
    assert want.service is not None
    assert want.deployment["spec"]["selector"] == {"matchLabels": NAMED}
    assert want.deployment["spec"]["template"]["metadata"]["labels"] == NAMED
    assert want.service["spec"]["selector"] == NAMED
    assert [each["spec"]["podSelector"] for each in want.network_policies.values()] == 6 * [{"matchLabels": NAMED}]


def test_another_tenants_workload_is_narrowed_to_its_pods_in_one_peer() -> None:
    policy = plan("api", workload(containers=LISTENING["containers"], allow_from=OTHER)).network_policies
    assert {of: each["spec"] for of, each in policy.items()} == {
        "from.search.index": {
            "podSelector": {"matchLabels": NAMED},
            "policyTypes": ["Ingress"],
            "ingress": [
                {
                    "from": [
                        {
                            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "search"}},
                            "podSelector": {"matchLabels": {"app.kubernetes.io/name": "index"}},
                        }
                    ],
                    "ports": [{"protocol": "TCP", "port": 8080}],
                }
            ],
        }
    }


def test_a_public_load_balancer_lets_in_the_internet_and_health_checks_but_no_pods_of_others() -> None:
    platform = {**PLATFORM, "health_checks": ["35.191.0.0/16"], "ranges": {"network": "8.8.0.0/16"}}
    args = {**LISTENING, "load_balancer": "public", "platform": platform, "quota": {"cpu": "1", "load_balancers": 1}}
    want = plan("api", args)  # type: ignore[arg-type]
    (rule,) = want.network_policies["load-balancer"]["spec"]["ingress"]
    internet, by_six, probes = rule["from"]
    assert internet["ipBlock"]["cidr"] == "0.0.0.0/0"
    assert {"8.8.0.0/16", "10.0.0.0/8", "169.254.0.0/16"} <= set(internet["ipBlock"]["except"])
    assert by_six["ipBlock"]["cidr"] == "::/0"
    assert probes == {"ipBlock": {"cidr": "35.191.0.0/16"}}
    assert want.service is not None
    assert want.service["metadata"]["annotations"] == PLATFORM["load_balancers"]["public"]["annotations"]
    assert (want.service["spec"]["type"], want.service["spec"]["externalTrafficPolicy"]) == ("LoadBalancer", "Local")


def test_an_internal_load_balancer_lets_in_the_network_once() -> None:
    args = {**LISTENING, "load_balancer": "internal", "quota": {"cpu": "1", "load_balancers": 1}}
    want = plan("api", args)  # type: ignore[arg-type]
    assert want.network_policies["load-balancer"]["spec"]["ingress"] == [
        {"from": [{"ipBlock": {"cidr": "10.16.0.0/16"}}], "ports": [{"protocol": "TCP", "port": 8080}]}
    ]
    assert want.service is not None
    assert want.service["metadata"]["annotations"] == PLATFORM["load_balancers"]["internal"]["annotations"]


def test_a_cloud_identity_opens_what_the_platform_names_and_nothing_else() -> None:
    policies = plan("api", workload(cloud_identity=True)).network_policies
    assert {of: each["spec"] for of, each in policies.items()} == {
        "identity": {
            "podSelector": {"matchLabels": NAMED},
            "policyTypes": ["Egress"],
            "egress": [
                {"to": [{"ipBlock": {"cidr": "169.254.170.23/32"}}], "ports": [{"protocol": "TCP", "port": 80}]}
            ],
        }
    }


def test_without_a_port_there_is_no_service() -> None:
    assert plan("api", SMALLEST).service is None
    assert named(recorded(SMALLEST), "Workload", "payments-api").outputs == {"service": ""}


@pytest.mark.parametrize(("class_", "replicas"), [("dev", 1), ("staging", 2), ("prod", 2)])
def test_replicas_are_those_of_the_class(class_: str, replicas: int) -> None:
    spec = plan("api", workload(platform={**PLATFORM, "environment": class_})).deployment["spec"]
    assert spec["replicas"] == replicas
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}


def test_a_workload_may_rest() -> None:
    spec = plan("api", workload(replicas=0)).deployment["spec"]
    assert (spec["replicas"], spec["strategy"]["rollingUpdate"]["maxSurge"]) == (0, 0)


def test_sizes_that_are_left_out_are_those_of_the_limit_range_made_to_fit() -> None:
    def sizes(**given: Any) -> Any:
        return plan("api", container(**given)).deployment["spec"]["template"]["spec"]["containers"][0]["resources"]

    disk = {"ephemeral-storage": "256Mi"}, {"ephemeral-storage": "2Gi"}
    assert sizes() == {
        "requests": {"cpu": "100m", **disk[0], "memory": "256Mi"},
        "limits": {**disk[1], "memory": "512Mi"},
    }
    assert sizes(requests={"memory": "16Mi"})["limits"] == {**disk[1], "memory": "128Mi"}
    assert sizes(requests={"memory": "3Gi"})["limits"] == {**disk[1], "memory": "3Gi"}
    assert sizes(limits={"memory": "64Mi"})["requests"] == {"cpu": "100m", **disk[0], "memory": "64Mi"}
    assert sizes(limits={"memory": "4Gi"})["requests"] == {"cpu": "100m", **disk[0], "memory": "512Mi"}
    assert sizes(limits={"cpu": "50m", "ephemeral_storage": "3Gi"}) == {
        "requests": {"cpu": "50m", **disk[0], "memory": "256Mi"},
        "limits": {"cpu": "50m", "ephemeral-storage": "3Gi", "memory": "512Mi"},
    }


def test_it_waits_for_the_fences_of_its_tenant_and_belongs_to_it() -> None:
    def program() -> None:
        tenant = Tenant("payments", TENANT)
        made = Workload(
            "payments-api", {**LISTENING, "tenant": tenant.namespace}, pulumi.ResourceOptions(parent=tenant)
        )
        pulumi.ComponentResource("test:index:Reader", "reader", {"service": made.service})

    snapshot = record(program)
    tenant, own = named(snapshot, "Tenant", "payments"), named(snapshot, "Workload", "payments-api")
    fences = {each.urn for each in snapshot.resources if each.parent == tenant.urn and each.custom}
    assert own.parent == tenant.urn
    for kind in ("ServiceAccount", "Deployment", "Service"):
        child = named(snapshot, kind, "payments-api")
        assert child.parent == own.urn
        assert child.inputs["metadata"]["namespace"] == "payments", "a preview knows it, though nothing exists yet"
        assert set(child.property_dependencies["metadata"]) >= fences
    assert named(snapshot, "Reader", "reader").inputs == {"service": "payments-api"}


def test_pods_come_after_their_account_and_ways_and_the_service_after_the_pods() -> None:
    snapshot = recorded(FULLEST)
    deployment, service = (named(snapshot, kind, "payments-api") for kind in ("Deployment", "Service"))
    before = {each.urn for each in snapshot.resources if each.type.endswith((":ServiceAccount", ":NetworkPolicy"))}
    assert len(before) == 7
    assert set(deployment.dependencies) >= before
    assert deployment.urn in service.dependencies


def test_transforms_reach_every_child() -> None:
    def freeze(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if args.type_ != "kubernetes:apps/v1:Deployment":
            return None
        return pulumi.ResourceTransformResult({**args.props, "spec": {**args.props["spec"], "paused": True}}, args.opts)

    deployment = named(recorded(SMALLEST, transforms=[freeze]), "Deployment", "payments-api")
    assert deployment.input("spec", "paused") is True
    assert deployment.input("spec", "replicas") == 1


def camel(value: Any, key: str = "") -> Any:
    """As another language writes the args: camelCase fields, every number a float; keys of maps stay."""
    if isinstance(value, dict):
        named_by_users = key in MAPS
        return {of if named_by_users else _camel(of): camel(item, of) for of, item in value.items()}
    if isinstance(value, list):
        return [camel(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


MAPS = frozenset(
    [
        "allow_from",
        "allow_from_pods",
        "allow_to",
        "annotations",
        "containers",
        "env",
        "load_balancers",
        "match_labels",
        "mounts",
        "pools",
        "ports",
        "ranges",
        "sidecars",
        "volumes",
    ]
)


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.title() for word in rest)


def test_the_same_resources_come_through_the_component_host() -> None:
    host, inputs = ComponentProvider([Workload], "hedgerow"), camel(FULLEST)
    assert (inputs["allowFromPods"]["dashboards"]["pods"]["matchLabels"], inputs["replicas"]) == (
        {"team": "insight"},
        9.0,
    )
    hosted = record(lambda: host.construct("payments-api", "hedgerow:index:Workload", inputs))
    assert [told(each) for each in hosted.resources] == [told(each) for each in recorded(FULLEST).resources]


def told(resource: Resource) -> tuple[Any, ...]:
    return resource.urn, resource.parent, resource.inputs, resource.outputs, resource.dependencies


def test_the_component_host_publishes_every_field_with_its_text() -> None:
    analyzed = ComponentProvider([Workload], "hedgerow")._component_defs["Workload"]
    assert analyzed.description == Workload.__doc__
    assert set(analyzed.inputs_mapping.values()) == WorkloadArgs.__required_keys__ | WorkloadArgs.__optional_keys__
    assert all(field.description for field in (*analyzed.inputs.values(), *analyzed.outputs.values()))
    required = {name for name, field in analyzed.inputs.items() if not field.optional}
    assert required == {"containers", "platform", "quota", "tenant"}


CASES: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "a container has no version of an image that could be": (
        lambda: container(image="Redis:8", user=0),
        [
            "containers.main.image must be the name of an image, got 'Redis:8'; type its name and version, such as docker.io/library/redis:8.4",
            "containers.main.user must be a whole number from 1 to 2147483647, got 0; type one, such as 1",
        ],
    ),
    "a container is named, and told, like nothing": (
        lambda: workload(containers={"Main": {**SMALLEST["containers"]["main"], "env": {"1st": "x"}}}),
        [
            "containers.Main must be lower-case letters, digits and '-' with no '-' at either end, such as payments-dev, got 'Main'; rename the container",
            "containers.Main.env.1st must be letters, digits and '_', no digit first, got '1st'; rename it",
        ],
    ),
    "there is no container": (
        lambda: workload(containers={}),
        ["containers must name a container, got {}; type {main: {image: …, liveness: …, readiness: …}}"],
    ),
    "a container is not probed": (
        lambda: workload(containers={"main": {"image": "a/b:1"}}),
        [
            "containers.main must have a liveness probe, got ['image']; type exec, http_get or tcp_socket below it, such as {tcp_socket: {port: web}}",
            "containers.main must have a readiness probe, got ['image']; type exec, http_get or tcp_socket below it, such as {tcp_socket: {port: web}}",
        ],
    ),
    "a sidecar has the name of a container": (
        lambda: workload(sidecars={"main": {"image": "a/b:1"}}),
        ["sidecars.main must have a name that no container has, got 'main'; rename it"],
    ),
    "probes are the same": (
        lambda: container(liveness={"exec": ["ready"]}),
        [
            "containers.main.liveness must differ from readiness, got {'exec': ['ready']}; ask less often, or for less: whatever makes it unready would restart it as well"
        ],
    ),
    "a probe asks nothing, or two things": (
        lambda: container(
            liveness={"period_seconds": 5},
            readiness={"exec": [], "tcp_socket": {"port": "web"}},
            ports={"web": "TCP/80"},
        ),
        [
            "containers.main.liveness must have one of exec, http_get, tcp_socket, got []; type one, such as tcp_socket: {port: web}",
            "containers.main.readiness must have one of exec, http_get, tcp_socket, got ['exec', 'tcp_socket']; type one, such as tcp_socket: {port: web}",
            "containers.main.readiness.exec must name a command, got []; type its words, such as [redis-cli, ping]",
        ],
    ),
    "a probe asks for a port that is not there": (
        lambda: container(liveness={"tcp_socket": {"port": "web"}}, ports={"dns": "UDP/53"}),
        [
            "containers.main.liveness.tcp_socket.port must name a TCP port of the container, got 'web'; type one of those you add to its ports"
        ],
    ),
    "a probe is asked in words that HTTP does not know": (
        lambda: container(
            ports={"web": "TCP/80"},
            liveness={"http_get": {"path": "alive", "port": "web", "scheme": "https"}, "timeout_seconds": 0},
        ),
        [
            "containers.main.liveness.timeout_seconds must be a whole number from 1 to 3600, got 0; type one, such as 1",
            "containers.main.liveness.http_get.scheme must be one of HTTP, HTTPS, got 'https'; type one of them",
            "containers.main.liveness.http_get.path must begin with '/', got 'alive'; type /alive",
        ],
    ),
    "a port is none, or has no name": (
        lambda: container(ports={"web": "8080", "WEB": "TCP/80", "many": "TCP/80-90"}),
        [
            "containers.main.ports.WEB must be named by at most 15 lower-case letters, digits and single hyphens, a letter among them, got 'WEB'; rename it",
            "containers.main.ports.many must be a single port, got 'TCP/80-90'; type 'TCP/80', and a name for each other",
            "containers.main.ports.web must be a protocol and a port, got '8080'; type it like 'TCP/8080' or 'UDP/53'",
        ],
    ),
    "two containers listen on the same port": (
        lambda: workload(
            containers={
                "one": {**SMALLEST["containers"]["main"], "ports": {"web": "TCP/80"}},
                "two": {**SMALLEST["containers"]["main"], "ports": {"web": "TCP/81", "more": "TCP/80"}},
            }
        ),
        [
            "containers.two.ports.more must be a port that no other container listens on, got 'TCP/80'; type another",
            "containers.two.ports.web must be named once in a workload, got 'web'; rename it",
        ],
    ),
    "a volume is not there, not used, or in the way": (
        lambda: workload(
            containers={"main": {**SMALLEST["containers"]["main"], "mounts": {"data": "/", "a": "/x", "b": "/x"}}},
            volumes={"a": "1Gi", "b": "x", "idle": "1Mi"},
        ),
        [
            "containers.main.mounts.data must be a volume of the workload, got 'data'; type data: 64Mi under volumes",
            "containers.main.mounts.data must be a path from the root on, without ':', got '/'; type one such as /data",
            "containers.main.mounts.a must have a path of its own, got '/x'; type another",
            "containers.main.mounts.b must have a path of its own, got '/x'; type another",
            "volumes.b must be a Kubernetes quantity, got 'x'; type a number such as '250m', '1.5' or '400Gi'",
            "volumes.idle must be mounted by a container, got 'idle'; type mounts: {idle: /idle}, or delete it",
        ],
    ),
    "volumes are larger than the disk that the pod may use": (
        lambda: workload(
            containers={"main": {**SMALLEST["containers"]["main"], "mounts": {"data": "/data"}}},
            volumes={"data": "3Gi"},
        ),
        [
            "volumes must fit the disk that the containers may use together, got {'data': '3Gi'}; type less, or a larger limit of ephemeral_storage in a container"
        ],
    ),
    "a limit is below the request": (
        lambda: container(requests={"cpu": "2", "memory": "1Gi"}, limits={"cpu": "1", "memory": "512Mi"}),
        [
            "containers.main.limits.cpu must be at least the request, 2, got '1'; type '2' or more",
            "containers.main.limits.memory must be at least the request, 1Gi, got '512Mi'; type '1Gi' or more",
        ],
    ),
    "a limit breaks the ratio of the limit range": (
        lambda: container(requests={"memory": "64Mi"}, limits={"memory": "1Gi"}),
        [
            "containers.main.limits.memory must be at most 8 times the request, 64Mi, the LimitRange of its tenant says, got '1Gi'; type '512Mi' or less, or request more"
        ],
    ),
    "a limit breaks the maximum of the limit range": (
        lambda: container(limits={"memory": "700Gi"}),
        [
            "containers.main.limits.memory must be at most 600Gi, the LimitRange of its tenant says, got '700Gi'; type '600Gi' or less",
            "replicas must fit the quota of its tenant: 1 replica and 1 more while they are replaced take limits.memory 1400Gi, it has 600Gi, got 1; ask for less, or raise quota.memory_limit",
        ],
    ),
    "a request is below the least": (
        lambda: container(requests={"memory": "512m", "cpu": "x"}),
        [
            "containers.main.requests.cpu must be a Kubernetes quantity, got 'x'; type a number such as '250m', '1.5' or '400Gi'",
            "containers.main.requests.memory must be from 4Mi to 24Ti, got '512m'; type '4Mi' or more, up to '24Ti'",
        ],
    ),
    "replicas are more than the quota holds": (
        lambda: workload(
            containers={"main": {**SMALLEST["containers"]["main"], "requests": {"cpu": "9"}}}, replicas=10
        ),
        [
            "replicas must fit the quota of its tenant: 10 replicas and 3 more while they are replaced take requests.cpu 117, it has 100, got 10; ask for less, or raise quota.cpu"
        ],
    ),
    "pods are more than the quota holds": (
        lambda: workload(quota={"cpu": "100", "pods": 12}, replicas=10),
        [
            "replicas must fit the quota of its tenant: 10 replicas and 3 more while they are replaced take pods 13, it has 12, got 10; ask for less, or raise quota.pods"
        ],
    ),
    "no version could ever take over": (
        lambda: workload(replicas=3, rollout={"max_surge": 0}),
        [
            "rollout must let pods be added or be missing, else no version ever takes over, got {'max_surge': 0}; type {max_surge: 1}"
        ],
    ),
    "replicas are no number that could be": (
        lambda: workload(replicas=-1, rollout={"max_surge": 5001, "max_unavailable": -1}),
        [
            "replicas must be a whole number from 0 to 5000, got -1; type one, such as 1",
            "rollout.max_surge must be a whole number from 0 to 5000, got 5001; type one, such as 1",
            "rollout.max_unavailable must be a whole number from 0 to 5000, got -1; type one, such as 1",
        ],
    ),
    "a load balancer is of no kind": (
        lambda: workload(**{**LISTENING, "load_balancer": "external"}),
        ["load_balancer must be one of internal, public, got 'external'; type one of them"],
    ),
    "a load balancer leads nowhere": (
        lambda: workload(load_balancer="public", quota={"cpu": "100", "load_balancers": 1}),
        ["load_balancer must have a port to lead to, got 'public'; type ports: {web: TCP/8080} in a container"],
    ),
    "a load balancer is none of the quota": (
        lambda: workload(**{**LISTENING, "load_balancer": "public"}),
        [
            "load_balancer must fit the quota of its tenant: its Service takes services.loadbalancers 1, it has 0; ask for less, or raise quota.load_balancers"
        ],
    ),
    "a load balancer has more ports than the quota": (
        lambda: workload(
            **{
                **container(ports={f"p{i}": f"TCP/{i}" for i in range(1, 8)}),
                "load_balancer": "public",
                "quota": {"cpu": "100", "load_balancers": 1},
            }
        ),
        [
            "load_balancer must fit the quota of its tenant: its Service takes services.nodeports 7, it has 5; ask for less, or raise quota.load_balancers"
        ],
    ),
    "a load balancer has two protocols": (
        lambda: workload(
            **{
                **container(ports={"a": "TCP/53", "b": "UDP/53"}),
                "load_balancer": "public",
                "quota": {"cpu": "100", "load_balancers": 1},
            }
        ),
        ["load_balancer must have ports of one protocol, got 'TCP/53, UDP/53'; make two workloads of it"],
    ),
    "a load balancer is of a network that nobody knows": (
        lambda: workload(
            **{
                **LISTENING,
                "load_balancer": "internal",
                "quota": {"cpu": "100", "load_balancers": 1},
                "platform": {**PLATFORM, "ranges": {}},
            }
        ),
        [
            "platform.ranges.network is needed for an internal load balancer; type the range of the network, such as 10.16.0.0/16"
        ],
    ),
    "the platform gives no identity": (
        lambda: workload(cloud_identity=True, platform={**PLATFORM, "identity": []}),
        [
            "platform.identity must not be empty for cloud_identity, got []; type where the cloud answers pods, or leave cloud_identity out"
        ],
    ),
    "a way in leads to no port": (
        lambda: workload(**{**LISTENING, "allow_from": {"search/index": ["TCP/8081"]}}),
        ["allow_from.search/index must be a port of the workload, got 'TCP/8081'; type one of TCP/8080"],
    ),
    "a way in leads nowhere at all": (
        lambda: workload(allow_from={"search/index": ["TCP/8081"]}),
        [
            "allow_from.search/index must be a port of the workload, got 'TCP/8081'; type ports: {web: TCP/8080} in a container"
        ],
    ),
    "a peer is no workload of another tenant": (
        lambda: workload(
            **{
                **LISTENING,
                "allow_from": {
                    "search": ["TCP/8080"],
                    "payments/db": ["TCP/8080"],
                    "kube-system/x": ["TCP/8080"],
                    "search/index": [],
                },
            }
        ),
        [
            "allow_from.kube-system/x must not be a namespace of the cluster itself, got 'kube-system'; rename the tenant",
            "allow_from.payments/db must be another tenant, got 'payments'; delete it: a tenant's own pods reach each other",
            "allow_from.search must name a tenant and its workload, got 'search'; type it like search/index",
            "allow_from.search/index must name a port, got []; type one such as [TCP/8080], or delete the line",
        ],
    ),
    "pods are chosen by nothing, or by what is no label": (
        lambda: workload(
            **{
                **LISTENING,
                "allow_from_pods": {
                    "All": {"pods": {}, "ports": ["TCP/8080"], "tenant": "payments"},
                    "odd": {
                        "pods": {
                            "match_labels": {"a b": "c d"},
                            "match_expressions": [
                                {"key": "tier", "operator": "in", "values": ["x"]},
                                {"key": "tier", "operator": "In"},
                                {"key": "tier", "operator": "Exists", "values": ["x"]},
                            ],
                        },
                        "ports": ["TCP/8080"],
                        "tenant": "search",
                    },
                },
            }
        ),
        [
            "allow_from_pods.All must be lower-case letters, digits and '-' with no '-' at either end, such as payments-dev, got 'All'; rename it",
            "allow_from_pods.All.tenant must be another tenant, got 'payments'; delete it: a tenant's own pods reach each other",
            "allow_from_pods.All.pods must name a label, got {}; type {match_labels: {tier: ui}}: an empty one selects everything",
            "allow_from_pods.odd.pods.match_labels.a b must have a name part of letters, digits, '-', '_' and '.' with a letter or digit at both ends, such as tenant, got 'a b'; rewrite it",
            "allow_from_pods.odd.pods.match_labels.a b must be letters, digits, '-', '_' and '.' with a letter or digit at both ends, such as team-a, got 'c d'; rewrite it",
            "allow_from_pods.odd.pods.match_expressions.0.operator must be one of In, NotIn, Exists, DoesNotExist, got 'in'; type one of them",
            "allow_from_pods.odd.pods.match_expressions.1.values must not be empty for In, got []; type the values, such as [ui, batch]",
            "allow_from_pods.odd.pods.match_expressions.2.values must be left out for Exists, got ['x']; delete it, or type In or NotIn",
        ],
    ),
    "its name is none of a Service": (
        lambda: workload(name="1st"),
        ["name must begin with a letter, as the name of a Service, got '1st'; rename the workload"],
    ),
    "its name is none of an object": (
        lambda: workload(name="Api"),
        [
            "name must be lower-case letters, digits and '-' with no '-' at either end, such as payments-dev, got 'Api'; rename the workload"
        ],
    ),
    "its name is that of the namespace's own account": (
        lambda: workload(name="default"),
        ["name must not be that of the namespace's own service account, got 'default'; rename the workload"],
    ),
    "a field is not known, another missing": (
        lambda: {
            "containers": {"main": {"image": "a", "port": 1}},
            "platform": PLATFORM,
            "tenant": "payments",
            "quota": {},
        },
        [
            "containers.main.port is not known, got 1; one of args, command, env, image, limits, liveness, mounts, ports, readiness, requests, startup, user",
            "quota.cpu is missing; give it a value",
        ],
    ),
    "the quota and the platform cannot be read": (
        lambda: workload(quota={"cpu": "x"}, platform={**PLATFORM, "kubernetes": "2"}),
        [
            "platform.kubernetes must be a minor version, got '2'; type one in quotes, such as '1.35'",
            "quota.cpu must be a Kubernetes quantity, got 'x'; type a number such as '250m', '1.5' or '400Gi'",
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_fails_when(case: str) -> None:
    args, problems = CASES[case]
    with pytest.raises(InputError) as failure:
        plan("api", args())
    assert str(failure.value).split("\n") == [f"Workload 'api': {problem}" for problem in problems]
