"""What the bundle and its pipeline files say: pipelines, datasets, flows, rules."""
