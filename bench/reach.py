"""Time and memory of reachability over clusters of 30 to 10,000 workloads, all pairs with their ports.

Three workloads and four policies a namespace: default deny, DNS, own namespace, and one port for the tenant before it
(54 different ports in all). Every figure is a process of its own, from views to the last pair with its ports, as
`hedgerow reach` sets the garbage collector. Times tell sizes; the growth is what to read.

    python bench/reach.py [WORKLOADS…]              # 30 100 300 900 3000 10000
    python bench/reach.py --command [NAMESPACES…]   # 30 100 300 1000: the whole command, beside PyYAML's C loader
    python bench/reach.py --command --peer PATH     # and beside another program that lists the connections of a folder

What is run of the other program is `PATH list --quiet --dirpath FOLDER`, which is how netpol-analyzer is asked; each
line `namespace/name[Kind] => namespace/name[Kind] : …` that it prints is a pair that it allows.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

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


class Spent(NamedTuple):
    """What a process took, and what it printed."""

    wall: float
    cpu: float
    mib: int
    printed: str


PAIR = re.compile(r"^(\S+/\S+\[\w+\]) => (\S+/\S+\[\w+\]) :", re.MULTILINE)
READ, MEASURED = (
    "PyYAML s  start s  command s  ratio   wall s     MiB",
    "{:>8.2f} {:>8.2f} {:>10.2f} {:>6.2f} {:>8.2f} {:>7,}",
)
OTHER, BESIDE = "    peer s   wall s     MiB  pairs alike", "  {:>8.2f} {:>8.2f} {:>7,}  {}"


def command(sizes: list[int], peer: str, patience: float) -> None:
    """CPU seconds of the whole command for each size, of starting it, and of reading the YAML alone; then a peer's."""
    print(f"namespaces objects {READ}{OTHER if peer else ''}")
    spent(sys.executable, "-m", "hedgerow", "reach", "--help")  # whatever Python compiles, it compiles here
    for size in sizes:
        with tempfile.TemporaryDirectory() as place:
            count = folder(Path(place), size)
            print(f"{size:>10,} {count:>7,} {_ours(place)}{_theirs(peer, place, patience) if peer else ''}", flush=True)


def _ours(place: str) -> str:
    floor = spent(sys.executable, "-c", FLOOR, place).cpu
    start = spent(sys.executable, "-m", "hedgerow", "reach", "--help").cpu
    whole = spent(sys.executable, "-m", "hedgerow", "reach", place)
    return MEASURED.format(floor, start, whole.cpu, (whole.cpu - start) / floor, whole.wall, whole.mib)


def _theirs(peer: str, place: str, patience: float) -> str:
    try:
        other = spent(peer, "list", "--quiet", "--dirpath", place, patience=patience)
    except subprocess.TimeoutExpired:
        return f"  not done in {patience:.0f} s"
    theirs = {pair for pair in PAIR.findall(other.printed) if pair[0] != pair[1]}
    ours = pairs(Path(place))
    told = (
        f"{len(ours):,}"
        if ours == theirs
        else f"{len(ours):,} here, {len(theirs):,} there, {len(ours & theirs):,} in both"
    )
    return BESIDE.format(other.cpu, other.wall, other.mib, told)


def pairs(place: Path) -> set[tuple[str, str]]:
    """Pairs of different workloads of which one reaches the other on any port, as the peer writes their names."""
    from hedgerow.graph import Views
    from hedgerow.graph.reach import reach
    from hedgerow.graph.sources import manifests

    found = set()
    for cluster in reach(Views(manifests.load(place)[0])).clusters:
        ends = {
            end.name: "{0}/{2}[{1}]".format(*end.name.split("/")) for end in cluster.endpoints if end.kind == "pods"
        }
        for source in (end for end in cluster.endpoints if end.name in ends):
            to = (path.destination.name for path in cluster.paths(source, cluster.row(source.site)))
            found |= {(ends[source.name], ends[name]) for name in to if name in ends and name != source.name}
    return found


def spent(*words: str, patience: float = 600.0) -> Spent:
    """Run a process and say what it took; TimeoutExpired, with the process ended, where patience ends first."""
    with tempfile.TemporaryFile("w+") as printed:
        start = time.perf_counter()
        process = subprocess.Popen(words, cwd=ROOT, stdout=printed, stderr=subprocess.DEVNULL)
        while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
            if time.perf_counter() - start > patience:
                process.kill()
                process.wait()
                raise subprocess.TimeoutExpired(words, patience)
            time.sleep(0.005)
        wall, (_, status, used) = time.perf_counter() - start, ended
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, words)
        printed.seek(0)
        return Spent(wall, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, printed.read())


def main(sizes: list[int]) -> None:
    """Print the curve."""
    print("workloads endpoints policies       pairs   wall s    cpu s  MiB all MiB more")
    for size in sizes:
        subprocess.run([sys.executable, __file__, "--one", str(size)], cwd=ROOT, check=True)


def asked() -> argparse.Namespace:
    """What the person wants measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, metavar="SIZE", help="workloads; namespaces with --command")
    parser.add_argument("--command", action="store_true", help="the whole command on a folder of manifests")
    parser.add_argument("--peer", default="", metavar="PATH", help="run `PATH list --quiet --dirpath FOLDER` beside it")
    parser.add_argument("--patience", type=float, default=600.0, metavar="SECONDS", help="how long a peer may take")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    wanted = asked()
    if wanted.one:
        measure(wanted.sizes[0])
    elif wanted.command or wanted.peer:
        command(wanted.sizes or [30, 100, 300, 1000], wanted.peer, wanted.patience)
    else:
        main(wanted.sizes or list(SIZES))
