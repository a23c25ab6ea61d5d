"""A pack of the stock SDK, which is not hedgerow's business: it must neither run nor be mistaken for rules."""

raise SystemExit("a stock pack was run")
