"""The program of every stack: reads its settings once, then builds what they name."""

from pathlib import Path

from hedgerow.facts.collector import tuned
from stacks.outputs import export
from stacks.platforms import build
from stacks.settings import load

with tuned(keep=True):
    settings, tenants = load(Path(__file__).parent), {}
    if platform := build(settings):
        if settings.tenants:
            from stacks import fences

            tenants = fences.build(settings.tenants, platform)
        export(platform, {name: tenant.namespace for name, tenant in tenants.items()})
