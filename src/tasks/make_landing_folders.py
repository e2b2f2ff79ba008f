"""The job's first task: makes the feeds' folders in the landing volume. Auto Loader fails on a folder that isn't there.

Arguments: the folder of the sources (`src`), the path of the volume. Databricks sets neither `__file__` nor the path to
import from for a Python file of a job, so the job passes it.
"""

import sys
from collections.abc import Iterable
from pathlib import Path


def make_folders(landing: Path, folders: Iterable[str]) -> list[Path]:
    """Makes the folders that are missing below `landing`, and returns those.

    Raises OSError, saying what to grant or do, where the volume can't be seen or a folder can't be made.
    """
    if not _is_folder(landing):
        raise FileNotFoundError(
            f"{landing} isn't there, or this job may not see it. The identity that runs the job needs USE CATALOG, "
            "USE SCHEMA on the volume's schema, and READ VOLUME and WRITE VOLUME on the volume."
        )
    missing = [path for path in (landing / folder for folder in folders) if not _is_folder(path)]
    for path in missing:
        try:
            path.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise OSError(
                f"{path} can't be made: a file has the name of the folder or of one that it is in. Move the file away."
            ) from error
        except OSError as error:
            raise OSError(
                f"{path} can't be made: {error.strerror}. The identity that runs the job needs READ VOLUME and WRITE "
                "VOLUME on the landing volume."
            ) from error
    return missing


def _is_folder(path: Path) -> bool:
    """Whether a folder is there and can be seen: up to Python 3.13, `is_dir` raises where permission is denied."""
    try:
        return path.is_dir()
    except OSError:
        return False


if __name__ == "__main__":
    source, volume = sys.argv[1:]
    sys.path.insert(0, source)
    from bronze.feeds import LANDING_FOLDERS

    made = make_folders(Path(volume), LANDING_FOLDERS)
    print("\n".join(f"made {path}" for path in made) or f"all {len(LANDING_FOLDERS)} folders are in {volume}")
