"""A PostgreSQL of the machine's package, run for the tests: reached by a socket alone, as a user that isn't root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
"""Nothing here has to outlive the machine: a killed client is what tests are about, not a power cut."""


def programs() -> Path | None:
    """The folder of the newest server's programs, or the one that LAKEHOUSE_POSTGRES names; None without one."""
    if named := os.environ.get("LAKEHOUSE_POSTGRES"):
        return Path(named)
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda it: float(it.parent.name))
    return folders[-1] if folders else None


@contextmanager
def running(bin_folder: Path) -> Iterator[Path]:
    """A server; gives the folder of its socket, whose path must have less than 107 characters."""
    folder = Path(tempfile.mkdtemp(prefix="lakehouse-pg-", dir="/tmp"))
    as_user, data = [], folder / "data"
    if os.geteuid() == 0:
        user = next(name for name in ("postgres", "nobody") if name in {each.pw_name for each in pwd.getpwall()})
        shutil.chown(folder, user)
        as_user = ["setpriv", f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups"]

    def run(program: str, *arguments: str) -> None:
        command = [*as_user, str(bin_folder / program), *arguments]
        done = subprocess.run(command, cwd="/tmp", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert done.returncode == 0, done.stdout

    try:
        run("initdb", "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C")
        options = f"{SETTINGS} -c unix_socket_directories={folder}"
        # Its output goes to a file: a server that inherits a pipe keeps its reader waiting.
        run("pg_ctl", "-w", "-D", str(data), "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield folder
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
