"""Names of the files of a lake's tables, as they are shown."""

from collections.abc import Iterable

from local_runtime.delta.lake import Lake
from local_runtime.pipelines.secrets import known_secrets
from local_runtime.root import ROOT
from local_runtime.state.file_names import HIDDEN_NAMES, FileNames, file_names


def as_shown(lake: Lake, path: str) -> list[str]:
    """A path as personal files of the lake's tables are shown, where that is another text."""
    shown = {names_of_files(lake, table).shown(path) for table in lake.tables()}
    return sorted(shown - {path})


def known_by_real_name(all_shown: Iterable[str], known: Iterable[str]) -> str | None:
    """The longest known name in which a path ends, as it is shown (`as_shown`); None for none."""
    ends = [name for shown in all_shown for name in known if f"/{shown}".endswith(f"/{name}")]
    return max(ends, key=len, default=None)


def names_of_files(lake: Lake, table: str) -> FileNames:
    """How the names of the files of a table are shown. Raises LakehouseError as `known_secrets`."""
    details = lake.log(table).details()
    properties = details.metadata.get("configuration") or {} if details else {}
    return file_names(properties, known_secrets(lake, ROOT) if HIDDEN_NAMES in properties else {})
