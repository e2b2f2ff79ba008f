"""Who may ask what: tokens with scopes (`tokens.py`), rates (`rates.py`), and the record of it (`audit.py`).

`../http/guard.py` asks all three for every request, before anything else is done for it. `tokens.py` needs no package:
`./lakehouse token` runs without those that serve.
"""
