"""What loads exported Parquet files into other systems. Places of files are variables that the reader sets."""

from collections.abc import Mapping, Sequence

from exports.load_scripts import athena, bigquery, synapse
from exports.tables import Table


def load_scripts(tables: Sequence[Table]) -> Mapping[str, str]:
    """The texts by the paths of their files in an export."""
    return {**bigquery.scripts(tables), **athena.scripts(tables), **synapse.scripts(tables)}
