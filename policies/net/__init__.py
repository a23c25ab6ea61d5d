"""Networks of the clouds."""
