"""Names of the files of a lake's tables, as they are shown."""

from local_runtime.delta.lake import Lake
from local_runtime.delta.time_travel import readable_snapshot
from local_runtime.pipelines.secrets import known_secrets
from local_runtime.root import ROOT
from local_runtime.state.file_names import HIDDEN_NAMES, FileNames, file_names


def as_shown(lake: Lake, path: str) -> list[str]:
    """A path as personal files of the lake's tables are shown, where that is another text."""
    shown = {names_of_files(lake, table).shown(path) for table in lake.tables()}
    return sorted(shown - {path})


def names_of_files(lake: Lake, table: str) -> FileNames:
    """How the names of the files of a table are shown. Raises LakehouseError as `known_secrets`."""
    snapshot = readable_snapshot(lake.log(table), table, None)
    properties = snapshot.metadata.get("configuration") or {} if snapshot else {}
    return file_names(properties, known_secrets(lake, ROOT) if HIDDEN_NAMES in properties else {})
