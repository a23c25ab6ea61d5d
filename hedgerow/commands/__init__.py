"""What each command does; how it is called stands in hedgerow/cli.py, which loads them only when they are."""
