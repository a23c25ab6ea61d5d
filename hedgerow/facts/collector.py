"""How Python's garbage collector is set while a Pulumi program runs.

The SDK allocates hundreds of objects a resource and frees few of them: at the default thresholds the
collector walks the whole program again and again. Measured in bench/program.py, which prints the ratio.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (50_000, 20, 100)


@contextmanager
def tuned(*, keep: bool = False) -> Iterator[None]:
    """Run the body with rarer collections, everything loaded so far left out of them.

    An error restores the setting; so does the end of the body, unless `keep`: a Pulumi program registers most of
    its resources after its last line.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    finished = False
    try:
        yield
        finished = True
    finally:
        if not (keep and finished):
            gc.set_threshold(*before)
            gc.unfreeze()
