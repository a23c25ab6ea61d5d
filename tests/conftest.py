"""Rules of every test run: no network but loopback, and no tier that is skipped in silence."""

import os
import socket

import hypothesis
import pytest

# CI tries the same examples each time: what it says of a change is said of that change. Developers try new ones.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("HEDGEROW_STRICT"):
    hypothesis.settings.load_profile("ci")

TIERS = {
    "engine": "needs `pulumi` on PATH: the CLI and its provider plugins are in no package registry",
    "control_plane": "needs etcd, kube-apiserver and kube-controller-manager: run `make control-plane`, or set KUBEBUILDER_ASSETS",
}
_connect = socket.socket.connect


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that asks the network for anything fails at once."""

    def connect(self: socket.socket, address: object) -> None:
        host = str(address[0]) if isinstance(address, tuple) else "unix"
        if host not in ("unix", "127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to connect to {address!r}")
        _connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect)


def pytest_configure(config: pytest.Config) -> None:
    for tier, why in TIERS.items():
        config.addinivalue_line("markers", f"{tier}: {why}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for tier, count in _skips(terminalreporter).items():
        if count:
            terminalreporter.write_line(
                f"SKIPPED TIER {tier}: {count} tests did not run; it {TIERS[tier]}", red=True, bold=True
            )


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or exitstatus or os.environ.get("HEDGEROW_STRICT") != "1":
        return
    allowed = os.environ.get("HEDGEROW_ALLOW_SKIP", "").split(",")
    if any(count for tier, count in _skips(reporter).items() if tier not in allowed):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _skips(reporter: pytest.TerminalReporter) -> dict[str, int]:
    skipped = reporter.stats.get("skipped", [])
    return {tier: sum(tier in report.keywords for report in skipped) for tier in TIERS}
