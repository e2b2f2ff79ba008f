"""Files that land are detected, with the system's notifications and without."""

import sys
import threading
import time

import pytest

from local_runtime.auto_loader import notification
from local_runtime.auto_loader.notification import Landings


@pytest.fixture(params=[True, False], ids=["system", "by looking"])
def landings(request, tmp_path, monkeypatch):
    monkeypatch.setattr(notification, "LOOK", 0.05)
    folder = tmp_path / "landing" / "playback"
    return Landings([folder], system=request.param), folder


def heard(landings, action):
    """Whether something was heard within seconds of an action that happens while it waits."""
    timer = threading.Timer(0.1, action)
    timer.start()
    found = landings.wait(10)
    timer.join()
    return found


def test_nothing_is_a_timeout(landings):
    waiting, folder = landings
    folder.mkdir(parents=True)
    while waiting.wait(0.2):
        pass
    begun = time.monotonic()
    assert not waiting.wait(0.2)
    assert time.monotonic() - begun >= 0.2


def test_a_file_in_a_folder_that_was_not_there_is_heard_of(landings):
    waiting, folder = landings

    def land():
        (folder / "2026" / "11").mkdir(parents=True)
        (folder / "2026" / "11" / "a.json").write_text("{}")

    assert heard(waiting, land)


def test_a_file_that_lands_while_nobody_waits_is_heard_of(landings):
    waiting, folder = landings
    folder.mkdir(parents=True)
    (folder / "a.json").write_text("{}")
    assert waiting.wait(10)


def test_a_file_that_is_moved_in_grows_or_goes_is_heard_of(landings, tmp_path):
    waiting, folder = landings
    folder.mkdir(parents=True)
    while waiting.wait(0.2):
        pass
    aside = tmp_path / "a.json"
    aside.write_text("{}")
    assert heard(waiting, lambda: aside.rename(folder / "a.json"))
    assert heard(waiting, lambda: (folder / "a.json").write_text("{}\n{}"))
    assert heard(waiting, lambda: (folder / "a.json").unlink())


@pytest.mark.skipif(sys.platform != "linux", reason="needs inotify")
def test_a_file_that_is_being_written_is_heard_of_when_it_is_closed(tmp_path):
    waiting = Landings([tmp_path])
    with (tmp_path / "a.json").open("w") as file:
        file.write("{}\n")
        file.flush()
        assert not waiting.wait(0.3)
    assert waiting.wait(10)


@pytest.mark.parametrize("kind", ["nfs4", "virtiofs", "fuse.grpcfuse"])
def test_a_folder_that_other_machines_write_to_is_looked_at(tmp_path, monkeypatch, kind):
    shared = tmp_path / "shared disk"
    shared.mkdir()
    mounts = tmp_path / "mountinfo"
    point = str(shared).replace(" ", "\\040")
    mounts.write_text(f"1 0 8:1 / / rw - ext4 /dev/vda rw\n2 1 0:50 / {point} rw shared:1 - {kind} host:/files rw\n")
    monkeypatch.setattr(notification, "MOUNTS", mounts)
    monkeypatch.setattr(notification, "LOOK", 0.05)
    on_shared, on_local = Landings([shared]), Landings([tmp_path])
    with (shared / "a.json").open("w"), (tmp_path / "a.json").open("w"):
        # Notifications come when a file is closed.
        assert on_shared.wait(5)
        assert sys.platform != "linux" or not on_local.wait(0.2)


def test_hidden_files_are_none(landings):
    waiting, folder = landings
    folder.mkdir(parents=True)
    while waiting.wait(0.2):
        pass
    (folder / ".a.json.part").write_text("{}")
    assert not waiting.wait(0.3)
