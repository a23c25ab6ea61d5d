"""CPU time and memory of `aws-dev` with many tenants, embedded and judged, against a floor in the same run.

The floor is a bare program: the same resources, with the same inputs, registered with the same recording monitor, no
components, no rules; once at the collector's defaults and once with `hedgerow.facts.collector.tuned`. Every figure is
a process of its own, the better of two, from before the SDKs are imported, already compiled, to the end. Times tell
sizes; the ratios are what to read.

    python bench/program.py [TENANTS…]        # 2 100 500
"""

import contextlib
import gc
import itertools
import json
import os
import pickle
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
STACK = "aws-dev"


def project_with(tenants: int, folder: Path) -> Path:
    """A copy of the stacks with this many tenants in `aws-dev`."""
    root = folder / f"tenants-{tenants}"
    shutil.copytree(ROOT / "stacks", root / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", root)
    stack_file = root / "stacks" / f"Pulumi.{STACK}.yaml"
    settings = yaml.safe_load(stack_file.read_text())
    names = [f"team-{number:04}" for number in range(tenants)]
    settings["config"]["hedgerow:tenants"] = names
    stack_file.write_text(yaml.safe_dump(settings))
    for number, name in enumerate(names):
        tenant = {"owners": {"groups": [f"{name}-owners"]}, "environments": {"dev": {"quota": {"cpu": "100"}}}}
        if number:
            tenant["allow_from"] = {names[number - 1]: ["TCP/8443"]}
        (root / "stacks" / "tenants" / f"{name}.yaml").write_text(yaml.safe_dump(tenant))
    grant(root / "policies" / "config", names)
    return root


def grant(folder: Path, names: list[str]) -> None:
    """Every path that the tenants ask for, as the owners of the policies would agree to it."""
    pairs = itertools.pairwise(names)
    allow = [{"from": one, "to": other, "ports": ["TCP/8443"]} for one, other in pairs]
    folder.mkdir(parents=True)
    (folder / f"{STACK.removeprefix('aws-')}.yaml").write_text(
        yaml.safe_dump({"rules": {"np-cross-tenant": {"allow": allow}}})
    )


def embedded(root: Path, keep: Path) -> int:
    """Record and judge the project; keep what was registered for the floor."""
    from datetime import date

    from hedgerow.commands.pack import load
    from hedgerow.engine import embedded as engine
    from hedgerow.engine import project
    from hedgerow.graph import judge

    found = project.find(root)
    snapshot = engine.record(found, STACK)
    findings = judge(snapshot, load(found.policies).rules, today=date(2026, 11, 21))
    assert not [finding for finding in findings if finding.denies], findings[:3]
    usage = cost(len(snapshot.resources))
    keep.write_bytes(pickle.dumps([(item.type, item.name, item.inputs) for item in snapshot.resources if item.custom]))
    return usage


def floor(keep: Path, *, tuned: bool) -> None:
    """Register the kept resources with the SDK's own classes and nothing else."""
    items = pickle.loads(keep.read_bytes())
    from hedgerow.engine import monitor, sdk
    from hedgerow.engine.answers import Answers
    from hedgerow.facts import collector
    from hedgerow.graph.sources.recording import Recording

    recording = Recording("hedgerow", STACK)
    answering = monitor.Monitor(recording, Answers(), frozenset())
    with collector.tuned() if tuned else contextlib.nullcontext():
        sdk.run(
            lambda: bare(items),
            project="hedgerow",
            stack=STACK,
            root=str(ROOT),
            monitor=answering,
            engine=monitor.Log(),
            config={},
        )
    cost(len(recording.snapshot({}).resources))


def bare(items: list[tuple[str, str, dict[str, Any]]]) -> None:
    """A program that says every resource by itself."""
    import pulumi

    providers = {kind: sdk_class(kind)(name) for kind, name, _ in items if kind.startswith("pulumi:providers:")}
    for kind, name, inputs in items:
        if kind.startswith("pulumi:"):
            continue
        provider = providers[f"pulumi:providers:{kind.split(':')[0]}"]
        given = {snake(key): known(value) for key, value in inputs.items() if key not in ("apiVersion", "kind")}
        sdk_class(kind)(name, **given, opts=pulumi.ResourceOptions(provider=provider))


def sdk_class(token: str) -> Any:
    """The SDK's class of a type token."""
    import importlib

    package, module, name = token.split(":")
    if package == "pulumi":
        return importlib.import_module(f"pulumi_{name}").Provider
    module = module.split("/")[0] + ("/" + module.split("/")[1] if package == "kubernetes" else "")
    module = module.replace(".k8s.io", "").replace(".authorization", "").replace("/", ".")
    return getattr(importlib.import_module(f"pulumi_{package}.{module}"), name)


def snake(key: str) -> str:
    """The SDK's spelling of a property."""
    import re

    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", key).lower()


def known(value: Any) -> Any:
    """The value, with a text where the recording has none."""
    if isinstance(value, dict):
        return {key: known(item) for key, item in value.items()}
    if isinstance(value, list):
        return [known(item) for item in value]
    return value if isinstance(value, str | int | float | bool) else "an-id"


def cost(resources: int) -> int:
    """Print what this process has used so far, as JSON."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"cpu": used.ru_utime + used.ru_stime, "mib": used.ru_maxrss / 1024, "resources": resources}))
    return resources


def measured(*arguments: str) -> dict[str, float]:
    """The figures of one process of this file, the better of two runs."""
    runs = []
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, __file__, "--one", *arguments], check=True, capture_output=True, text=True, env=environment
        )
        runs.append(json.loads(done.stdout.splitlines()[-1]))
        time.sleep(0.2)
    return min(runs, key=lambda run: run["cpu"])


def main(sizes: list[int]) -> None:
    """Print one row a size."""
    print("CPU seconds of: hedgerow (embedded and judged), the floor, the floor with our collector setting")
    print("tenants resources hedgerow   floor   tuned  /floor  /tuned   MiB KiB a resource")
    first = None
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            root, keep = project_with(size, Path(folder)), Path(folder) / f"{size}.pickle"
            ours = measured("embedded", str(root), str(keep))
            floors = [measured(kind, str(keep))["cpu"] for kind in ("floor", "tuned")]
            first = first or ours
            more = ours["resources"] - first["resources"]
            each = f"{(ours['mib'] - first['mib']) * 1024 / more:.0f}" if more else "-"
            ratios = " ".join(f"{ours['cpu'] / floor:>7.2f}" for floor in floors)
            cpu = f"{ours['cpu']:>8.2f} {floors[0]:>7.2f} {floors[1]:>7.2f}"
            print(f"{size:>7} {ours['resources']:>9.0f} {cpu} {ratios} {ours['mib']:>5.0f} {each}", flush=True)


if __name__ == "__main__":
    gc.enable()
    if sys.argv[1:2] == ["--one"]:
        kind, *rest = sys.argv[2:]
        if kind == "embedded":
            embedded(Path(rest[0]), Path(rest[1]))
        else:
            floor(Path(rest[0]), tuned=kind == "tuned")
    else:
        main([int(size) for size in sys.argv[1:]] or [2, 100, 500])
