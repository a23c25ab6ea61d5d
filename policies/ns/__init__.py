"""Namespaces: labels, quotas, limits."""
