"""Rules: what is allowed. One rule is `<area>/<rule>.py` with `<rule>.yaml` beside it."""
