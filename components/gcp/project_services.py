"""The APIs that a project must have on; they stay on when the stack goes, because others may use them."""

import re
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi
import pulumi_gcp as gcp

from ..shared.inputs import Wrong, checking
from ..shared.waiting import ready
from .checks import check_project

DOMAIN = ".googleapis.com"
SERVICES = (
    "artifactregistry",
    "cloudresourcemanager",
    "compute",
    "container",
    "iam",
    "iamcredentials",
    "logging",
    "monitoring",
    "serviceusage",
)
"""What every GKE environment calls."""
SERVICE = re.compile(r"[a-z][a-z0-9-]*")


class ProjectServicesArgs(TypedDict):
    project: str
    """Id of the project."""
    services: NotRequired[list[str]]
    """APIs beside those that GKE needs, such as `dns`. Default: none."""


@dataclass(frozen=True)
class ProjectServicesPlan:
    """`services` are names without the domain that they share."""

    services: tuple[str, ...]


def plan(name: str, args: ProjectServicesArgs) -> ProjectServicesPlan:
    with checking("ProjectServices", name, args, ProjectServicesArgs) as wrong:
        check_project(wrong, args["project"])
        more = {_service(wrong, text) for text in args.get("services", [])}
        return ProjectServicesPlan(tuple(sorted({*SERVICES, *more})))


def _service(wrong: Wrong, text: str) -> str:
    found = text.removesuffix(DOMAIN)
    if not SERVICE.fullmatch(found):
        wrong("services", "must be names of Google APIs", text, f"type one such as dns or dns{DOMAIN}")
    return found


class ProjectServices(pulumi.ComponentResource):
    """The APIs that a project must have on; they stay on when the stack goes, because others may use them."""

    project_id: pulumi.Output[str]
    """Id of the project, once its APIs are on: what depends on them takes the project from here."""

    def __init__(self, name: str, args: ProjectServicesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hedgerow:index:ProjectServices", name, dict(args), opts)
        on = [
            gcp.projects.Service(
                f"{name}-{service}",
                disable_on_destroy=False,
                project=args["project"],
                service=f"{service}{DOMAIN}",
                opts=pulumi.ResourceOptions(parent=self),
            )
            for service in plan(name, args).services
        ]
        self.project_id = ready(args["project"], *on)
        self.register_outputs({"project_id": self.project_id})
