"""What else can be in a folder: it is reported, and holds up no file."""

import os
import socket

import pytest

from local_runtime.auto_loader import discovery, loader
from local_runtime.auto_loader.formats import text
from local_runtime.auto_loader.source import FileSource
from local_runtime.errors import LakehouseError
from tests.local_runtime.auto_loader.conftest import RESCUING, SCHEMA, reasons

ONE = "id,name\n1,x\n"


@pytest.fixture
def unreadable(monkeypatch):
    """Names of files and folders that can't be opened or listed, as for a user without the rights."""
    names = set()

    def guarded(of_system):
        def call(path, *arguments, **named):
            if not isinstance(path, int) and os.path.basename(os.fspath(path)) in names:
                raise PermissionError(13, "Permission denied", path)
            return of_system(path, *arguments, **named)

        return call

    monkeypatch.setattr(text.os, "open", guarded(os.open))
    monkeypatch.setattr(discovery.os, "scandir", guarded(os.scandir))
    return names


def test_116_a_name_that_is_not_utf_8_is_rejected_under_a_spelling_of_it(source):
    odd = source.folder / os.fsdecode(b"caf\xe9.csv")
    odd.write_text(ONE)
    folder = source.folder / os.fsdecode(b"d\xff")
    folder.mkdir()
    (folder / "in.csv").write_text(ONE)
    source.land("b.csv", ONE)
    increment, rows = source.load()
    assert reasons(increment) == {"caf\\xe9.csv": "file_name", "d\\xff/": "file_name"}
    assert len(rows) == 1
    assert source.load()[0].records == []
    odd.rename(source.folder / "café.csv")
    folder.rename(source.folder / "d")
    increment, rows = source.load()
    assert len(rows) == 2
    assert source.ledger.rejected() == {}


def test_116_names_that_are_not_utf_8_pass_through_a_whole_run(project):
    from local_runtime.cli.status_report import status_json
    from local_runtime.inspection.status import inspect

    project.land("in/b.csv", ONE)
    (project.landing / "in" / os.fsdecode(b"caf\xe9.csv")).write_text(ONE)
    project.pipeline("bronze", "@dp.table\ndef t():\n    return read_csv('in')\n")
    project.run()
    assert project.rows("bronze.t", "id") == [("1",)]
    assert "caf\\\\xe9.csv" in status_json(inspect(project.lake))


def test_116_a_file_that_cannot_be_read_is_rejected_and_loaded_once_it_can(source, unreadable):
    source.land("a.csv", ONE)
    source.land("b.csv", "id,name\n2,y\n")
    unreadable.add("a.csv")
    increment, rows = source.load()
    assert (reasons(increment), [row["id"] for row in rows]) == ({"a.csv": "unreadable"}, ["2"])
    assert "Permission denied" in increment.records[0].message
    assert source.load()[0].records == []
    assert list(source.ledger.rejected()) == ["a.csv"]
    unreadable.clear()
    assert [row["id"] for row in source.load()[1]] == ["1"]
    assert source.ledger.rejected() == {}
    assert source.load()[0].records == []


def test_116_the_header_of_a_file_that_cannot_be_read_stops_no_inference(source, unreadable):
    source.land("a.csv", ONE)
    source.land("b.csv", ONE)
    unreadable.add("a.csv")
    assert len(source.load(schema=None)[1]) == 1


def test_116_a_loaded_file_that_cannot_be_read_any_more_is_told_until_it_can(source, unreadable):
    path = source.land("a.csv", ONE)
    source.load()
    os.utime(path, (1, 1))
    unreadable.add("a.csv")
    assert source.reasons() == {"a.csv": "unreadable"}
    assert source.load()[0].records == []
    unreadable.clear()
    increment, rows = source.load()
    assert ([record.state for record in increment.records], rows) == (["loaded"], [])
    assert source.ledger.rejected() == {}


def test_116_a_file_that_vanishes_after_it_was_listed_holds_up_no_other(source, monkeypatch):
    source.land("b.csv", ONE)
    listed = discovery.Listed("a.csv", 12, 1)
    monkeypatch.setattr(loader, "list_files", lambda *given: [listed, *discovery.list_files(*given)])
    increment, rows = source.load()
    assert (reasons(increment), len(rows)) == ({"a.csv": "unreadable"}, 1)
    monkeypatch.undo()
    assert [record.state for record in source.load()[0].records] == ["gone"]
    source.land("a.csv", ONE)
    assert len(source.load()[1]) == 1


def test_116_a_file_that_vanishes_while_the_folder_is_listed_was_never_there(source, monkeypatch):
    source.land("b.csv", ONE)

    class Vanished:
        name, path = "a.csv", str(source.folder / "a.csv")
        is_dir = is_symlink = staticmethod(lambda: False)

        def stat(self):
            return os.stat(self.path)

    here = discovery._Folder(str(source.folder), "", str(source.folder))
    assert discovery._entry(Vanished(), here, "*") is None


def test_116_a_folder_that_cannot_be_listed_is_told_and_what_was_in_it_is_not_gone(source, unreadable):
    source.land("sub/a.csv", "id,name\n1,x\0\n")
    source.land("b.csv", ONE)
    source.load()
    unreadable.add("sub")
    source.land("c.csv", ONE)
    increment, rows = source.load()
    assert (reasons(increment), len(rows)) == ({"sub/": "unreadable"}, 1)
    assert sorted(source.ledger.rejected()) == ["sub/", "sub/a.csv"]
    unreadable.clear()
    source.load()
    assert list(source.ledger.rejected()) == ["sub/a.csv"]


def test_116_a_source_that_cannot_be_listed_is_an_error_that_names_it(source, unreadable):
    unreadable.add(source.folder.name)
    with pytest.raises(LakehouseError, match=r"/in can't be listed: Permission denied"):
        source.load()


def test_116_pipes_sockets_and_links_to_nothing_are_told_and_nothing_waits_for_them(source):
    source.land("a.csv", ONE)
    os.mkfifo(source.folder / "pipe.csv")
    (source.folder / "link.csv").symlink_to(source.folder / "nothing")
    (source.folder / "self.csv").symlink_to(source.folder / "self.csv")
    with socket.socket(socket.AF_UNIX) as listening:
        os.chdir(source.folder)
        listening.bind("socket.csv")
    increment, rows = source.load()
    assert len(rows) == 1
    assert reasons(increment) == {
        "pipe.csv": "not_a_file",
        "socket.csv": "not_a_file",
        "link.csv": "unreadable",
        "self.csv": "unreadable",
    }
    source.land("nothing", ONE)
    _, rows = source.load()
    assert len(rows) == 2


def test_116_a_file_that_becomes_a_pipe_or_a_folder_after_it_was_listed_is_not_waited_for(source):
    for name, make in (("a.csv", os.mkfifo), ("b.csv", os.mkdir)):
        make(source.folder / name)
        with pytest.raises(text.Rejected) as why:
            text.open_file(source.folder / name)
        assert why.value.reason in ("not_a_file", "unreadable")


def test_116_a_loaded_file_that_became_a_folder_is_no_news_and_its_files_are_loaded(source):
    source.land("a.csv", ONE)
    source.load()
    (source.folder / "a.csv").unlink()
    source.land("a.csv/part.csv", ONE)
    increment, rows = source.load()
    assert ([record.name for record in increment.records], len(rows)) == (["a.csv/part.csv"], 1)


def test_116_links_in_a_circle_are_told_and_load_nothing_twice(source):
    source.land("sub/a.csv", ONE)
    other = source.folder.parent / "other"
    other.mkdir()
    (other / "b.csv").write_text(ONE)
    (source.folder / "sub" / "up").symlink_to(source.folder)
    (source.folder / "sub" / "same").symlink_to(source.folder / "sub")
    (source.folder / "other").symlink_to(other)
    (other / "back").symlink_to(source.folder)
    increment, rows = source.load()
    assert len(rows) == 2
    assert dict.fromkeys(reasons(increment)) == dict.fromkeys(["sub/up/", "sub/same/", "other/back/"])


def test_a_source_without_a_folder_has_no_files(source):
    assert (
        loader.load_increment(
            FileSource(str(source.folder / "none"), RESCUING, SCHEMA), {}, source.ledger, source.staging
        )
        is None
    )
