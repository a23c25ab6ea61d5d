"""What a program takes from the SDKs is read from its text: never too much for a stack's cloud, never the program itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from hedgerow.engine import preload, project

from ..support import ROOT

FILES = {
    "Pulumi.yaml": "name: shop\nruntime: python\nmain: app\nstackConfigDir: envs\n",
    "envs/Pulumi.aws-dev.yaml": "config: {shop:aws: {region: eu-west-1}}\n",
    "envs/Pulumi.both.yaml": "config: {shop:aws: {}, shop:gcp: {}}\n",
    "app/__main__.py": (
        "from shared.team import Team\nimport app.extra as extra\n"
        "def build(cloud):\n    if cloud == 'aws':\n        from app import aws\n        aws.build()\n"
        "    else:\n        import pulumi_gcp as gcp\n        gcp.compute.Network('n')\n"
    ),
    "app/__init__.py": "raise SystemExit('the program ran')\n",
    "app/aws.py": "import pulumi_aws as aws\nfrom .parts import vpc\ndef build():\n    aws.eks.Cluster('c')\n",
    "app/parts/__init__.py": "",
    "app/parts/vpc.py": "from pulumi_aws import ec2\nfrom ..extra import x\nec2.Vpc('v')\n",
    "app/extra.py": "import os, yaml, pulumi\nfrom pulumi_kubernetes.core.v1 import Namespace\npulumi.export('x', 1)\n",
    "app/unused.py": "import pulumi_eks\n",
    "app/broken.py": "def :\n",
    "shared/team.py": "import app.broken\nimport app.aws_missing\nfrom typing import TYPE_CHECKING\n",
}


def made(root: Path) -> project.Project:
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return project.find(root)


def used(root: Path, *stacks: str) -> set[str]:
    return {".".join(chain) for chain in preload.used(made(root), stacks)}


def test_what_is_reached_is_followed_and_what_another_cloud_needs_is_not(tmp_path: Path) -> None:
    assert used(tmp_path, "aws-dev") == {
        "pulumi",
        "pulumi.export",
        "pulumi_aws",
        "pulumi_aws.ec2",
        "pulumi_aws.ec2.Vpc",
        "pulumi_aws.eks",
        "pulumi_aws.eks.Cluster",
        "pulumi_kubernetes.core.v1.Namespace",
    }


def test_a_cloud_that_any_of_the_stacks_names_is_followed(tmp_path: Path) -> None:
    assert used(tmp_path, "aws-dev", "both") == used(tmp_path, "aws-dev") | {
        "pulumi_gcp",
        "pulumi_gcp.compute",
        "pulumi_gcp.compute.Network",
    }


@pytest.mark.parametrize("text", ["", "import\n", "\0", "from ........ import x\n", f"x = {'(' * 400}{')' * 400}\n"])
def test_text_that_cannot_be_read_is_left_to_the_program_s_own_run(tmp_path: Path, text: str) -> None:
    found = made(tmp_path)
    (tmp_path / "app" / "__main__.py").write_text(text)
    assert preload.used(found, ["both"]) == set()


def test_loading_imports_the_sdks_and_runs_nothing_of_the_program(tmp_path: Path) -> None:
    made(tmp_path)
    script = (
        "import sys, threading; from pathlib import Path; from hedgerow.engine import preload, project\n"
        f"preload.load(project.find(Path({str(tmp_path)!r})), ['aws-dev'])\n"
        "print(sorted(name for name in sys.modules if name in ('app', 'pulumi_aws.eks.cluster', 'pulumi_gcp',\n"
        "    'pulumi_kubernetes.core.v1.Namespace', 'pulumi_eks', 'hedgerow.engine.monitor')), threading.active_count())\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    expected = ["hedgerow.engine.monitor", "pulumi_aws.eks.cluster", "pulumi_kubernetes.core.v1.Namespace"]
    assert (ran.stdout, ran.stderr) == (f"{expected} 1\n", "")
