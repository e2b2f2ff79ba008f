"""What `./lakehouse rejected` says of a file."""

import csv
import io
import json

import pytest

from local_runtime.cli.arguments import main
from local_runtime.cli.rejected import _of_release

PIPELINE = """
@dp.table
def events():
    hints = "id STRING, amount STRING, note STRING, _corrupt_record STRING"
    rows = read_csv("events", **{"cloudFiles.schemaHints": hints})
    return rows.select("id", "amount", "note", "_corrupt_record", "_rescued_data",
                       F.col("_metadata.file_path").alias("_source_file"))

@dp.materialized_view(table_properties={"lakehouse.role": "quarantine"PROPERTIES})
def events_quarantine():
    is_bad = ~F.coalesce(F.col("amount").rlike("^[0-9]+$"), F.lit(False))
    rules = F.when(F.col("id").isNull(), F.array(F.lit("whole_line"))).otherwise(F.array(F.lit("valid_amount")))
    return spark.read.table("events").filter(is_bad).withColumn("failed_rules", rules)
"""
SHOWN = ', "lakehouse.shows_values": "yes"'


@pytest.fixture
def said(project, capsys):
    """What is said of a file, by pipelines whose quarantine has these properties; `landed` are the files."""

    def ask(*arguments, properties=SHOWN, **landed):
        project.pipeline("bronze", PIPELINE.replace("PROPERTIES", properties))
        for name, content in landed.items():
            project.land(f"events/{name}.csv", content)
        project.update()
        code = main(["rejected", *arguments, "--lake", str(project.lake.root)])
        out, error = capsys.readouterr()
        assert code == (1 if error else 0)
        return (error or out).splitlines()

    return ask


def test_rows_are_shown_with_the_cells_that_their_rules_speak_of(said):
    lines = said("a.csv", a="id,amount,note\n1,5,good\n2,many,bad\n,x,no id\n3,,\n", b="id,amount,note\n9,y,\n")
    assert lines == [
        "events/a.csv: 3 of its 4 rows were left out. By rule:",
        "  valid_amount: 2 rows",
        "  whole_line: 1 row",
        "The rows, from bronze.events_quarantine:",
        '  valid_amount: id "2", amount "many"',
        '  valid_amount: id "3", amount empty',
        '  whole_line: amount "x", note "no id"',
    ]


def test_values_are_shown_only_where_the_quarantine_says_so(said):
    landed = {"a": "id,amount,note\nann@x.no,secret,\n"}
    for form in ("table", "csv", "json"):
        text = "\n".join(said("events/a.csv", "--all", "--format", form, properties="", **landed))
        assert "valid_amount" in text
        assert "ann@x.no" not in text
        assert "secret" not in text


def test_twenty_rows_are_shown_unless_all_are_asked_for(said, project):
    command = f"./lakehouse rejected events/a.csv --lake {project.lake.root} --all"
    rows = "".join(f"{n},bad,\n" for n in range(21))
    lines = said("a.csv", a=f"id,amount,note\n{rows}")
    assert sum(line.startswith("  valid_amount: id") for line in lines) == 20
    assert lines[-1] == f"Shown: 20 of 21 rows. All of them: {command}"
    assert sum(line.startswith("  valid_amount: id") for line in said("a.csv", "--all")) == 21


def test_csv_and_json_give_every_row_and_column(said):
    landed = {"a": 'id,amount,note\n1,many,"a ""b"", c"\n'}
    (row,) = csv.DictReader(io.StringIO("\n".join(said("a.csv", "--format", "csv", **landed))))
    assert (row["id"], row["amount"], row["note"]) == ("1", "many", 'a "b", c')
    document = json.loads("\n".join(said("a.csv", "--format", "json")))
    assert document["by_rule"] == [{"what": "row", "rule": "valid_amount", "rows": 1, "example": None}]
    assert [row["amount"] for row in document["rows"]] == ["many"]


def test_a_file_that_was_rejected_as_a_whole_has_its_reason_and_one_without_faults_says_so(said):
    (reason,) = said("a.csv", a=b"id,amount\0", b="id,amount,note\n1,5,\n2,6,\n")
    assert reason.startswith("events/a.csv was rejected as a whole (encoding): it holds NUL bytes")
    assert said("b.csv") == ["events/b.csv: nothing was left out, none of its 2 rows fails a rule."]


def test_an_unknown_file_is_answered_with_the_nearest_names(said):
    (line,) = said("events/aa.csv", a="id,amount,note\n1,5,\n", other="id,amount,note\n1,5,\n")
    assert line.startswith("lakehouse: events/aa.csv is no file or release")
    assert "The nearest: events/a.csv" in line


def test_of_an_overwritten_file_the_rows_that_were_loaded_are_shown(said):
    said("a.csv", a="id,amount,note\n1,many,\n")
    first, *others = said("a.csv", a="id,amount,note\n1,otherwise,\n")
    assert first.startswith("events/a.csv (changed_after_load): it was loaded before and has other content now")
    assert others[0] == "events/a.csv: 1 row was left out. By rule:"
    assert others[-1] == '  valid_amount: id "1", amount "many"'


@pytest.mark.parametrize(
    ("verdict", "problem", "line"),
    [
        ("rejected", None, "t/a.csv was rejected by a decision: history has no row of it."),
        ("held", "It waits.", "It waits.\n./lakehouse accept t/a.csv --lake my\n./lakehouse reject t/a.csv --lake my"),
        ("unreadable", "It has no valid row.", "It has no valid row."),
        ("applied", None, ""),
    ],
)
def test_a_release_that_was_not_applied_says_why_and_does_not_name_this_command(verdict, problem, line):
    release = {"release": "t/a.csv", "file_name": "a.csv", "verdict": verdict, "problem": problem}
    assert _of_release(release, " --lake my") == line
