"""The README's commands do what it says."""

import os
import re
import subprocess

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CSV = """show_id,type,title,director,cast,country,date_added,release_year,rating,duration,listed_in,description
s1,Movie,Real,Ana,,Spain,"September 25, 2021",2020,PG,90 min,Dramas,One.
"""


def commands_of(heading: str) -> list[str]:
    """The commands in the first code block below a heading."""
    below = README.partition(f"## {heading}\n")[2]
    return re.search(r"```\n(.*?)```", below, re.DOTALL)[1].splitlines()


def test_138_own_data_in_four_commands_meets_no_invented_title(tmp_path):
    commands = commands_of("Your own data")
    assert len(commands) == 4
    (tmp_path / "Downloads").mkdir()
    (tmp_path / "Downloads" / "netflix_titles.csv").write_text(CSV)
    (tmp_path / "lakehouse").symlink_to(ROOT / "lakehouse")
    done = [
        subprocess.run(
            ["sh", "-c", command],
            cwd=tmp_path,
            env={**os.environ, "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
        )
        for command in commands
    ]
    assert [one.returncode for one in done] == [0, 0, 0, 0], [one.stderr for one in done]
    assert "invented" not in done[2].stdout
    assert re.search(r"Movie\s*│\s*1 │", done[3].stdout)


def test_138_the_readme_begins_with_what_it_takes_to_see_a_result():
    first = README.partition("## Your own data")[0]
    assert commands_of("Sixty seconds")[:2] == [
        "git clone <this repository> lakehouse && cd lakehouse",
        "./lakehouse run",
    ]
    assert "invented" in first
    assert "no workspace yet" in README.partition("## Deploy to Databricks")[2][:200]
