"""Reachability: who can reach whom."""
