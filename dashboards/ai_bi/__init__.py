"""The dashboard of Databricks AI/BI: `generated/databricks/lakehouse.lvdash.json`, which the bundle deploys.

| module | what it does |
|---|---|
| `questions.py` | which questions the pages ask, and by what each can be filtered |
| `statements.py` | the SQL of a question: over a metric view with MEASURE(), else that of the registry |
| `groups.py` | small groups of people, put together in SQL |
| `widgets.py`, `filters.py` | widgets in AI/BI's form; the page of filters |
| `operations.py` | the page Operations: what gold's schema says about its own tables |
| `dashboard.py` | all of it as one file |
| `checks.py` | whether each widget shows what its panel or headline asks for |

Data sets name tables and views without their schema: the bundle's resource says where they are.
"""
