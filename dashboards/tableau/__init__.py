"""Tableau: `generated/tableau/`: a workbook with the pages as dashboards, and each of its data sources as a .tds.

| module | what it does |
|---|---|
| `formulas.py` | the registry's measures as calculated fields |
| `datasources.py` | a data source for each metric view that is used: its SQL, with all joins and bridge weights in it |
| `worksheets.py` | a worksheet for each panel and headline |
| `boards.py` | dashboards, and the windows that Tableau demands |
| `workbook.py` | the files |
| `checks.py` | whether what they name is there |

A data source is custom SQL, not relationships: what a row counts for each genre is then in its rows, where Tableau
can't join it otherwise. Catalog and schema are those of the connection. What metric views lack, Tableau lacks, too.
"""
