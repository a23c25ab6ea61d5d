"""The control plane that these tests share. Where this machine has no binaries they are skipped, loudly."""

from collections.abc import Iterator

import pytest

from hedgerow.rehearsal import binaries
from hedgerow.rehearsal.binaries import Binaries
from hedgerow.rehearsal.plane import ControlPlane
from hedgerow.rehearsal.trouble import Trouble


@pytest.fixture(scope="session", autouse=True)
def own_folder_of_planes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Planes of this run lie where nobody else's are, so that several runs, and several workers, do not meet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(tmp_path_factory.mktemp("planes")))
        patch.setattr("tempfile.tempdir", None)
        yield


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
