"""What providers of resources say of their inputs, read from their sources: text only, nothing of them is run."""
