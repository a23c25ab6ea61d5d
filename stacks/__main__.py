"""The program of every stack: reads its settings once, hears of its platform, then builds what they name."""

from pathlib import Path

import pulumi

from hedgerow.facts.collector import tuned
from stacks.outputs import export
from stacks.platforms import build, fenced
from stacks.settings import load


async def main() -> None:
    with tuned(keep=True):
        settings = load(Path(__file__).parent)
        if platform := await build(settings):
            export(platform, fenced(settings, platform))


pulumi.run(main)
