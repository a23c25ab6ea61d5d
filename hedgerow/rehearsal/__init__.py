"""Tries the Kubernetes half of a stack on a real API server, started on this machine for the occasion."""
