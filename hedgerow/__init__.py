"""Kubernetes environments on EKS and GKE, fenced by quotas and network isolation, proved before they exist."""

__version__ = "0.1.0"
