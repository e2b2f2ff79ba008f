"""What the bundle and its pipeline files define: pipelines, datasets, flows, rules."""
