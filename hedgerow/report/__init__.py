"""What people and machines read of a verdict: terminal, Markdown, JSON."""
