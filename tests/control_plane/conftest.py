"""The control plane that these tests share. Where this machine has no binaries they are skipped, loudly."""

from collections.abc import Iterator

import pytest

from hedgerow.rehearsal import binaries
from hedgerow.rehearsal.binaries import Binaries
from hedgerow.rehearsal.plane import ControlPlane
from hedgerow.rehearsal.trouble import Trouble


@pytest.fixture(scope="session")
def built() -> Binaries:
    """The binaries of this machine."""
    try:
        return binaries.find()
    except Trouble as trouble:
        pytest.skip(str(trouble))


@pytest.fixture(scope="session")
def plane(built: Binaries) -> Iterator[ControlPlane]:
    """One server for all that leaves it as it was, or keeps to namespaces of its own."""
    with ControlPlane(built) as running:
        yield running
