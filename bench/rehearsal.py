"""What a rehearsal costs: start, apply, trials, stop, memory; and 1,000 objects. Prints seconds, MiB and a ratio.

    python bench/rehearsal.py [STACK]...

Times depend on the machine, so each is also given as a multiple of the server's own: one plain request of the version.
"""

import os
import sys
import time
from pathlib import Path
from statistics import median

from hedgerow.engine import embedded, project
from hedgerow.graph import Resource, Snapshot
from hedgerow.rehearsal import apply, binaries, objects
from hedgerow.rehearsal.plane import ControlPlane
from hedgerow.rehearsal.run import rehearse

TIMES = 3
MOST_SECONDS_TO_START, MOST_SECONDS_FOR_THOUSAND, MOST_MIB = 6.0, 6.0, 800


def main(stacks: list[str]) -> None:
    """Start and stop, rehearse the stacks, then a thousand objects."""
    found = binaries.find()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    starts, stops = zip(*(_empty(found) for _ in range(TIMES)), strict=True)
    most = f"at most {MOST_SECONDS_TO_START:g}"
    print(f"start {median(starts):.1f} s ({most}), stop {median(stops):.1f} s; the median of {TIMES}")
    for outcome in embedded.run_all(project.find(Path.cwd()), stacks, lambda snapshot: snapshot):
        if outcome.result is None:
            raise SystemExit(outcome.error)
        for one in rehearse(outcome.result, found, tell=lambda _: None):
            parts = ", ".join(f"{part} {seconds:.1f} s" for part, seconds in one.seconds.items())
            memory = sum(one.memory.values())
            print(f"{one.stack}: {parts}; {len(one.trials)} trials, {len(one.failed)} failed; {memory} MiB")
    with ControlPlane(found) as plane:
        floor = median(_seconds(lambda: plane.client.get("/version")) for _ in range(50))
        stack = thousand()
        first = _seconds(lambda: _check(apply.apply(plane.client, stack)))
        again = _seconds(lambda: apply.apply_again(plane.client, stack.manifests))
        most = f"at most {MOST_SECONDS_FOR_THOUSAND:g}"
        print(f"{len(stack.manifests)} objects {first:.1f} s ({most}), again {again:.1f} s")
        print(f"that is {first / len(stack.manifests) / floor:.1f} plain requests an object")
        print(f"memory {sum(plane.memory().values())} MiB (at most {MOST_MIB}): {plane.memory()}")


def _empty(found: binaries.Binaries) -> tuple[float, float]:
    """Seconds that a control plane takes to start, and to be gone."""
    with ControlPlane(found) as plane:
        leaving = time.perf_counter()
    return plane.seconds, time.perf_counter() - leaving


def thousand() -> objects.Stack:
    """Ten namespaces with 99 ConfigMaps each."""
    resources = []
    for number in range(10):
        space = f"bench-{number}"
        resources.append(_resource("Namespace", {"name": space}))
        resources += [_resource("ConfigMap", {"name": f"map-{one}", "namespace": space}) for one in range(99)]
    return objects.clusters(Snapshot.of("bench", "bench", resources))[0]


def _resource(kind: str, metadata: dict[str, str]) -> Resource:
    name = "-".join([kind, *metadata.values()])
    manifest = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
    return Resource(f"urn:{name}", f"kubernetes:core/v1:{kind}", name, inputs=manifest)


def _check(applied: apply.Applied) -> None:
    if applied.rejected:
        raise SystemExit(applied.rejected[0].message)


def _seconds(work: object) -> float:
    start = time.perf_counter()
    assert callable(work)
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main(sys.argv[1:] or ["aws-prod"])
