"""What a table remembers of its own past: progress, loaded files, and which versions changed its rows."""
