"""Runs a Pulumi project as Pulumi does, in this process: no account, no CLI, no network."""
