"""Dashboards in the tools that people have, made from the registry of metrics (`./lakehouse generate`).

`pages/` says what each page has, as data: headlines, panels and filters, in the registry's names. The web pages
(`serving/pages`) draw them, and each tool's room writes them in its own language. `surfaces.py` lists what is
generated.
"""
