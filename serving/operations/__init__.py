"""What an operator wants to know of the lake as it is now, beside what is published: read from tables and event logs.

`report.py` puts it together, `updates.py`, `quarantine.py` and `feeds.py` read its parts, `kept.py` reads it aside and
again whenever the lake has changed, so that no page waits for it twice.
"""
