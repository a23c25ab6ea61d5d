"""Workloads, containers and Services as rules see them, with what the API server fills in."""

from typing import Any

import pytest

from hedgerow.graph import MISSING, SECRET, UNKNOWN, Resource, Snapshot, Views
from hedgerow.graph.views.container import Container

SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"
OLDER = "service.beta.kubernetes.io/aws-load-balancer-internal"
GOOGLE = "networking.gke.io/load-balancer-type"


def views(kind: str, api: str = "core/v1", **inputs: Any) -> Views:
    made = Resource("urn:it", f"kubernetes:{api}:{kind}", "it", inputs={"metadata": {"name": "it"}, **inputs})
    return Views(Snapshot.of("p", "s", [made]))


def service(annotations: Any = MISSING, **spec: Any) -> Any:
    metadata = {"name": "it", "namespace": "shop"} | ({} if annotations is MISSING else {"annotations": annotations})
    (found,) = views("Service", metadata=metadata, spec=spec).services
    return found


def test_containers_are_told_apart_by_when_they_run() -> None:
    spec = {
        "initContainers": [{"name": "first"}, {"name": "beside", "restartPolicy": "Always"}],
        "containers": [{"name": "main", "restartPolicy": "Always"}],
    }
    (workload,) = views("Deployment", "apps/v1", spec={"template": {"spec": spec}}).workloads
    assert [(str(each), each.init, each.sidecar) for each in workload.containers] == [
        ("init container 'first'", True, False),
        ("init container 'beside'", True, True),
        ("container 'main'", False, False),
    ]


@pytest.mark.parametrize("mark", [UNKNOWN, SECRET])
@pytest.mark.parametrize("key", ["containers", "initContainers"])
def test_containers_that_cannot_be_read_are_a_mark(mark: Any, key: str) -> None:
    spec = {"containers": [{"name": "main"}], key: mark}
    (workload,) = views("CronJob", "batch/v1", spec={"jobTemplate": {"spec": {"template": {"spec": spec}}}}).workloads
    assert workload.containers is mark


def test_a_workload_without_containers_has_none() -> None:
    (workload,) = views("Pod", spec={}).workloads
    assert workload.containers == []


def test_a_request_that_is_left_out_is_the_limit() -> None:
    container = Container({"resources": {"limits": {"memory": "1Gi"}, "requests": {"cpu": "1"}}})
    assert container.size("requests", "memory") == container.size("limits", "memory") == "1Gi"
    assert (container.size("requests", "cpu"), container.size("limits", "cpu")) == ("1", MISSING)
    assert Container({"resources": UNKNOWN}).size("requests", "memory") is UNKNOWN
    assert Container(SECRET).size("limits", "memory") is SECRET


def test_a_probe_has_the_times_that_the_server_fills_in() -> None:
    given = {"exec": {"command": ["true"]}, "periodSeconds": 5}
    times = {"failureThreshold": 3, "initialDelaySeconds": 0, "successThreshold": 1, "timeoutSeconds": 1}
    container = Container({"livenessProbe": given, "startupProbe": UNKNOWN})
    assert container.probe("livenessProbe") == {**times, **given}
    assert (container.probe("readinessProbe"), container.probe("startupProbe")) == (MISSING, UNKNOWN)


@pytest.mark.parametrize(
    ("annotations", "internal"),
    [
        (MISSING, False),
        ({}, False),
        ({SCHEME: "internal"}, True),
        ({SCHEME: "internet-facing"}, False),
        ({SCHEME: "internet-facing", OLDER: "true"}, False),
        ({SCHEME: UNKNOWN, OLDER: "true"}, UNKNOWN),
        ({OLDER: "true"}, True),
        ({OLDER: "false"}, False),
        ({OLDER: SECRET}, SECRET),
        ({GOOGLE: "Internal"}, True),
        ({GOOGLE: "External"}, False),
        ({GOOGLE: UNKNOWN, OLDER: "true"}, True),
        (UNKNOWN, UNKNOWN),
    ],
)
def test_a_load_balancer_is_internal_where_an_annotation_of_a_cloud_says_so(annotations: Any, internal: Any) -> None:
    assert service(annotations, type="LoadBalancer").internal is internal


@pytest.mark.parametrize(
    ("ranges", "narrowed"),
    [
        (MISSING, False),
        ([], False),
        (["198.51.100.0/24"], True),
        (["0.0.0.0/0"], False),
        (["198.51.100.0/24", "128.0.0.0/1", "0.0.0.0/1"], False),
        (["198.51.100.0/24", UNKNOWN], UNKNOWN),
        (SECRET, SECRET),
    ],
)
def test_a_load_balancer_is_narrowed_by_ranges_short_of_every_address(ranges: Any, narrowed: Any) -> None:
    given = {} if ranges is MISSING else {"loadBalancerSourceRanges": ranges}
    assert service(type="LoadBalancer", **given).narrowed is narrowed


def test_a_service_is_of_the_cluster_alone_where_nothing_is_said() -> None:
    plain = service()
    assert (plain.type, plain.external_addresses) == ("ClusterIP", [])
    assert service(type=UNKNOWN).type is UNKNOWN
    assert service(externalIPs=["203.0.113.7"]).external_addresses == ["203.0.113.7"]


def test_a_service_of_another_group_is_none() -> None:
    assert views("Service", "serving.knative.dev/v1", spec={"type": "NodePort"}).services == ()
