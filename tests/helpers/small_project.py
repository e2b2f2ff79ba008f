"""A small copy of this project, for tests of setting it up: the launcher, and one command that needs one package."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from local_runtime.set_up.build import UV
from tests.conftest import ROOT

TOOLS = ("sh", "cmp", "readlink", "mkdir", "ln", "touch")
# Does what uv does as far as the launcher sees, and waits in the middle where a pipe is there to wait for.
PRETENDED_UV = f"""#!/bin/sh
case "$1" in
    --version) echo "uv {UV}" ;;
    venv)
        for made in "$@"; do :; done
        {sys.executable} -m venv --without-pip "$made"
        touch "${{made%/setting-up-*}}/started" ;;
    sync|pip)
        echo synced >>"$UV_CACHE_DIR-log"
        [ ! -p "$UV_CACHE_DIR-pipe" ] || read -r go <"$UV_CACHE_DIR-pipe"
        [ ! -f "$UV_CACHE_DIR-error" ] || {{ read -r error <"$UV_CACHE_DIR-error"; echo "$error" >&2; exit 1; }}
        for place in "$UV_PROJECT_ENVIRONMENT"/lib/python*/site-packages; do
            mkdir "$place/tiny"
            echo 'where = __file__' >"$place/tiny/__init__.py"
        done ;;
esac
"""
COMMAND = """
import os, sys
def main():
    import tiny
    print("ran", *sys.argv[1:], tiny.where, os.environ.get("JAVA_HOME"))
    return 0
"""


class SmallProject:
    """A copy of the launcher and of what sets up, with one command that needs the package `tiny`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder / ".lakehouse"
        self.uv = self.cache / "tools" / f"uv-{UV}"
        self.uv.parent.mkdir(parents=True)
        shutil.copy(ROOT / "lakehouse", folder)
        runtime = folder / "local_runtime"
        for name in ("cli", "engines"):
            (runtime / name).mkdir(parents=True)
        modules = (
            "__main__.py",
            "root.py",
            "errors.py",
            "folding.py",
            "interrupts.py",
            "printable.py",
            "progress_line.py",
        )
        for name in (*modules, "engines/paths.py", "cli/output.py"):
            shutil.copy(ROOT / "local_runtime" / name, runtime / name)
        shutil.copytree(ROOT / "local_runtime/set_up", runtime / "set_up", ignore=shutil.ignore_patterns("__pycache__"))
        (runtime / "cli" / "arguments.py").write_text(COMMAND)
        (folder / "uv.lock").write_text("nothing")
        self.bin = folder / "bin"
        self.bin.mkdir()
        for name in TOOLS:
            (self.bin / name).symlink_to(str(shutil.which(name)))
        (self.bin / "python3").symlink_to(os.path.realpath(sys.executable))

    def pretend(self) -> "SmallProject":
        """uv is there already, and a pretended one."""
        self.write(self.uv, PRETENDED_UV)
        return self

    def write(self, program: Path, text: str) -> None:
        program.unlink(missing_ok=True)  # It may be a link to the real one.
        program.write_text(text)
        program.chmod(0o755)

    def start(self, *arguments: str, launcher: Path | str | None = None, cwd: Path | None = None, **variables: str):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "LAKEHOUSE_"))}
        return subprocess.Popen(
            [str(launcher or self.folder / "lakehouse"), *(arguments or ("digest",))],
            env={**kept, "PATH": str(self.bin), "HOME": str(self.folder / "home"), **variables},
            cwd=cwd or self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, **options) -> subprocess.CompletedProcess:
        started = self.start(*arguments, **options)
        out, error = started.communicate(timeout=300)
        return subprocess.CompletedProcess(started.args, started.returncode, out, error)

    def runs(self, *arguments: str, **options) -> subprocess.CompletedProcess:
        done = self.run(*arguments, **options)
        assert (done.returncode, done.stdout[:3]) == (0, "ran"), done.stderr
        return done

    def syncs(self) -> int:
        log = self.cache / "packages-log"
        return len(log.read_text().split()) if log.exists() else 0

    def wait_in_the_middle(self) -> Path:
        os.mkfifo(pipe := self.cache / "packages-pipe")
        return pipe

    def left_over(self) -> list[Path]:
        return [*self.cache.glob("setting-up-*")]
