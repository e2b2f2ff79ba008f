"""What a workspace asks of the bundle, computed from its YAML alone: checks, and who may do what."""
