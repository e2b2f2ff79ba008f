"""Setting up, on machines of many kinds: a small project, whose one package is on a small index on this machine."""

import hashlib
import http.server
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from functools import partial
from pathlib import Path

import pytest

from local_runtime.set_up.build import UV, fetch_uv
from local_runtime.set_up.origin import origin
from tests.conftest import ROOT

NOWHERE = "http://127.0.0.1:9"
TOOLS = ("sh", "cmp", "readlink", "mkdir", "ln", "touch")
# Does what uv does as far as the launcher sees, and waits in the middle where a pipe is there to wait for.
PRETENDED_UV = f"""#!/bin/sh
case "$1" in
    venv)
        for made in "$@"; do :; done
        {sys.executable} -m venv --without-pip "$made"
        touch "${{made%/setting-up-*}}/started" ;;
    sync|pip)
        echo synced >>"$UV_CACHE_DIR-log"
        [ ! -p "$UV_CACHE_DIR-pipe" ] || read -r go <"$UV_CACHE_DIR-pipe"
        [ ! -f "$UV_CACHE_DIR-error" ] || {{ read -r said <"$UV_CACHE_DIR-error"; echo "$said" >&2; exit 1; }}
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


class Project:
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
        for name in ("__main__.py", "root.py", "errors.py", "interrupts.py", "engines/paths.py", "cli/output.py"):
            shutil.copy(ROOT / "local_runtime" / name, runtime / name)
        shutil.copytree(ROOT / "local_runtime/set_up", runtime / "set_up", ignore=shutil.ignore_patterns("__pycache__"))
        (runtime / "cli" / "arguments.py").write_text(COMMAND)
        (folder / "uv.lock").write_text("nothing")
        self.bin = folder / "bin"
        self.bin.mkdir()
        for name in TOOLS:
            (self.bin / name).symlink_to(str(shutil.which(name)))
        (self.bin / "python3").symlink_to(os.path.realpath(sys.executable))

    def pretend(self) -> "Project":
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


@pytest.fixture
def project(tmp_path) -> Project:
    return Project(tmp_path)


def until_synced(project: Project, process: subprocess.Popen) -> None:
    while not project.syncs():
        assert process.poll() is None, process.communicate()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_132_set_up_that_is_stopped_leaves_nothing_that_the_next_command_stumbles_over(project, number, code):
    pipe = project.pretend().wait_in_the_middle()
    stopped = project.start()
    until_synced(project, stopped)
    os.killpg(stopped.pid, number)
    assert (stopped.communicate(timeout=60)[1].count("stopped while setting up"), stopped.returncode) == (
        code > 0,
        code,
    )
    assert not (project.folder / ".venv").exists()
    assert code < 0 or not project.left_over()
    pipe.unlink()
    project.runs()
    assert not project.left_over()


def test_132_two_commands_at_once_wait_for_each_other(project):
    pipe = project.pretend().wait_in_the_middle()
    first = project.start()
    until_synced(project, first)
    second = project.start("status")
    assert second.stderr.readline() == "Another command is setting up: waiting for it …\n"
    pipe.write_text("go\n")
    assert first.communicate(timeout=60)[0].startswith("ran digest")
    assert second.communicate(timeout=60)[0].startswith("ran status")
    assert project.syncs() == 1


def test_set_up_says_what_it_does_before_it_waits_and_how_long_it_took(project):
    pipe = project.pretend().wait_in_the_middle()
    started = project.start()
    assert "fetching and installing the packages of .venv" in started.stderr.readline()
    until_synced(project, started)
    pipe.write_text("go\n")
    assert re.fullmatch(r"Set up: \.venv, in \d+ s\.\n", started.communicate(timeout=60)[1])


def test_132_an_environment_whose_python_is_gone_is_set_up_anew(project):
    project.pretend().runs()
    for name in ("python", "python3"):
        (project.folder / ".venv" / "bin" / name).unlink()
    (project.folder / ".venv" / "bin" / "python").symlink_to("/nonexistent/python3")
    project.runs()


def test_132_a_package_that_was_deleted_is_installed_again(project):
    packages = Path(project.pretend().runs().stdout.split()[2]).parents[1]
    shutil.rmtree(packages / "tiny")
    again = project.runs()
    assert ".venv has lost tiny: it is set up again." in again.stderr
    assert project.runs().stderr == ""
    # Help needs no packages, and works without the network.
    shutil.rmtree(packages / "tiny")
    assert "it is set up again" not in project.run("--help").stderr


def test_132_another_lock_is_set_up_and_takes_the_place_of_the_old_one_whole(project):
    project.pretend().runs()
    (project.folder / ".venv" / "mine").write_text("")
    (project.folder / "uv.lock").write_text("something else")
    project.runs()
    assert not (project.folder / ".venv" / "mine").exists()


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("error: Failed to install: x (os error 28)", "the disk is full"),
        ("error: failed to create directory: Read-only file system (os error 30)", "is read-only"),
        ("error: client error (Connect): dns error: failed to lookup address information", "PyPI could not be reached"),
        ("error: something new", "see below."),
    ],
)
def test_136_a_failure_of_set_up_says_its_cause_and_shows_what_uv_said(project, said, cause):
    (project.pretend().cache / "packages-error").write_text(said + "\n")
    failed = project.run()
    assert failed.returncode == 1
    assert "lakehouse: installing the packages of uv.lock failed: " in failed.stderr
    assert cause in failed.stderr
    assert failed.stderr.endswith(f"  {said}\n")
    assert not project.left_over()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_136_a_project_folder_that_cannot_be_written_is_said_in_one_sentence(project):
    shutil.rmtree(project.cache)
    project.folder.chmod(0o555)
    failed = project.run()
    project.folder.chmod(0o755)
    assert "there is no right to write" in failed.stderr
    assert "Traceback" not in failed.stderr


class Index:
    """An index of packages on this machine: https://pypi.org/simple with two wheels, one of them a pretended uv."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tiny = self._wheel("tiny", "1.0", {"tiny/__init__.py": "where = __file__\n"})
        self._wheel("uv", UV, {f"uv-{UV}.data/scripts/uv": PRETENDED_UV})

    def _wheel(self, name: str, version: str, files: dict[str, str]) -> Path:
        wheel = self.folder / "files" / f"{name}-{version}-py3-none-any.whl"
        wheel.parent.mkdir(exist_ok=True)
        described = f"{name}-{version}.dist-info"
        files |= {
            f"{described}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{described}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{path},,\n" for path in [*files, f"{described}/RECORD"])
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, text in {**files, f"{described}/RECORD": record}.items():
                entry = zipfile.ZipInfo(path)
                entry.external_attr = 0o100755 << 16
                archive.writestr(entry, text)
        page = self.folder / "simple" / name / "index.html"
        page.parent.mkdir(parents=True)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        page.write_text(f'<a href="/files/{wheel.name}#sha256={digest}">{wheel.name}</a>')
        return wheel

    def lock(self, project: Project, digest: str | None = None) -> None:
        """The lock names PyPI's addresses, as any lock does."""
        digest = digest or hashlib.sha256(self.tiny.read_bytes()).hexdigest()
        (project.folder / "pyproject.toml").write_text(
            '[project]\nname = "small"\nversion = "1"\nrequires-python = ">=3.11"\n'
            '[dependency-groups]\nrun = ["tiny==1.0"]\n[tool.uv]\npackage = false\n'
        )
        (project.folder / "uv.lock").write_text(
            'version = 1\nrevision = 3\nrequires-python = ">=3.11"\n'
            '[[package]]\nname = "tiny"\nversion = "1.0"\nsource = { registry = "https://pypi.org/simple" }\n'
            f'wheels = [{{ url = "https://files.pythonhosted.org/{self.tiny.name}", hash = "sha256:{digest}" }}]\n'
            '[[package]]\nname = "small"\nversion = "1"\nsource = { virtual = "." }\n'
            '[package.dev-dependencies]\nrun = [{ name = "tiny" }]\n'
            '[package.metadata]\n[package.metadata.requires-dev]\nrun = [{ name = "tiny", specifier = "==1.0" }]\n'
        )


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    served = Index(tmp_path_factory.mktemp("index"))
    handler = partial(Quiet, directory=str(served.folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        served.url = f"http://127.0.0.1:{server.server_port}/simple"
        yield served
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_arguments) -> None:
        pass


@pytest.fixture(scope="module")
def real_uv(tmp_path_factory) -> Path:
    """The uv that this checkout was set up with; fetched once where it was set up before uv was kept there."""
    uv = ROOT / ".lakehouse" / "tools" / f"uv-{UV}"
    if not uv.is_file():
        fetch_uv(uv, origin(os.environ), tmp_path_factory.mktemp("uv"))
    return uv


@pytest.fixture
def locked(project, index, real_uv) -> Project:
    """The small project with a lock and the real uv."""
    index.lock(project)
    shutil.copy(real_uv, project.uv)
    return project


NO_PYPI = {"HTTPS_PROXY": NOWHERE, "https_proxy": NOWHERE, "HTTP_PROXY": NOWHERE, "http_proxy": NOWHERE}


@pytest.mark.parametrize("variable", ["PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_132_a_companys_mirror_is_where_the_locked_packages_come_from(locked, index, variable):
    done = locked.runs(**NO_PYPI, **{variable: index.url})
    assert str(locked.folder / ".venv") in done.stdout


def test_132_the_files_of_settings_of_pip_and_uv_name_the_mirror_too(locked, index):
    settings = locked.folder / "home" / ".config"
    (settings / "pip").mkdir(parents=True)
    (settings / "pip" / "pip.conf").write_text(f"[global]\nindex-url = {index.url}\ntarget = /nowhere\n")
    locked.runs(**NO_PYPI)
    shutil.rmtree(settings / "pip")
    shutil.rmtree(locked.folder / ".venv")
    (settings / "uv").mkdir()
    (settings / "uv" / "uv.toml").write_text(f'[[index]]\nurl = "{index.url}"\ndefault = true\n')
    locked.runs(**NO_PYPI)


def test_132_a_file_of_a_mirror_that_is_not_the_locked_one_is_refused(locked, index):
    index.lock(locked, digest="0" * 64)
    failed = locked.run(**NO_PYPI, PIP_INDEX_URL=index.url.replace("//", "//me:secret@"))
    assert failed.returncode == 1
    assert f"{index.url} has a file that is not the one in uv.lock" in failed.stderr
    assert "secret" not in failed.stderr
    assert not (locked.folder / ".venv").exists()


DISTURBING = {
    **dict.fromkeys(("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "UV_PROJECT_ENVIRONMENT", "VIRTUAL_ENV"), "/elsewhere"),
    **dict.fromkeys(("PYTHONHOME", "PYTHONPATH", "CONDA_PREFIX", "UV_WORKING_DIRECTORY", "UV_TOOL_DIR"), "/elsewhere"),
    **dict.fromkeys(("PIP_USER", "PIP_REQUIRE_VIRTUALENV", "UV_NO_CACHE", "UV_OFFLINE", "UV_NO_SYNC"), "1"),
    **dict.fromkeys(("UV_LOCKED", "UV_SYSTEM_PYTHON", "UV_NO_BINARY", "UV_MANAGED_PYTHON", "UV_DRY_RUN"), "1"),
    "UV_PYTHON": "2.7",
    "UV_EXCLUDE_NEWER": "2001-01-01",
}


def test_132_the_users_other_settings_of_pip_uv_and_python_do_not_disturb(locked, index):
    locked.runs(**NO_PYPI, **DISTURBING, PIP_INDEX_URL=index.url)
    assert not Path("/elsewhere").exists()


def test_135_set_up_writes_nothing_outside_the_project(project, index):
    shutil.rmtree(project.uv.parent)
    outside = [project.folder / name for name in ("home", "temporary")]
    for folder in outside:
        folder.mkdir()
    project.runs(**NO_PYPI, **DISTURBING, PIP_INDEX_URL=index.url, TMPDIR=str(outside[1]))
    assert [[*folder.iterdir()] for folder in outside] == [[], []]
    assert not project.left_over()


def test_136_no_network_is_said_in_one_sentence(locked):
    unreachable = {"PIP_INDEX_URL": f"{NOWHERE}/simple", "PIP_RETRIES": "0", "UV_HTTP_RETRIES": "0"}
    for _ in ("the packages", "uv itself"):
        failed = locked.run(**unreachable)
        assert failed.returncode == 1
        assert f"failed: {NOWHERE}/simple could not be reached. The first run needs the network" in failed.stderr
        shutil.rmtree(locked.uv.parent, ignore_errors=True)


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
        assert f"LAKEHOUSE_PYTHON={wrong} is no Python 3.11 to 3.14 (found: {found}" in failed.stderr
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
    said = f'Picked up _JAVA_OPTIONS: -Dx="1"\nopenjdk version "{version}" 2023-10-17'
    return f"#!/bin/sh\necho '{said}' >&2\n"


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
