"""What every request goes through, whatever it asks for: checks, ids, logs, headers, 304."""
