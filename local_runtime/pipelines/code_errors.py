"""Errors of pipeline code as one sentence with the file and line."""

import difflib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import walk_tb

from pyspark import pipelines as dp
from pyspark.errors import PySparkException

from local_runtime.errors import LakehouseError, first_line, lacks_memory, message_of, redacted
from local_runtime.pipelines.bundle import Pipeline
from local_runtime.pipelines.external_files import package_folders
from local_runtime.root import ROOT

NOT_IMPORTABLE = re.compile(r"cannot import name '(\w+)' from")


class Interruption(Exception):
    """Ends a call of pipeline code for a reason of the runtime's own: it is no error of that code."""


@contextmanager
def errors_as_sentences(pipeline: Pipeline, subject: str, file: Path | None = None) -> Iterator[None]:
    """Runs code of the pipeline.

    Raises LakehouseError for what the code raises: `subject`, the line of the pipeline's code that was reached last
    (else `file`), and the error; a LakehouseError gets that line. Too little memory, and a compiled module that a full
    disk cut short, pass as they are: they say nothing about the code.
    """
    try:
        yield
    except Interruption:
        raise
    except LakehouseError as error:
        place = _source_line(error, pipeline).rstrip(",")
        if not place or place in str(error):
            raise
        raise type(error)(f"{error} ({place})") from error
    except SystemExit as error:
        place = _source_line(error, pipeline) or str(file or pipeline.root_path)
        raise LakehouseError(
            f"{subject}: {place} ends the program (SystemExit {error.code}); pipeline code only defines datasets."
        ) from error
    except Exception as error:
        if lacks_memory(error) or _is_of_a_cut_module(error):
            raise
        place = _source_line(error, pipeline) or str(file or pipeline.root_path)
        raise LakehouseError(f"{subject}: {place} {_explanation(error)}") from error


def _is_of_a_cut_module(error: Exception) -> bool:
    """Whether Python's importer can't read a compiled module; the launcher deletes those, and starts again."""
    files = [frame.f_code.co_filename for frame, _ in walk_tb(error.__traceback__)]
    return files[-1].startswith("<frozen importlib") and "marshal" in str(error)


def _source_line(error: BaseException, pipeline: Pipeline) -> str:
    """The file and line of the pipeline's own code in which the error was raised; '' where it is in none."""
    lines: list[tuple[str | None, int | None]] = [
        (frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)
    ]
    if isinstance(error, SyntaxError):
        lines.append((error.filename, error.lineno))
    own = [(file, line) for file, line in lines if file and _is_own(Path(file), pipeline)]
    if not own:
        return ""
    file, line = own[-1]
    return f"{file}, line {line}," if line else str(file)


def _is_own(file: Path, pipeline: Pipeline) -> bool:
    if file in pipeline.sources:
        return True
    others = (*package_folders(), f"{ROOT / 'local_runtime'}/")
    return file.is_relative_to(pipeline.root_path) and not str(file).startswith(others)


def _explanation(error: Exception) -> str:
    if name := _unknown_name(error):
        return f"asks for pyspark.pipelines.{name}, which doesn't exist here; {_nearest_names(name)}"
    if isinstance(error, ModuleNotFoundError) and error.name == "dlt":
        return "imports dlt, which doesn't exist here: write `from pyspark import pipelines as dp` for `import dlt`."
    message = " ".join(_one_line(error).split())
    return f"raises {type(error).__name__}" + (f": {message}" if message else "")


def _one_line(error: Exception) -> str:
    match error:
        case SyntaxError():
            return redacted(error.msg or "")
        case PySparkException():
            return first_line(error)
        case _:
            return message_of(error)


def _unknown_name(error: Exception) -> str:
    """The name that the code wants of pyspark.pipelines, and which isn't there; '' for another error."""
    if isinstance(error, AttributeError) and error.obj is dp:
        return error.name or ""
    match = NOT_IMPORTABLE.match(str(error)) if isinstance(error, ImportError) and error.name == dp.__name__ else None
    return match[1] if match else ""


def _nearest_names(name: str) -> str:
    known = sorted(name for name, value in vars(dp).items() if not name.startswith("_") and callable(value))
    near = difflib.get_close_matches(name, known, n=2)
    return f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(known)}."
