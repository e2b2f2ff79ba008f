"""Quarantined rows by rule, with examples where the quarantine holds no personal data."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from local_runtime.delta.lake import Lake
from local_runtime.delta.time_travel import readable_snapshot
from local_runtime.inspection.known_files import path_of
from local_runtime.inspection.left_out import FAILED_RULES, shown_cells, sources_in
from local_runtime.inspection.next_commands import rejected_command
from local_runtime.inspection.query import run_query
from local_runtime.printable import on_one_line
from local_runtime.quoting import quoted_table
from local_runtime.root import folder_argument
from local_runtime.state.roles import SHOWS_VALUES, YES, quarantined_table

EXAMPLES = 2  # of each rule
LOOKED_AT = 8  # rows of each rule, for examples that differ
LONGEST = 120  # characters of a cell that are shown

Example = Mapping[str, str]
"""The cells of a row that say why it fails, by column."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule, how many rows fail it, and some of them; none of a quarantine with personal data."""

    name: str
    rows: int
    examples: list[Example]


@dataclass(frozen=True, kw_only=True)
class Quarantine:
    """The quarantine of a table; `rows` may each fail several rules. `commands` show all that was left out of a file.

    `shows_values` is False where rows hold personal data: then there are no examples.
    """

    table: str
    of: str
    rows: int
    rules: list[Rule]
    shows_values: bool
    commands: list[str]


def quarantine_in(lake: Lake, table: str, by_rule: Mapping[str, int], known: Collection[str]) -> Quarantine:
    """The quarantine `table`, whose rows by rule are known; `known` are the paths of the files that the lake has seen.

    Raises LakehouseError where it can't be read.
    """
    snapshot = readable_snapshot(lake.log(table), table, None)
    properties = snapshot.metadata.get("configuration") or {} if snapshot else {}
    shows_values = properties.get(SHOWS_VALUES) == YES
    examples = _examples(lake, table) if shows_values else {}
    ((rows,),) = run_query(lake, f"SELECT count(*) FROM {quoted_table(table)}").fetchall()
    where = folder_argument("lake", lake.root)
    files = sorted({path_of(source, known) for source in sources_in(lake, table)} & {*known})
    most_first = sorted(by_rule.items(), key=lambda rule: (-rule[1], rule[0]))
    return Quarantine(
        table=table,
        of=quarantined_table(table, properties),
        rows=rows,
        rules=[Rule(name=name, rows=count, examples=examples.get(name, [])) for name, count in most_first],
        shows_values=shows_values,
        commands=[rejected_command(file, where) for file in files],
    )


def _examples(lake: Lake, table: str) -> dict[str, list[Example]]:
    found = run_query(
        lake,
        f"""SELECT * EXCLUDE (_source_modified_at, _ingested_at) FROM
            (SELECT *, unnest({FAILED_RULES}) AS _rule FROM {quoted_table(table)})
        QUALIFY row_number() OVER (
            PARTITION BY _rule ORDER BY len({FAILED_RULES}), hash({FAILED_RULES}), _source_file
        ) <= {LOOKED_AT}""",
    )
    by_rule: dict[str, list[Example]] = {}
    for row in found.fetchall():
        record = dict(zip(found.columns, row, strict=True))
        rule = record.pop("_rule")
        record[FAILED_RULES] = [rule]
        cells = shown_cells([*record], [*record.values()])
        example = {name: _text(value) for name, value in cells.items()}
        examples = by_rule.setdefault(rule, [])
        if len(examples) < EXAMPLES and example not in examples:
            examples.append(example)
    return by_rule


def _text(value: Any) -> str:
    text = "empty" if value is None else on_one_line(str(value))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
