"""The launcher on machines of many kinds: symbolic links, and which Python and Java it takes."""

import os
import sys

import pytest


def test_133_the_launcher_works_through_symbolic_links(project, tmp_path_factory):
    project.pretend().runs()
    links = tmp_path_factory.mktemp("links") / "a folder"
    links.mkdir()
    (links / "absolute").symlink_to(project.folder / "lakehouse")
    (links / "relative").symlink_to(os.path.relpath(project.folder / "lakehouse", links))
    (links / "chain").symlink_to("relative")
    (links / "project").symlink_to(project.folder)
    (links / "bin").symlink_to(project.bin)
    (project.bin / "lakehouse").symlink_to("../lakehouse")
    here = str(project.folder / ".venv")
    for launcher in ("absolute", "relative", "chain", "project/lakehouse", "bin/lakehouse"):
        assert here in project.runs(launcher=links / launcher).stdout
        assert here in project.runs(launcher=f"./{launcher}", cwd=links).stdout
    assert here in project.runs("lakehouse", launcher=project.bin / "sh", cwd=links / "project").stdout
    assert here in project.runs(launcher="lakehouse", cwd=links).stdout


OLD = '#!/bin/sh\ncase "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac\n'


@pytest.mark.parametrize("name", ["python3.14", "python3.13", "python3.12", "python3.11"])
def test_133_a_python_that_is_new_enough_is_found_under_its_own_name(project, name):
    (project.bin / "python3").rename(project.bin / name)
    project.write(project.bin / "python3", OLD)
    project.pretend().runs()


@pytest.mark.parametrize(
    ("wrong", "found"), [("/nonexistent/python3", "none"), ("old", "Python 3.9.2"), ("true", ""), ("/", "none")]
)
def test_133_a_wrong_lakehouse_python_is_an_error_and_not_replaced(project, wrong, found):
    project.write(project.bin / "old", OLD)
    for _ in ("before anything is set up", "and after"):
        failed = project.pretend().run(LAKEHOUSE_PYTHON=wrong)
        assert failed.returncode == 1
        assert f"LAKEHOUSE_PYTHON={wrong} is not Python 3.11 to 3.14 (found: {found}" in failed.stderr
        project.runs()


def test_133_another_lakehouse_python_is_set_up_with(project):
    project.pretend().runs()
    (project.bin / "mine").symlink_to(os.path.realpath(sys.executable))
    for count in (2, 2):
        project.runs(LAKEHOUSE_PYTHON="mine")
        assert project.syncs() == count
    project.runs()
    assert project.syncs() == 2


def java(version: str) -> str:
    output = f'Picked up _JAVA_OPTIONS: -Dx="1"\nopenjdk version "{version}" 2023-10-17'
    return f"#!/bin/sh\necho '{output}' >&2\n"


def test_134_a_wrong_java_home_gives_way_to_the_java_on_path_and_is_named(project):
    project.write(project.bin / "java", java("17.0.9"))
    done = project.pretend().runs("run", "--engine", "spark", JAVA_HOME="/none")
    assert "JAVA_HOME=/none has no Java 17 or newer; the java on PATH is used (17.0.9).\n" in done.stderr
    assert done.stdout.endswith(" None\n")


def test_134_a_java_home_that_is_right_is_kept_whatever_is_on_path(project):
    home = project.folder / "jdk"
    (home / "bin").mkdir(parents=True)
    project.write(home / "bin" / "java", java("21-ea"))
    project.write(project.bin / "java", java("1.8.0_392"))
    assert project.pretend().runs("run", "--engine=spark", JAVA_HOME=str(home)).stdout.endswith(f" {home}\n")


def test_134_where_no_java_is_right_each_is_named(project):
    project.write(project.bin / "java", java("1.8.0_392"))
    failed = project.run("run", "--engine", "spark", JAVA_HOME="/none")
    assert failed.returncode == 1
    needed = "Apache Spark needs Java 17 or newer (JAVA_HOME=/none: none; java on PATH: 1.8.0_392)."
    assert failed.stderr.startswith(f"lakehouse: {needed}")


def test_136_a_python_that_is_too_old_is_named(project):
    project.write(project.bin / "old", OLD)
    (project.bin / "python3").unlink()
    for found in ("none", "Python 3.9.2"):
        failed = project.pretend().run()
        assert failed.returncode == 1
        assert failed.stderr.startswith(f"lakehouse: Python 3.11 to 3.14 is needed (found: {found}).")
        if found == "none":
            (project.bin / "old").rename(project.bin / "python3")
