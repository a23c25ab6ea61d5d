"""What runs against a real API server."""
