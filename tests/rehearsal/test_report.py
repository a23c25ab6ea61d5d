"""The table and the document of a rehearsal, whatever came of it."""

import io
import json
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

from hedgerow.rehearsal import document, table
from hedgerow.rehearsal.apply import Applied, Rejection
from hedgerow.rehearsal.objects import LeftOut, Manifest
from hedgerow.rehearsal.run import Rehearsal
from hedgerow.rehearsal.trials import Trial
from hedgerow.rehearsal.trouble import Trouble
from hedgerow.report import text

from ..support import ROOT

SCHEMA = json.loads((ROOT / "docs/rehearsal.schema.json").read_text())
GOOD = Trial(
    "payments",
    "fill pods",
    "2, not 1 more",
    "2 made: 2 used, 1 more refused",
    holds=True,
    message="exceeded quota: quota",
)
BAD = Trial("payments", "a privileged pod", "refused", "ADMITTED", holds=False)
MANIFEST = Manifest(
    {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "payments"}},
    "urn:s",
    2,
    ("data.key: [secret]; a stand-in was sent",),
)


def rehearsal(**changes: object) -> Rehearsal:
    found = Rehearsal(
        "aws-dev", 3, "v1.36.3", Applied([MANIFEST]), [GOOD], {"start": 3.0, "trials": 1.24}, {"etcd": 43}
    )
    for name, value in changes.items():
        setattr(found, name, value)
    return found


def shown(found: Rehearsal) -> list[str]:
    stream = io.StringIO()
    text.show(Console(file=stream, markup=False, highlight=False), table.report(found))
    return stream.getvalue().splitlines()


def test_a_fence_that_holds() -> None:
    found = rehearsal()
    assert found.holds
    assert shown(found) == [
        "aws-dev: rehearsed on an API server v1.36.3",
        "Its Kubernetes objects, on this machine: no cloud, no traffic. NetworkPolicies are stored, not enforced; nodes are there for rollouts only, and pretended.",
        "Each line: what was tried, what is to come of it, what came of it, and the server's own words.",
        "  ~ Secret 'payments/s' data.key: [secret]; a stand-in was sent",
        "",
        "payments",
        "  ✓ fill pods  2, not 1 more  2 made: 2 used, 1 more refused  exceeded quota: quota",
        "",
        "aws-dev: 1 object applied, 1 trial, 4.2 s: every fence held",
    ]


def test_everything_that_can_be_wrong_is_told() -> None:
    applied = Applied(
        [],
        [
            Rejection("Role 'payments/owner'", "urn:r", "roles is forbidden"),
            Rejection("ConfigMap 'a/b'", "urn:c", 'conflict with "x"', conflict=True),
        ],
        [LeftOut("Gadget 'a/g'", "urn:g", "the server has no Gadget")],
        ["ConfigMap 'a/c': resourceVersion 1 became 2"],
    )
    found = rehearsal(applied=applied, trials=[BAD])
    assert not found.holds
    assert shown(found)[3:] == [
        "  ✗ Role 'payments/owner' was rejected: roles is forbidden",
        "  ✗ ConfigMap 'a/b' is in conflict: conflict with \"x\"",
        "  ✗ ConfigMap 'a/c': resourceVersion 1 became 2: a second apply changed it",
        "  - Gadget 'a/g' was left out: the server has no Gadget",
        "",
        "payments",
        "  ✗ a privileged pod  refused  ADMITTED",
        "",
        "aws-dev: 0 objects applied, 1 trial, 1 left out, 2 rejected, 1 changed by a second apply, 1 failed, 4.2 s: does not hold",
    ]


def test_one_that_is_kept_says_how_to_reach_and_end_it() -> None:
    told = shown(rehearsal(kubeconfig=Path("/tmp/plane/kubeconfig")))
    assert told[-3:-1] == ["export KUBECONFIG=/tmp/plane/kubeconfig", "It runs on; to end it: hedgerow rehearse --stop"]


def test_trouble_is_told_with_the_log() -> None:
    found = rehearsal(trouble=Trouble("etcd ended by signal 9; the last lines of its log:", ("one\x1b[2J", "two")))
    assert [line.text.plain for line in table.trouble(found)] == [
        "error: etcd ended by signal 9; the last lines of its log:",
        "one\\x1b[2J",
        "two",
    ]
    assert shown(found)[-1].endswith("could not go on")
    assert (
        document.document(found)["error"] == "etcd ended by signal 9; the last lines of its log:\n  one\x1b[2J\n  two"
    )


def test_one_that_did_not_start_has_its_verdict_only() -> None:
    found = Rehearsal("aws-dev", trouble=Trouble("etcd ended by signal 9"))
    assert shown(found) == ["aws-dev: 0 objects applied, 0 trials, 0.0 s: could not go on"]


def test_a_stack_without_fences_had_nothing_to_try() -> None:
    assert (
        shown(rehearsal(trials=[]))[-1]
        == "aws-dev: 1 object applied, 0 trials, 4.2 s: every object taken, nothing to try"
    )


@pytest.mark.parametrize("found", [rehearsal(), rehearsal(trials=[BAD])], ids=["holds", "fails"])
def test_the_document_has_every_line_of_the_table(found: Rehearsal) -> None:
    told = json.loads(document.text([found]))
    assert told["schema"] == "hedgerow/rehearsal/v1"
    (one,) = told["rehearsals"]
    assert one["trials"] == [vars(trial) for trial in found.trials]
    assert one["summary"] == {
        "applied": 1,
        "left_out": 0,
        "rejected": 0,
        "changed": 0,
        "trials": 1,
        "failed": len(found.failed),
    }
    assert one["objects"]["stand_ins"] == {"Secret 'payments/s'": ["data.key: [secret]; a stand-in was sent"]}
    assert (one["seconds"], one["memory_mib"]) == ({"start": 3.0, "trials": 1.24}, {"etcd": 43})


REJECTED = Applied(
    rejected=[Rejection("Role 'payments/owner'", "urn:r", "roles is forbidden")],
    left_out=[LeftOut("Gadget 'a/g'", "urn:g", "the server has no Gadget")],
    changed=["ConfigMap 'a/c': resourceVersion 1 became 2"],
)


@pytest.mark.parametrize(
    "found",
    [
        rehearsal(),
        rehearsal(trials=[GOOD, BAD]),
        rehearsal(applied=REJECTED, trials=[]),
        Rehearsal("aws-dev", trouble=Trouble("the disk is full")),
    ],
    ids=["holds", "fails", "rejected", "trouble"],
)
def test_the_document_is_as_its_schema_says(found: Rehearsal) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads(document.text([found, found])), SCHEMA)


def test_the_schema_refuses_what_the_document_never_holds() -> None:
    told = json.loads(document.text([rehearsal()]))
    told["rehearsals"][0]["trials"][0]["verdict"] = "good"
    with pytest.raises(jsonschema.ValidationError, match="'verdict' was unexpected"):
        jsonschema.validate(told, SCHEMA)
