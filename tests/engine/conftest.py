"""The CLI with clouds to talk to. Clouds are always stand-ins; Kubernetes is real where this machine has it."""

import base64
import os
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from . import control_plane
from .cli import Cli, copy_of_this_repository
from .control_plane import ControlPlane

NewCli = Callable[..., Cli]


@pytest.fixture(scope="session")
def kubernetes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane | None]:
    """A running API server where this machine has its binaries and the real provider; else None."""
    folder = control_plane.binaries()
    if folder is None or real_provider() is None:
        yield None
        return
    with control_plane.running(folder, tmp_path_factory.mktemp("control-plane") / "work") as plane:
        yield plane


@pytest.fixture(scope="module")
def new_cli(kubernetes: ControlPlane | None, tmp_path_factory: pytest.TempPathFactory) -> NewCli:
    """Makes the CLI on a new copy of this repository, with a stack of the given name selected."""

    def make(stack: str, project: str = ".") -> Cli:
        work = tmp_path_factory.mktemp(stack)
        cli = Cli(copy_of_this_repository(work / "copy"), work / "home", project)
        for cloud in ("aws", "gcp"):
            cli.install(cloud)
        provider = real_provider()
        if kubernetes and provider:
            use(cli, kubernetes, provider)
        else:
            cli.install("kubernetes")
        cli("stack", "init", stack)
        return cli

    return make


def use(cli: Cli, plane: ControlPlane, provider: Path) -> None:
    """Let clusters of the stand-ins be this API server, and whatever a cloud gets its tokens from let them in.

    A name in the DNS of Google has a certificate that every machine trusts, so this one trusts that of the server.
    """
    # The engine takes no folder that is a link.
    plugin = cli.home / "plugins" / provider.parent.name / provider.name
    plugin.parent.mkdir(parents=True)
    plugin.symlink_to(provider)
    for command in ("aws", "gke-gcloud-auth-plugin"):
        cli.put_on_path(command, f"echo '{control_plane.CREDENTIAL}'")
    trusted = cli.home / "authority.pem"
    trusted.write_bytes(base64.b64decode(plane.authority))
    cli.extra |= {
        "HEDGEROW_STAND_IN_ENDPOINT": plane.endpoint,
        "HEDGEROW_STAND_IN_AUTHORITY": plane.authority,
        "SSL_CERT_FILE": str(trusted),
    }


def real_provider() -> Path | None:
    """The real Kubernetes provider at the SDK's version, in the PULUMI_HOME of this machine."""
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    plugin = home / "plugins" / f"resource-kubernetes-v{version('pulumi-kubernetes')}" / "pulumi-resource-kubernetes"
    return plugin if os.access(plugin, os.X_OK) else None
