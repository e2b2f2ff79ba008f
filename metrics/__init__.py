"""The registry: every metric is defined once, and its SQL is made from that definition."""
