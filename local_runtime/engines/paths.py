"""Paths as engines and libraries can take them, whatever a folder is called."""

import re
import shutil
import tempfile
import threading
from pathlib import Path

# Sail and DuckDB interpret some of the other characters as URL escapes or patterns, each different ones.
PLAIN = re.compile(r"[\w./+=-]*", re.ASCII)

_aliases: dict[Path, Path] = {}
_one_at_a_time = threading.Lock()


def engine_path(root: Path, path: Path) -> str:
    """`path`, below `root`, for an engine: through a symbolic link with a plain name where `root` has other characters.

    Links are made in the folder for temporary files; `forget_aliases` takes them away.
    """
    if PLAIN.fullmatch(str(root)):
        return str(path)
    with _one_at_a_time:
        if root not in _aliases:
            alias = Path(tempfile.mkdtemp(prefix="lakehouse-", dir=_temporary_folder())) / "root"
            alias.symlink_to(root.absolute(), target_is_directory=True)
            _aliases[root] = alias
    return str(_aliases[root] / path.relative_to(root))


def _temporary_folder() -> str:
    usual = tempfile.gettempdir()
    return usual if PLAIN.fullmatch(usual) else "/tmp"


def remove_aliases() -> None:
    """Takes the links away."""
    with _one_at_a_time:
        for alias in _aliases.values():
            shutil.rmtree(alias.parent, ignore_errors=True)
        _aliases.clear()
