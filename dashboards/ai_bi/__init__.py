"""The dashboard of Databricks AI/BI: `generated/databricks/lakehouse.lvdash.json`, which the bundle deploys.

| module | what it does |
|---|---|
| `widgets.py`, `filters.py` | widgets in AI/BI's form; the page of filters |
| `operations.py` | the page Operations: what gold's schema says about its own tables |
| `dashboard.py` | all of it as one file |
| `checks.py` | whether each widget shows what its panel or headline asks for |

The data sets are those of `dashboards/data_sets/`. They name tables and views without their schema: the bundle's
resource says where they are.
"""
