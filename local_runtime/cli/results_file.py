"""The file that the prompt writes results to."""

from pathlib import Path
from typing import TextIO

from local_runtime.cli.kept_out import folder_around, folders_of
from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError


class ResultsFile:
    """A new file that a person names; without one results go to the screen."""

    def __init__(self, lake: Lake) -> None:
        self._kept_out = folders_of(lake)
        self._file: TextIO | None = None

    @property
    def is_open(self) -> bool:
        """Whether results go to a file."""
        return self._file is not None

    def open(self, name: str) -> str:
        """Sends results to a new file from now on, without a name to the screen; returns what to say of it.

        Raises LakehouseError for a file that exists, or would lie in the lake, in the landing folder or beside a key.
        """
        self._close()
        if not name:
            return "Results go to the screen from now on."
        path = Path(name.strip("'\"")).expanduser().resolve()
        if around := folder_around(path, self._kept_out):
            raise LakehouseError(f"{path} is refused: nothing is written to {around}.")
        try:
            self._file = path.open("x", encoding="utf-8")
        except FileExistsError:
            raise LakehouseError(f"{path} exists, and is left alone. Name another file.") from None
        except OSError as error:
            raise LakehouseError(f"{path} can't be written: {error.strerror}.") from None
        return f"Results go to {path} from now on; .output without a name sends them to the screen again."

    def keep(self, results: str) -> str:
        """Writes results to the file, if there is one; returns what to show on the screen."""
        if self._file is None:
            return results
        try:
            self._file.write(results)
            self._file.flush()
        except OSError as error:
            raise LakehouseError(f"{self._file.name} can't be written: {error.strerror}.") from None
        return f"Written to {self._file.name}."

    def __enter__(self) -> None:
        """Nothing: files are opened as they are named."""

    def __exit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
