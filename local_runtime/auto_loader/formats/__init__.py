"""How each format's files become records."""
