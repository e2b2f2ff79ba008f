"""`./lakehouse rejected`: what was left out of a file or a release, by rule, with the rows where they may be shown."""

import io
import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from local_runtime.cli.screen import say, say_item
from local_runtime.cli.upkeep import check_lake_exists
from local_runtime.counts import counted, was_or_were
from local_runtime.delta.lake import Lake
from local_runtime.inspection.next_commands import rejected_command
from local_runtime.printable import on_one_line
from local_runtime.root import folder_argument

if TYPE_CHECKING:
    from local_runtime.inspection.known_files import KnownFile
    from local_runtime.inspection.left_out import LeftOut
    from local_runtime.inspection.releases import Release

SHOWN_ROWS = 20
LONGEST_VALUE = 64  # characters of a cell


def rejected(arguments: Namespace) -> int:
    """Prints what was left out of a file or a release."""
    from local_runtime.cli.output import exact
    from local_runtime.inspection.left_out import left_out_of

    lake = Lake(arguments.lake.absolute())
    check_lake_exists(lake)
    found = left_out_of(lake, arguments.file)
    if arguments.format == "table":
        _print(found, folder_argument("lake", lake.root), None if arguments.all else SHOWN_ROWS)
    else:
        text = _as_json(found) if arguments.format == "json" else _as_csv(found)
        sys.stdout.write(exact(text, arguments.format == "json"))
    return 0


def _print(found: "LeftOut", of_lake: str, most: int | None) -> None:
    name = on_one_line(found.name)
    for file in found.files:
        for line in _of_file(file, found.name):
            say(on_one_line(line), "yellow")
    if found.release is not None and (said := _of_release(found.release, of_lake)):
        say(said, "yellow")
    if found.left_out:
        of = f"{found.left_out:,} of its {found.rows:,} rows" if found.rows > 1 else counted(found.left_out, "row")
        say(f"{name}: {of} {was_or_were(found.left_out)} left out. By rule:")
        for rule, rows in sorted(found.rules.items()):
            say_item(f"{rule}: {counted(rows, 'row')}")
        _print_rows(found, of_lake, most)
    elif found.rows:
        none = "its only row fails no rule" if found.rows == 1 else f"none of its {found.rows:,} rows fails a rule"
        say(f"{name}: nothing was left out, {none}.")
    elif not found.files:
        say(f"{name}: nothing was left out.")
    if found.cells:
        say("Cells that could not be read are unknown, and their rows stay:")
        for cell in found.cells:
            say_item(f"{cell['rule']}: {counted(cell['rows'], 'row')}{_example(cell['example'])}")


def _of_release(release: "Release", of_lake: str) -> str:
    """What is wrong with a release, or that a person has rejected it; empty for neither."""
    from local_runtime.inspection.releases import WAITING, problem_of, shown_name
    from local_runtime.inspection.verdicts import REJECTED

    if release["verdict"] == REJECTED:
        return f"{on_one_line(shown_name(release))} was rejected by a decision: history has no row of it."
    return problem_of(release, of_lake) if release["verdict"] in WAITING else on_one_line(release["problem"] or "")


def _of_file(file: "KnownFile", name: str) -> Iterator[str]:
    from local_runtime.auto_loader.reasons import CHANGED_AFTER_LOAD

    record, of_release = file.record, "" if file.path == name else f"{file.path}: "
    if record.reason == CHANGED_AFTER_LOAD:
        yield f"{file.path} ({record.reason}): {record.message}. What follows is about what was loaded before."
    elif record.state == "rejected":
        yield (
            f"{file.path} was rejected as a whole ({record.reason}): {record.message}. {file.table} has no row of it. "
            "What to do: docs/runbook.md"
        )
    elif record.state == "gone":
        yield f"{file.path} was rejected as a whole, and has been deleted since."
    elif not record.rows:
        yield f"{file.path} was loaded into {file.table}, and holds no rows."
    elif record.message:
        yield f"{of_release}loaded, but check it: {record.message}."


def _print_rows(found: "LeftOut", of_lake: str, most: int | None) -> None:
    """Prints the rows whose values may be shown, and says of the others that they aren't."""
    from local_runtime.inspection.left_out import FAILED_RULES, shown_cells

    left = most
    for quarantined in found.quarantines:
        if not quarantined.shows_values:
            say(
                f"Values of rows in {quarantined.table} are not shown, because they may be personal data. How to find "
                "them in bronze: docs/runbook.md"
            )
            continue
        if left == 0:
            break
        columns = quarantined.rows.columns
        rows = quarantined.in_order(left).fetchall()
        say(f"The rows, from {quarantined.table}:")
        for row in rows:
            rules = ", ".join(row[columns.index(FAILED_RULES)])
            cells = ", ".join(f"{name} {_value(value)}" for name, value in shown_cells(columns, row).items())
            say_item(f"{rules}: {cells}")
        left = None if left is None else left - len(rows)
    shown = sum(len(it.rows) for it in found.quarantines if it.shows_values)
    if most is not None and shown > most:
        say(f"Shown: {most} of {shown:,} rows. All of them: {rejected_command(found.name, of_lake)} --all")


def _value(value: Any) -> str:
    if value is None:
        return "empty"
    text = str(value)
    return json.dumps(text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…", ensure_ascii=False)


def _example(example: str | None) -> str:
    return "" if example is None else f", e.g. {_value(example)}"


def _as_json(found: "LeftOut") -> str:
    """One JSON object; `rows` are all rows whose values may be shown."""
    files = [
        {"file": it.path, "state": it.record.state, "rows": it.record.rows, "reason": it.record.reason or None}
        | {"message": it.record.message or None}
        for it in found.files
    ]
    rows = [
        {"table": it.table, **dict(zip(it.rows.columns, row, strict=True))}
        for it in found.quarantines
        if it.shows_values
        for row in it.in_order().fetchall()
    ]
    document = {"name": found.name, "files": files, "left_out": found.left_out, "by_rule": _by_rule(found)}
    return json.dumps({**document, "rows": rows}, default=str, ensure_ascii=False, indent=1) + "\n"


def _by_rule(found: "LeftOut") -> list[Mapping[str, Any]]:
    rules = [{"what": "row", "rule": rule, "rows": n, "example": None} for rule, n in sorted(found.rules.items())]
    return [*rules, *({"what": "cell", **cell} for cell in found.cells)]


def _as_csv(found: "LeftOut") -> str:
    """All rows whose values may be shown, with every column; where there are none, the rules."""
    import csv

    from local_runtime.inspection.formats import as_csv

    shown = [it.in_order() for it in found.quarantines if it.shows_values]
    if shown:
        return "\n".join(map(as_csv, shown))
    text = io.StringIO()
    writer = csv.DictWriter(text, ("what", "rule", "rows", "example"), lineterminator="\n")
    writer.writeheader()
    writer.writerows(_by_rule(found))
    return text.getvalue()
