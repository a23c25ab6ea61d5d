"""One program, read in every way there is: the snapshots and the findings must agree."""
