"""Time and memory of reachability over clusters of 30 to 10,000 workloads, all pairs with their ports.

Three workloads and four policies a namespace: default deny, DNS, own namespace, and one port for the tenant before it
(54 different ports in all). Every figure is a process of its own, from views to the last pair with its ports, as
`hedgerow reach` sets the garbage collector. Times tell sizes; the growth is what to read.

    python bench/reach.py [WORKLOADS…]              # 30 100 300 900 3000 10000
    python bench/reach.py --command [NAMESPACES…]   # 30 100 300 1000: the whole command, beside PyYAML's C loader
"""

import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SIZES = (30, 100, 300, 900, 3000, 10000)
PORTS = 54
DNS = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
    "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
}


def manifests(workloads: int) -> list[dict[str, Any]]:
    """The objects of a cluster with so many workloads."""
    found: list[dict[str, Any]] = []
    spaces = max(1, workloads // 3)
    for number in range(spaces):
        name = f"team-{number:04}"
        labels = {"platform.example.com/tenant": name}
        found.append({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
        found += [workload(name, role, number) for role in ("web", "api", "db")]
        found += policies(name, f"team-{(number - 1) % spaces:04}", 8000 + number % PORTS)
    return found


def workload(namespace: str, role: str, number: int) -> dict[str, Any]:
    """A Deployment with a named port."""
    container = {"name": "main", "image": "app", "ports": [{"name": "http", "containerPort": 8000 + number % PORTS}]}
    template = {"metadata": {"labels": {"app": role, "part-of": namespace}}, "spec": {"containers": [container]}}
    spec = {"selector": {"matchLabels": {"app": role}}, "template": template}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": role, "namespace": namespace},
        "spec": spec,
    }


def policies(namespace: str, before: str, port: int) -> list[dict[str, Any]]:
    """The four policies of a namespace."""
    dns = {"to": [DNS], "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]}
    peer = {"namespaceSelector": {"matchLabels": {"platform.example.com/tenant": before}}, "podSelector": {}}
    own = [{"podSelector": {}}]
    specs = {
        "default-deny": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
        "dns": {"podSelector": {}, "policyTypes": ["Egress"], "egress": [dns]},
        "same": {"podSelector": {}, "ingress": [{"from": own}], "egress": [{"to": own}, {"to": [peer]}]},
        "offer": {
            "podSelector": {"matchLabels": {"app": "api"}},
            "ingress": [{"from": [{"namespaceSelector": {}}], "ports": [{"port": port}]}],
        },
    }
    return [
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {"policyTypes": ["Ingress", "Egress"], **spec} if name == "same" else spec,
        }
        for name, spec in specs.items()
    ]


def snapshot(workloads: int) -> Any:
    """The same cluster as a snapshot, without the cost of reading it."""
    from hedgerow.graph import Resource, Snapshot

    return Snapshot.of(
        "bench",
        "",
        (
            Resource(
                urn=f"{item['kind']}::{item['metadata'].get('namespace', '')}/{item['metadata']['name']}",
                type=f"kubernetes:{item['apiVersion'] if '/' in item['apiVersion'] else 'core/v1'}:{item['kind']}",
                name=item["metadata"]["name"],
                inputs=item,
            )
            for item in manifests(workloads)
        ),
    )


def measure(workloads: int) -> None:
    """Print one line of figures."""
    from hedgerow.facts.collector import tuned
    from hedgerow.graph import Views
    from hedgerow.graph.reach import reach

    given = snapshot(workloads)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, cpu = time.perf_counter(), time.process_time()
    pairs = ranges = 0
    with tuned():
        found = reach(Views(given))
        for cluster in found.clusters:
            for endpoint in cluster.endpoints:
                for ports, to in cluster.row(endpoint.site).items():
                    pairs += to.bit_count()
                    ranges += len(cluster.space.ranges(ports))
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ends = len(found.clusters[0].endpoints)
    print(
        f"{workloads:>9,} {ends:>9,} {workloads // 3 * 4:>8,} {pairs:>11,} "
        f"{wall:>8.2f} {cpu:>8.2f} {used // 1024:>8,} {(used - before) // 1024:>8,}",
        flush=True,
    )


QUOTA = {"hard": {"requests.cpu": "100", "requests.memory": "400Gi", "pods": "500"}}
LIMITS = {"limits": [{"type": "Container", "default": {"memory": "512Mi"}, "defaultRequest": {"cpu": "100m"}}]}
FLOOR = """
import pathlib, sys, yaml
for path in pathlib.Path(sys.argv[1]).iterdir():
    list(yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader))
"""


def folder(where: Path, namespaces: int) -> int:
    """Write the same cluster with the other objects of a tenant, a file for each; gives how many objects."""
    import yaml

    found = manifests(namespaces * 3)
    size = len(found) // namespaces
    for number in range(namespaces):
        name = f"team-{number:04}"
        objects = found[number * size : (number + 1) * size]
        objects += [_plain("ResourceQuota", name, "quota", QUOTA), _plain("LimitRange", name, "limits", LIMITS)]
        for role in ("web", "api"):
            objects.append(_plain("Service", name, role, {"selector": {"app": role}, "ports": [{"port": 80}]}))
        (where / f"{name}.yaml").write_text(yaml.safe_dump_all(objects, sort_keys=False))
    return namespaces * (size + 4)


def _plain(kind: str, namespace: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec}


def command(sizes: list[int]) -> None:
    """CPU seconds of the whole command for each size, of starting it, and of reading the YAML alone."""
    import tempfile

    print("namespaces  objects  PyYAML s  start-up s  command s    ratio")
    for size in sizes:
        with tempfile.TemporaryDirectory() as place:
            count = folder(Path(place), size)
            floor = _cpu(sys.executable, "-c", FLOOR, place)
            start = _cpu(sys.executable, "-m", "hedgerow", "reach", "--help")
            whole = _cpu(sys.executable, "-m", "hedgerow", "reach", place)
            ratio = (whole - start) / floor
            print(f"{size:>10,} {count:>8,} {floor:>9.2f} {start:>11.2f} {whole:>10.2f} {ratio:>8.2f}", flush=True)


def _cpu(*words: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(sizes: list[int]) -> None:
    """Print the curve."""
    print("workloads endpoints policies       pairs   wall s    cpu s  MiB all MiB more")
    for size in sizes:
        subprocess.run([sys.executable, __file__, "--one", str(size)], cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    if sys.argv[1:2] == ["--one"]:
        measure(int(sys.argv[2]))
    elif sys.argv[1:2] == ["--command"]:
        command([int(text) for text in sys.argv[2:]] or [30, 100, 300, 1000])
    else:
        main([int(text) for text in sys.argv[1:]] or list(SIZES))
