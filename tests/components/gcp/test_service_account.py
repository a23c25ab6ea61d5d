from typing import Any

import pytest

from components.gcp.gcp_service_account import GcpServiceAccountPlan, plan
from components.gcp.project_services import SERVICES
from components.gcp.project_services import plan as plan_services
from tests.components.support import refusals

from .examples import PROJECT


def test_an_account_may_what_nodes_need_and_no_more() -> None:
    assert plan("primary", {"project": PROJECT}) == GcpServiceAccountPlan(
        account_id="primary",
        grants={
            "node": ("roles/container.defaultNodeServiceAccount", None),
            "registry": ("roles/artifactregistry.reader", None),
        },
    )


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            {"grants": {"all": {"role": "roles/editor"}}},
            "grants.all.role must not be a basic role, which is about everything in the project, got 'roles/editor'; "
            "type one such as roles/artifactregistry.reader",
        ),
        (
            {"grants": {"a": {"role": "reader"}}},
            "grants.a.role must be a role, got 'reader'; type one such as roles/artifactregistry.reader",
        ),
        (
            {"grants": {"a": {"project": "X", "role": "roles/a.b"}}},
            "grants.a.project must be the id of a project, got 'X'; type one such as acme-images",
        ),
        (
            {"grants": {"A": {"role": "roles/a.b"}}},
            "grants.A must be named in lower-case letters, digits and hyphens, got 'A'; rename it",
        ),
        (
            {"account_id": "nodes"},
            "account_id must be 6 to 30 lower-case letters, digits and hyphens, a letter first and no hyphen last, "
            "got 'nodes'; type one such as gcp-dev-nodes",
        ),
    ],
)
def test_fails_when_an_account_is_wrong(args: dict[str, Any], told: str) -> None:
    assert refusals(plan, {"project": PROJECT, **args}, name="primary") == [told]


def test_apis_are_named_once_with_or_without_their_domain() -> None:
    want = plan_services("primary", {"project": PROJECT, "services": ["dns.googleapis.com", "dns", "compute"]})
    assert want.services == tuple(sorted({*SERVICES, "dns"}))


def test_fails_when_an_api_is_none() -> None:
    args = {"project": "ACME", "services": ["https://dns"]}
    assert [line.split(" ")[0] for line in refusals(plan_services, args, name="primary")] == ["project", "services"]
    assert refusals(plan_services, {**args, "project": PROJECT}, name="primary") == [
        "services must be names of Google APIs, got 'https://dns'; type one such as dns or dns.googleapis.com"
    ]
