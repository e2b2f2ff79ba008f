"""What of a file, or of a release, was left out: its rows and cells by rule, or why it was not loaded at all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local_runtime.auto_loader.options import DEFAULT_CORRUPT, DEFAULT_RESCUED
from local_runtime.delta.lake import Lake
from local_runtime.delta.time_travel import readable_snapshot
from local_runtime.inspection.known_files import KnownFile, files_of, known_files, named, path_of, releases_of
from local_runtime.inspection.releases import Release
from local_runtime.inspection.table_rows import rows_of_table
from local_runtime.quoting import DOUBLE, quoted
from local_runtime.state.roles import SHOWS_VALUES, YES, Role, tables_of

if TYPE_CHECKING:
    import duckdb

FAILED_RULES, SOURCE_FILE = "failed_rules", "_source_file"
# What Auto Loader keeps of a row that it can't read as the others.
UNREAD = (DEFAULT_CORRUPT, DEFAULT_RESCUED)


@dataclass(frozen=True)
class Quarantined:
    """Rows in a quarantine; their values may be shown only where it says so."""

    table: str
    shows_values: bool
    rows: "duckdb.DuckDBPyRelation"

    def by_rule(self) -> Counter[str]:
        """How many rows fail each rule."""
        each = self.rows.project(f"unnest({FAILED_RULES}) AS rule")
        return Counter(dict(each.aggregate("rule, count(*)", "rule").fetchall()))

    def in_order(self, most: int | None = None) -> "duckdb.DuckDBPyRelation":
        """The rows by rule, then by their columns; the first `most`."""
        ordered = self.rows.order(", ".join([FAILED_RULES, *(quoted(name, DOUBLE) for name in self.rows.columns)]))
        return ordered if most is None else ordered.limit(most)


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What was left out of a file or release, called `name`.

    `files` are the files that were seen, `release` is None where no table lists one. `left_out` are rows, and
    `rules` how many fail each rule; `cells` are those that could not be read and are unknown: rule, rows, and an
    example that may be shown.
    """

    name: str
    files: Sequence[KnownFile]
    release: Release | None
    left_out: int
    rules: Counter[str]
    cells: Sequence[dict[str, Any]]
    quarantines: Sequence[Quarantined] = field(default=(), repr=False)

    @property
    def rows(self) -> int:
        """The rows that the files had."""
        return sum(file.record.rows for file in self.files if file.record.state == "loaded")


def left_out_of(lake: Lake, text: str) -> LeftOut:
    """What was left out of the file or release that a person calls `text`. Raises LakehouseError for an unknown one."""
    files, releases = known_files(lake), releases_of(lake)
    sources = {
        table: {source: path_of(source, files) for source in sources_in(lake, table)}
        for table in tables_of(lake, Role.QUARANTINE)
    }
    shown = {path for paths in sources.values() for path in paths.values()}
    with_path = {it for it, one in releases.items() if one["release"]}
    name = named(lake, text, {*files, *with_path, *shown})
    paths = {name, *files_of(name, files)} if name in with_path else {name}
    release = _release_of(name, releases)
    quarantined = [
        _quarantined(lake, table, [source for source, path in of.items() if path in paths])
        for table, of in sources.items()
    ]
    filled = [rows for rows in quarantined if rows is not None]
    return LeftOut(
        name=name,
        files=[files[path] for path in sorted(paths) if path in files],
        release=release,
        left_out=sum(len(it.rows) for it in filled),
        rules=sum((it.by_rule() for it in filled), Counter()),
        cells=[] if release is None else release["unreadable"],
        quarantines=filled,
    )


def _release_of(name: str, releases: Mapping[str, Release]) -> Release | None:
    """The release of a name, or of a file; one without a path is called by its file's name, the end of its path."""
    for it, release in releases.items():
        if it == name or files_of(it, [name]) or (not release["release"] and name.endswith(f"/{it}")):
            return release
    return None


def shown_cells(columns: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    """The cells of a quarantine's row that its rules speak of, and the first one, which mostly identifies it.

    What Auto Loader kept of it apart is shown where one of these cells is empty; every filled cell where all of them
    are, or no rule names a column.
    """
    cells = {name: value for name, value in zip(columns, row, strict=True) if name in UNREAD or name[0] != "_"}
    rules = cells.pop(FAILED_RULES)
    named_by_rules = [name for name in cells if any(f"_{name}_" in f"_{rule}_" for rule in rules)]
    filled = {name: value for name, value in cells.items() if value is not None}
    shown = {name: cells[name] for name in dict.fromkeys([*list(cells)[:1], *named_by_rules])}
    if not named_by_rules or not any(value is not None for value in shown.values()):
        return filled
    kept = {name: value for name, value in filled.items() if name in UNREAD and None in shown.values()}
    return {**shown, **kept}


def sources_in(lake: Lake, table: str) -> list[str]:
    """The files of the rows in a quarantine, as it names them; none of a table with other columns."""
    rows = rows_of_table(lake, table)
    if not {FAILED_RULES, SOURCE_FILE} <= {*rows.columns}:
        return []
    return [name for (name,) in rows.project(SOURCE_FILE).distinct().fetchall() if name is not None]


def _quarantined(lake: Lake, table: str, sources: Sequence[str]) -> Quarantined | None:
    """The rows of some files in a quarantine; None for no file."""
    if not sources:
        return None
    from duckdb import ColumnExpression, ConstantExpression

    is_of_file = ColumnExpression(SOURCE_FILE).isin(*map(ConstantExpression, sources))
    snapshot = readable_snapshot(lake.log(table), table, None)
    properties = snapshot.metadata.get("configuration") or {} if snapshot else {}
    return Quarantined(table, properties.get(SHOWS_VALUES) == YES, rows_of_table(lake, table).filter(is_of_file))
