"""Folders in which a person's own files are not to lie: what is loaded, the lake, and keys."""

from collections.abc import Iterable
from pathlib import Path

from local_runtime.delta.lake import Lake
from local_runtime.pipelines.secrets import SECRETS_FOLDER
from local_runtime.root import ROOT
from local_runtime.state.last_run import last_run


def folders_of(lake: Lake) -> list[Path]:
    """The lake, the project's landing folder, and the one that the lake was last loaded from."""
    landing = last_run(lake).landing
    return [lake.root, ROOT / "landing", *([Path(landing)] if landing else [])]


def folder_around(path: Path, folders: Iterable[Path]) -> Path | None:
    """Which of the folders, or folder of keys, a file would lie in, whatever links and `..` its path has."""
    place = path.resolve()
    inside = [folder for folder in folders if place.is_relative_to(folder.resolve())]
    keys = [Path(SECRETS_FOLDER)] if SECRETS_FOLDER in place.parts else []
    return next(iter((*inside, *keys)), None)
