"""Where snapshots come from: a recorded program, a policy request, a state file, a folder of manifests."""
