"""Workloads: what runs in a namespace, what it takes, and how it is reached."""
