"""Auto Loader (`cloudFiles`) on local files: found once, read by column name, nothing lost, nothing silent."""
