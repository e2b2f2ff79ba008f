"""Builds an environment in a temporary folder and renames it into place, under a lock: it is always complete."""

import fcntl
import importlib.util
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local_runtime.folding import to_fit
from local_runtime.root import CACHE, ROOT
from local_runtime.set_up.environment import is_set_up, mark_as_set_up
from local_runtime.set_up.failures import SetUpError, failure, failure_of_system, is_about_certificates
from local_runtime.set_up.origin import Origin, origin
from local_runtime.set_up.steps import run_step

UV = "0.13.8"
"""The uv that is fetched."""
OLDEST_UV = (0, 11)
"""The oldest uv on PATH that is used: it reads uv.lock, and knows the options and variables below."""
ASIDE = "setting-up-"
SIZES = {
    "run": (265, 710),
    "run-test-serve-browser": (405, 1110),
    "spark-test-bundle-serve-browser-app": (875, 1660),
    "serve": (110, 400),
}
"""For each environment, by its groups, the MB that are fetched, and that it then has, on Linux x86-64."""
ALONE = {"serve"}
"""Environments without the project's own dependencies, which the engine needs."""
UV_SIZE = 18


def ensure(folder: Path, groups: str) -> None:
    """Makes sure that the environment `folder` holds the locked packages of `groups`. Raises SetUpError."""
    try:
        CACHE.mkdir(exist_ok=True)
        with _alone():
            if not is_set_up(folder, groups):
                _set_up(folder, groups)
    except OSError as error:
        raise failure_of_system(error, ROOT) from None


@contextmanager
def _alone() -> Iterator[None]:
    with (CACHE / "set-up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Another command is setting up: waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _set_up(folder: Path, groups: str) -> None:
    for left in CACHE.glob(f"{ASIDE}*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=ASIDE, dir=CACHE, ignore_cleanup_errors=True) as aside:
        _build(folder, groups, Path(aside))


def _build(folder: Path, groups: str, aside: Path) -> None:
    started = time.monotonic()
    packages = origin(os.environ)
    uv = _find_uv(packages, aside)
    fetched, unpacked = SIZES.get(groups, SIZES["run"])
    _say(
        f"Setting up {folder.name}, once: up to {fetched} MB of packages are fetched from {packages}, "
        f"and installed in {folder} ({unpacked:,} MB) …"
    )
    made = aside / "environment"
    _install(uv, made, groups, packages, aside)
    mark_as_set_up(made, groups)
    if os.path.lexists(folder):
        folder.rename(aside / "replaced")
    made.rename(folder)
    _say(f"Set up: {folder.name}, in {time.monotonic() - started:.0f} s.")


def _find_uv(packages: Origin, aside: Path) -> Path:
    """The uv that was fetched before, else the one on PATH if it is new enough, else one that is fetched now."""
    fetched = CACHE / "tools" / f"uv-{UV}"
    if not fetched.is_file():
        on_path = shutil.which("uv")
        if on_path and _version(on_path, packages.uv) >= OLDEST_UV:
            return Path(on_path)
        fetch_uv(fetched, packages, aside)
    return fetched


def _version(uv: str, variables: Mapping[str, str]) -> tuple[int, ...]:
    """The version of a uv; empty where it can't be run or says none, as a version manager's script may."""
    try:
        answer = subprocess.run(
            [uv, "--version"], env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    version = re.match(r"uv (\d+)\.(\d+)", answer.stdout)
    return (int(version[1]), int(version[2])) if version and not answer.returncode else ()


def fetch_uv(uv: Path, packages: Origin, aside: Path) -> None:
    """uv, by pip; only its program is kept."""
    if not importlib.util.find_spec("ensurepip"):
        raise SetUpError(
            f"{sys.executable} has no venv module. Install it (Debian: apt-get install python3-venv), or uv "
            f"{'.'.join(map(str, OLDEST_UV))} or newer, and run again."
        )
    _say(f"Setting up, once: uv {UV}, which installs packages, is fetched from {packages} ({UV_SIZE} MB) …")
    python, doing = aside / "pip" / "bin" / "python", f"fetching uv {UV}"
    _run(doing, [sys.executable, "-m", "venv", str(aside / "pip")], packages.pip, packages, aside)
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-cache-dir", "--no-deps"]
    install = [str(python), "-m", "pip", "install", *options, "--only-binary=:all:", f"uv=={UV}"]
    bundle = ssl.get_default_verify_paths().cafile
    trusting = {"PIP_CERT": bundle} if bundle else {}
    _run(doing, install, packages.pip, packages, aside, trusting)
    (aside / "tools").mkdir()
    (python.parent / "uv").rename(aside / "tools" / uv.name)
    shutil.rmtree(uv.parent, ignore_errors=True)
    (aside / "tools").rename(uv.parent)


def _install(uv: Path, made: Path, groups: str, packages: Origin, aside: Path) -> None:
    """Makes the environment `made` of the locked packages of `groups`, their hashes checked."""
    chosen = ["--frozen", "--no-default-groups"]
    which = "--only-group" if groups in ALONE else "--group"
    for group in groups.split("-"):
        chosen += [which, group]
    python = ["--python", str(made / "bin" / "python")]
    variables = {
        "UV_CACHE_DIR": str(CACHE / "packages"),
        "UV_PYTHON_DOWNLOADS": "never",
        **packages.uv,
        "UV_PROJECT_ENVIRONMENT": str(made),
    }
    # The lock has PyPI's addresses; where the machine names an index, the same files come from there.
    listed = aside / "requirements.txt"
    steps = [["venv", "--quiet", "--no-project", "--relocatable", "--python", sys.executable, str(made)]]
    if packages.elsewhere:
        steps.append(["export", "--quiet", *chosen, "--no-emit-project", "--output-file", str(listed)])
        steps.append(["pip", "sync", "--require-hashes", *python, str(listed)])
        steps[-1] += ["--no-index"] if "PIP_NO_INDEX" in packages.pip else []
    else:
        steps.append(["sync", *chosen, *python])
    for step in steps:
        trusting = {"UV_SYSTEM_CERTS": "true"}
        _run("installing the packages of uv.lock", [str(uv), *step], variables, packages, aside, trusting)


def _run(
    doing: str,
    command: list[str],
    variables: Mapping[str, str],
    packages: Origin,
    aside: Path,
    trusting: Mapping[str, str] | None = None,
) -> None:
    """Runs a step; a second time, `trusting` the machine's own certificates, where one was refused."""
    settings = {**variables, "TMPDIR": str(aside)}
    code, output = run_step(doing, command, settings, ROOT)
    if not code:
        return
    if trusting and is_about_certificates(output):
        _run(doing, command, {**variables, **trusting}, packages, aside)
    else:
        raise failure(doing, output, str(packages), ROOT)


def _say(line: str) -> None:
    print(to_fit(line, sys.stderr), file=sys.stderr, flush=True)
