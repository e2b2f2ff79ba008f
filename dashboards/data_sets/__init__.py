"""The pages' questions as data sets in SQL of Databricks, which AI/BI, Looker and Tableau take.

| module | what it does |
|---|---|
| `questions.py` | which questions the pages ask, and by what each can be filtered |
| `statements.py` | the SQL of a question: over a metric view with MEASURE(), else that of the registry |
| `groups.py` | small groups of people, put together in SQL |
"""
