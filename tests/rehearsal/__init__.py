"""The rehearsal without a server."""
