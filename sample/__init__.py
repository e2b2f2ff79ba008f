"""Made-up data for the feeds: seeded, realistic, dirty on demand."""
