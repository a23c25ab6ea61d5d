"""Where the control plane's binaries come from: the folder KUBEBUILDER_ASSETS names, else the user's cache."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .trouble import Trouble

VERSION = "v1.36.3"
"""Kubernetes version of the binaries that `make control-plane` builds (tests/control_plane/build)."""
NEEDED = ("etcd", "kube-apiserver", "kube-controller-manager")
"""Without the controllers no quota is enforced, so the usual two of envtest are not enough."""
ASSETS = "KUBEBUILDER_ASSETS"
TO_BUILD = "run `make control-plane` in hedgerow's repository (needs Go; some minutes, once)"


@dataclass(frozen=True)
class Binaries:
    """A folder with all that is needed. Others, such as `kwok` and its `stages`, may be there too."""

    folder: Path

    def path(self, name: str) -> Path:
        """The file of a binary; Trouble where it is not there."""
        found = self.folder / name
        if not os.access(found, os.X_OK):
            raise Trouble(f"no {name} in {self.folder}; {TO_BUILD}")
        return found

    @property
    def stages(self) -> list[Path]:
        """What kwok plays, where it is there."""
        return sorted((self.folder / "stages").glob("*.yaml"))


def cache(environment: Mapping[str, str] | None = None) -> Path:
    """Where `make control-plane` puts what it builds."""
    given = (os.environ if environment is None else environment).get("XDG_CACHE_HOME", "")
    base = Path(given) if given.startswith("/") else Path.home() / ".cache"
    return base / "hedgerow" / "control-plane" / VERSION


def find(environment: Mapping[str, str] | None = None) -> Binaries:
    """The binaries of this machine; Trouble that says what to run where there are none. Nothing is downloaded."""
    given = (os.environ if environment is None else environment).get(ASSETS, "")
    folder = Path(given).absolute() if given else cache(environment)
    missing = [name for name in NEEDED if not os.access(folder / name, os.X_OK)]
    if not missing:
        return Binaries(folder)
    if given:
        fix = f"put it there, or unset {ASSETS} and {TO_BUILD}"
        raise Trouble(f"no {', no '.join(missing)} in {given}, which {ASSETS} names; {fix}")
    fix = f"{TO_BUILD}, or set {ASSETS}"
    raise Trouble(f"no control plane on this machine: no {', no '.join(missing)} in {folder}; {fix}")
