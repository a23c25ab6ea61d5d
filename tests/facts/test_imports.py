"""Facts load fast: no SDK, no table, nothing heavy until it is asked for."""

import subprocess
import sys

HEAVY = "boto3 botocore csv difflib google jsonschema pulumi pulumi_aws pydantic requests yaml"
MODULES = (
    "aws.client aws.eks aws.instances aws.refresh aws.regions aws.vpc "
    "gcp.addresses gcp.client gcp.gke gcp.machines gcp.refresh gcp.regions "
    "cidr kubernetes labels profiles providers.refresh quantity replacements table unanswered zones"
)

PROGRAM = f"""
import importlib, sys
for name in "{MODULES}".split():
    importlib.import_module("hedgerow.facts." + name)
print(*sorted(set("{HEAVY}".split()) & sys.modules.keys()))
from hedgerow.facts import zones
from hedgerow.facts.aws import eks, instances
from hedgerow.facts.gcp import gke, machines
tables = (eks.versions, eks._addons, instances._instances, zones.all_of, machines._machines, gke.versions)
print(*(cached.cache_info().currsize for cached in tables))
"""


def test_importing_the_facts_loads_neither_an_sdk_nor_a_table() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout == "\n0 0 0 0 0 0\n"
