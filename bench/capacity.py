"""CPU time and memory of the capacity analysis and of the difference, over 30 to 10,000 workloads.

Every namespace has a quota, a LimitRange, three Deployments and an autoscaler, on one cluster of EKS. The views are
built before the clock starts, as preview has them by then; every line is a process of its own. Times tell sizes; that
they grow as the namespaces do is what to read.

    python bench/capacity.py [NAMESPACES…]        # 10 33 100 333 1000 3333
"""

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from hedgerow.graph import Snapshot, Views
from hedgerow.graph.capacity import capacity
from hedgerow.graph.diff import difference
from hedgerow.graph.sources.example import snapshot

DEFAULT = (10, 33, 100, 333, 1000, 3333)
HARD = {
    "requests.cpu": "10",
    "requests.memory": "40Gi",
    "limits.memory": "60Gi",
    "requests.ephemeral-storage": "100Gi",
    "requests.nvidia.com/gpu": "0",
    "requests.storage": "200Gi",
    "pods": "50",
    "services.loadbalancers": "0",
    "services.nodeports": "0",
    "count/secrets": "100",
}
LIMITS = {"type": "Container", "default": {"memory": "512Mi"}, "defaultRequest": {"cpu": "100m", "memory": "256Mi"}}
GROUP = {"instanceTypes": ["m7i.8xlarge"], "diskSize": 300, "scalingConfig": {"minSize": 1, "maxSize": 400}}
NODES = [
    {"type": "aws:eks/cluster:Cluster", "name": "main"},
    {"type": "aws:eks/nodeGroup:NodeGroup", "name": "general", "inputs": GROUP},
]


def made(kind: str, version: str, name: str, namespace: str, **spec: Any) -> dict[str, Any]:
    """One manifest."""
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec}


def namespace(number: int) -> list[dict[str, Any]]:
    """The objects of one namespace; their sizes differ a little from one to the next."""
    name = f"team-{number:04}"
    asks = {"cpu": f"{100 + number % 7 * 50}m", "memory": "256Mi"}
    pods = {"spec": {"containers": [{"name": "main", "resources": {"requests": asks}}, {"name": "beside"}]}}
    deployments = [
        made("Deployment", "apps/v1", each, name, replicas=2 + number % 3, template=pods) for each in ("a", "b", "c")
    ]
    target = {"kind": "Deployment", "name": "a"}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}},
        made("ResourceQuota", "v1", "quota", name, hard=HARD),
        made("LimitRange", "v1", "limits", name, limits=[LIMITS]),
        *deployments,
        made("HorizontalPodAutoscaler", "autoscaling/v2", "a", name, maxReplicas=6, scaleTargetRef=target),
    ]


def cluster(namespaces: int) -> Snapshot:
    """A snapshot with this many namespaces."""
    objects = [item for number in range(namespaces) for item in namespace(number)]
    return snapshot({"objects": objects, "resources": NODES})


def spent(work: Callable[[], Any]) -> float:
    """Seconds of CPU, the better of three."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def used() -> int:
    """The most memory that this process had, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure(number: int) -> None:
    """Print the line of a number of namespaces."""
    found = cluster(number)
    views = Views(found)
    _ = views.fences, views.workloads
    before = used()
    fits, differs = spent(partial(capacity, views)), spent(partial(difference, found, found))
    times = f"{fits:>7.3f} s  {differs:>8.3f} s"
    print(f"{number:>10,}  {3 * number:>9,}  {times}  {used():>7,}  {used() - before:>8,}", flush=True)


def main(numbers: list[str]) -> None:
    """Print a line for each number of namespaces."""
    print("namespaces  workloads   capacity  difference  MiB all  MiB more")
    for number in numbers:
        subprocess.run([sys.executable, __file__, "--one", number], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measure(int(sys.argv[2]))
    else:
        main(sys.argv[1:] or [str(number) for number in DEFAULT])
