"""The languages of the table of equivalents, in the order of its columns. A new one is a `Language` here."""

from dashboards.equivalents import dax, lookml, sql, tableau
from dashboards.equivalents.kinds import Language

SQL, METRIC_VIEW, DAX = sql.SQL, sql.METRIC_VIEW, dax.LANGUAGE
LOOKML, TABLEAU = lookml.LANGUAGE, tableau.LANGUAGE
LANGUAGES: tuple[Language, ...] = (SQL, METRIC_VIEW, DAX, LOOKML, TABLEAU)
