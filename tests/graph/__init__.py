"""Snapshots, values, sources, views."""
