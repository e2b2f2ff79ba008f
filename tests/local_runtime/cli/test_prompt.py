"""The prompt of `./lakehouse sql`: what it answers, completes and remembers."""

import os
import pty
import select
import signal
import subprocess
import sys
import time

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from local_runtime.cli import prompt
from local_runtime.cli.prompt import Prompt
from local_runtime.delta.lake import RUNTIME_FOLDER, Lake
from local_runtime.inspection import query
from local_runtime.inspection.sql_text import is_ended
from local_runtime.state.last_run import record_definitions
from local_runtime.state.publications import publish
from tests.conftest import ROOT


@pytest.fixture
def lake(tmp_path):
    """A lake with silver.t and gold.kpi_genre."""
    rows = pa.table({"genre": ["Dramas", "Comedies"], "titles": [2, 1], "share": [0.7, 0.3]})
    write_deltalake(str(tmp_path / "lake" / "silver" / "t"), rows)
    write_deltalake(str(tmp_path / "lake" / "gold" / "kpi_genre"), rows, description="One row per genre.")
    return Lake(tmp_path / "lake")


@pytest.fixture
def talk(lake, monkeypatch, capsys, tmp_path):
    """What is printed where these lines are typed; a line that is an exception is raised instead."""

    def heard(*lines):
        typed = iter(lines)

        def line(_):
            found = next(typed, EOFError())
            if isinstance(found, BaseException):
                raise found
            return found

        monkeypatch.setattr(prompt, "HISTORY", tmp_path / "history")
        monkeypatch.setattr("builtins.input", line)
        assert Prompt(lake, "csv").talk() == 0
        return capsys.readouterr()

    return heard


@pytest.mark.parametrize(
    "text, expected",
    [
        *[("select 1;", True), ("select 1; ", True), ("select 1", False), ("select 'a;", False), ('"x;', False)],
        *[("select 1; -- it's", True), ("-- it's\nselect 'é';", True), ("select 1 -- one;", False), ("/* ;", False)],
    ],
)
def test_a_statement_ends_with_a_semicolon_that_is_in_no_quotes_and_no_comment(text, expected):
    assert is_ended(text) is expected


def test_a_statement_may_have_several_lines(talk):
    assert "genre,titles,share\nComedies,1,0.3\n" in talk("FROM kpi_genre", "WHERE titles", "< 2;").out


def test_an_error_is_told_and_the_prompt_goes_on(talk):
    said = talk("FROM nowhere;", "SELECT 42 AS answer;")
    assert "There is no table nowhere" in said.err
    assert "answer\n42" in said.out


def test_what_is_set_holds_for_what_is_asked_after_it(talk):
    said = talk("USE silver;", "SELECT count(*) AS n FROM t;", "SET nonsense = 1;", "SELECT current_schema() AS s;")
    assert "n\n2" in said.out
    assert "nonsense" in said.err
    assert said.out.rstrip().endswith("s\nsilver")


def test_ctrl_c_takes_back_what_is_typed(talk):
    said = talk("FROM nowhere", KeyboardInterrupt(), "SELECT 42 AS answer;")
    assert said.err == ""
    assert "answer\n42" in said.out


def test_ctrl_c_ends_a_query_and_not_the_prompt(talk, monkeypatch):
    genuine, asked = query.answer, []

    def interrupted_once(*arguments):
        asked.append(arguments)
        if len(asked) == 1:
            raise RuntimeError("Query interrupted")
        return genuine(*arguments)

    monkeypatch.setattr(query, "answer", interrupted_once)
    said = talk("FROM range(1000000000000);", "SELECT 42 AS answer;")
    assert said.out.rstrip().endswith("^C\nanswer\n42")


def test_commands_tell_of_tables_columns_and_questions(talk):
    said = talk(".tables", ".schema kpi_genre", ".schema silver.t", ".queries", ".help", ".quit", "FROM nowhere;")
    assert "gold.kpi_genre" in said.out
    assert "One row per genre." in said.out
    assert said.out.count("titles                   long") == 2
    assert "viewing/genres" in said.out
    assert said.err == ""


def test_on_a_terminal_lines_of_commands_end_between_words(talk, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    words = talk(".queries").out.split()
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    _, *lines = talk(".queries").out.splitlines()
    assert max(map(len, lines)) <= 60
    assert " ".join(lines).split() == words[-len(" ".join(lines).split()) :]


def test_a_question_is_asked_by_its_name_where_there_is_one(talk):
    said = talk("USE silver;", ".run catalogue/genres", ".run genres", ".run nothing")
    assert "Dramas,2" in said.out
    assert "catalogue/genres, viewing/genres: which one" in said.err
    assert ".queries lists them" in said.err


@pytest.mark.parametrize("word", ["exit", "quit", "QUIT;", " exit ", ".exit", ".quit;"])
def test_words_that_end_other_prompts_end_this_one(talk, word):
    said = talk(word, "SELECT 42 AS answer;")
    assert said == ("SQL over the lake. A statement ends with a semicolon; .help says more.\n", "")


def test_help_and_clear_do_what_they_say(talk):
    said = talk("help", "clear")
    assert ".output FILE" in said.out
    assert said.out.endswith(f"{prompt.CLEAR_SCREEN}\n\n")


def test_commands_work_within_a_statement_that_goes_on(talk):
    said = talk(
        "SELECT titles", ".schema kpi_genre", "FROM kpi_genre WHERE share >", ".5;", "FROM", ".quit", "nowhere;"
    )
    assert "titles                   long" in said.out
    assert said.out.endswith("titles\n2\n")
    assert said.err == ""


def test_the_mode_of_results_can_be_changed(talk):
    said = talk(".mode json", "SELECT 42 AS answer;", ".mode nothing")
    assert '[\n {"answer": 42}\n]' in said.out
    assert said.err == "There is no mode nothing. There are: table, csv, json.\n"


def test_all_rows_are_shown_on_demand_and_the_advice_says_so(talk):
    said = talk(".mode table", "FROM range(100);", ".all", "FROM range(100);", ".all", "FROM range(100);").out
    assert [part.count("│") > 100 for part in said.split("from now on.")[1:]] == [False, True, False]
    assert said.count("Not all is shown: .all shows every row and column") == 2
    assert "--format" not in said


def test_show_tables_shows_those_of_all_schemas(talk):
    assert "silver.t " in talk(".mode table", "show tables;").out
    assert talk("SHOW TABLES;").out.rstrip().endswith("name\nkpi_genre")


def test_results_go_to_a_new_file_and_to_the_screen_again(talk, tmp_path):
    said = talk(f".output {tmp_path / 'new.csv'}", "SELECT 1 AS a;", "SELECT 2 AS b;", ".output", "SELECT 3 AS c;")
    assert (tmp_path / "new.csv").read_text() == "a\n1\nb\n2\n"
    assert said.out.count(f"Written to {tmp_path / 'new.csv'}.") == 2
    assert said.out.rstrip().endswith("c\n3")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        *[("lake/x.csv", "nothing is written to"), ("link/x.csv", "nothing is written to")],
        *[(".secrets/x.csv", "nothing is written to"), ("landed/titles/x.csv", "nothing is written to")],
        *[("there.csv", "exists, and is left alone"), ("none/x.csv", "No such file or directory")],
    ],
)
def test_results_go_nowhere_else(talk, lake, tmp_path, monkeypatch, name, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".secrets").mkdir()
    (tmp_path / "landed" / "titles").mkdir(parents=True)
    (tmp_path / "link").symlink_to("lake")
    (tmp_path / "there.csv").write_text("mine")
    (lake.root / RUNTIME_FOLDER).mkdir()
    record_definitions(lake, {}, [], str(tmp_path / "landed"))
    before = sorted(tmp_path.rglob("*"))
    said = talk(f".output {name}", "SELECT 42 AS answer;")
    assert message in said.err
    assert said.out.rstrip().endswith("answer\n42")
    assert {path for path in tmp_path.rglob("*") if path.name != "history"} == {*before}
    assert (tmp_path / "there.csv").read_text() == "mine"


def test_messages_advise_what_there_is_at_the_prompt(talk):
    said = talk("DROP TABLE kpi_genre;", "FROM 'x.csv';")
    assert "To keep a result: .output FILE before the query." in said.err
    assert "A prompt that reads files too: `./lakehouse sql --files`." in said.err


def test_unknown_commands_and_tables_are_told(talk):
    said = talk(".nothing", ".schema nothing")
    assert ".nothing is not a command. There are: .help" in said.err
    assert "There is no table nothing" in said.err


def test_tables_columns_and_commands_are_completed(lake):
    complete = Prompt(lake, "table").completions
    assert complete("kpi", "FROM kpi") == ["kpi_genre"]
    assert complete("sil", "FROM sil") == ["silver.t"]
    assert complete("ti", "FROM kpi_genre SELECT ti") == ["titles"]
    assert complete(".s", ".s") == [".schema"]
    assert complete("", ".mode ") == ["csv", "json", "table"]
    assert complete("viewing/g", ".run viewing/g") == ["viewing/genres"]
    assert "silver.t" in complete("", ".schema ")


def test_at_a_terminal_it_is_a_prompt_with_history_and_ctrl_c_does_not_end_it(lake):
    here, there = pty.openpty()
    command = [sys.executable, "-P", "-m", "local_runtime", "sql", "--lake", str(lake.root), "--format", "csv"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb", "LAKEHOUSE_AS_IT_IS": "1"}
    process = subprocess.Popen(
        command, stdin=there, stdout=there, stderr=there, env=environment, cwd=ROOT, start_new_session=True
    )
    os.close(there)
    seen, began = b"", time.monotonic()

    def until(text):
        nonlocal seen
        end = time.monotonic() + 300
        while text not in seen and time.monotonic() < end and select.select([here], [], [], 60)[0]:
            seen += os.read(here, 4096)
        assert text in seen, seen
        seen = b""

    try:
        until(b"lake> ")
        os.write(here, b"select 41 + 1 as answer;\n")
        until(b"42")
        # Python shows a signal that comes just before it waits for a key only at the next key, or signal.
        while b"^C" not in seen and time.monotonic() < began + 300:
            os.kill(process.pid, signal.SIGINT)
            while select.select([here], [], [], 5)[0] and b"^C" not in seen:
                seen += os.read(here, 4096)
        assert b"^C" in seen
        os.write(here, b".quit\n")
        assert process.wait(60) == 0
    finally:
        process.kill()
        os.close(here)


def test_publication_chooses_the_state_of_gold_that_is_read(lake, talk):
    assert "Nothing is published yet" in talk(".publication").out
    publish(lake, "1111-2222", ["gold.kpi_genre"])
    write_deltalake(str(lake.path("gold.kpi_genre")), pa.table({"titles": [9]}), mode="append", schema_mode="merge")
    asked = "SELECT sum(titles) AS n FROM kpi_genre;"
    said = talk(asked, ".publication latest", asked, ".publication p1", asked, ".publication p7", ".publication")
    answers = [line for line in said.out.splitlines() if line.isdigit()]
    assert answers == ["3", "12", "3"]
    assert said.out.count("by update 1111-222 (p1)") == 2
    assert "newer commits wait: .publication latest reads them" in " ".join(said.err.split())
    assert "There is no publication p7. There are: p1" in said.err
