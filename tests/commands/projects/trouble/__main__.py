"""Each stack does something that a program should not do, or that is easily got wrong."""

import os
import signal
import subprocess
import sys
import time

import pulumi
import pulumi_kubernetes as k8s


def crashes() -> None:
    def inner(table: dict[str, int]) -> int:
        return table["missing"]

    inner({})


def crashes_in_apply() -> None:
    pulumi.export("x", pulumi.Output.from_input({}).apply(lambda given: given["missing"]))


def ends_well() -> None:
    k8s.core.v1.ConfigMap("settings", metadata={"namespace": "default"})
    sys.exit(0)


def ends_badly() -> None:
    sys.exit(4)


def asks() -> None:
    pulumi.runtime.invoke("aws:index/getCallerIdentity:getCallerIdentity", {}).value  # noqa: B018


def refers() -> None:
    pulumi.StackReference("organization/network/prod")


def twice() -> None:
    for _ in range(2):
        k8s.core.v1.Namespace("pay", metadata={"name": "pay"})


def refuses() -> None:
    raise pulumi.RunError("zones: must be 2 to 4, got 1")


def logs() -> None:
    pulumi.log.warn("two zones only")
    pulumi.log.error("no zone left")


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hangs() -> None:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", f"left-by-{os.environ['MARK']}"])
    time.sleep(600)


def prints() -> None:
    print("\x1b[31mhello\x1b[0m \x1b[2J")
    print("to stderr", file=sys.stderr)
    pulumi.log.warn("mind the gap")
    print("asked:", repr(sys.stdin.read()))


def defaults() -> None:
    k8s.core.v1.Namespace("pay", metadata={"name": "pay"})


globals()[pulumi.get_stack()]()
