"""A folder of files, and what was loaded of it so far."""

import pytest

from local_runtime.auto_loader.loader import Increment, load_increment
from local_runtime.auto_loader.source import FileSource
from local_runtime.state.file_ledger import FileLedger

BASE = {"cloudFiles.format": "csv", "header": "true", "multiLine": "true", "escape": '"'}
RESCUING = {**BASE, "rescuedDataColumn": "_rescued_data", "readerCaseSensitive": "false"}
SCHEMA = "`id` STRING, `name` STRING, `_corrupt_record` STRING"


@pytest.fixture
def source(tmp_path):
    (tmp_path / "in").mkdir()
    return Source(tmp_path)


class Source:
    """A folder of files, and what was loaded of it so far."""

    def __init__(self, root):
        self.folder, self.staging, self.columns = root / "in", root / "staging", {}
        self.ledger = FileLedger(root / "table")

    def land(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def load(self, schema=SCHEMA, **options):
        asked = FileSource(str(self.folder), {**RESCUING, **options}, schema)
        increment = load_increment(asked, self.columns, self.ledger, self.staging)
        increment = increment or Increment("")
        self.columns = increment.columns or self.columns
        self.ledger = FileLedger(self.ledger.folder.parent, self.ledger.add(increment.records))
        import pyarrow.parquet as pq

        rows = [row for path in increment.staged for row in pq.read_table(path).to_pylist()]
        return increment, rows

    def reasons(self, **options):
        return reasons(self.load(**options)[0])


def reasons(increment):
    return {record.name: record.reason for record in increment.records if record.state == "rejected"}
