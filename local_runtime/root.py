"""Where the project is, and when this process began."""

import os
import time
from pathlib import Path

from local_runtime.printable import shell_word

STARTED = time.monotonic()
ROOT = Path(os.environ.get("LAKEHOUSE_ROOT", Path(__file__).resolve().parents[1]))
CACHE = ROOT / ".lakehouse"
"""What commands set up for themselves."""


def folder_argument(name: str, folder: Path) -> str:
    """The option that names a folder, where it isn't the default one."""
    return "" if folder == ROOT / name else f" --{name} {shell_word(str(folder))}"
