"""LookML: `generated/looker/`, a project for Looker.

| module | what it does |
|---|---|
| `sources.py` | the joins of an entity's explore, and the names that tables have in it |
| `formulas.py` | the measures: the registry's, in LookML |
| `views.py` | the views: an entity's dimensions and measures; tables that are joined, all of their fields hidden |
| `explores.py` | an explore for each entity, and its data tests against the KPI tables |
| `boards.py` | the dashboards: the pages of `dashboards/pages` |
| `legacy.py` | the model whose names a source system gives |
| `writing.py` | objects as LookML's text |
| `project.py` | all files |
| `checks.py` | whether what they name is there, and keys tell rows apart |

What LookML can't say rightly is left out by name: see `omissions.py`.
"""
