"""A Power BI project (PBIP) made from the registry: a semantic model in TMDL and a report in PBIR.

`star.py` says which tables the model has, `places.py` how they are related and where each dimension of the registry is;
`dax.py` writes measures; `partitions.py` what is read from Databricks; `tmdl.py` the model's files; `visuals.py`,
`layout.py` and `report.py` the pages; `project.py` puts all together. `reading.py` reads what was written, and
`checks/` says what is wrong with it. How to open and publish it: docs/power-bi.md.
"""
