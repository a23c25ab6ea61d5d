"""EKS clusters."""
