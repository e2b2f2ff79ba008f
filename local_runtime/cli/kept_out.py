"""Folders in which a person's own files are not to lie: what is loaded, the lake, and keys."""

from collections.abc import Iterable
from pathlib import Path

from local_runtime.pipelines.secrets import SECRETS_FOLDER


def folder_around(path: Path, folders: Iterable[Path]) -> Path | None:
    """Which of the folders, or folder of keys, a file would lie in, whatever links and `..` its path has."""
    place = path.resolve()
    inside = [folder for folder in folders if place.is_relative_to(folder.resolve())]
    keys = [Path(SECRETS_FOLDER)] if SECRETS_FOLDER in place.parts else []
    return next(iter((*inside, *keys)), None)
