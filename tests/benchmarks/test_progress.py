"""The large lake of the benchmark of runs with nothing new is one that a run could have made."""

from benchmarks.progress import TABLE, grow
from local_runtime.delta.commits import commit_version
from local_runtime.delta.lake import Lake
from local_runtime.state.progress import PROPERTY, FlowProgress, TableProgress, progress_of

SCHEMA = {"type": "struct", "fields": [{"name": "_release", "type": "string", "nullable": True, "metadata": {}}]}


def test_a_table_in_partitions_grows_by_commits_and_files(tmp_path):
    (tmp_path / "landing" / "titles").mkdir(parents=True)
    log = Lake(tmp_path / "lake").log(TABLE)
    progress = TableProgress("update", 0, 0, {"titles": FlowProgress(kind="append", code="code")})
    properties = {PROPERTY: progress.to_json()}
    commit_version(log, None, mode="Append", schema=SCHEMA, properties=properties, partition_by=["_release"])
    grow(Lake(tmp_path / "lake"), tmp_path / "landing", commits=4, files=8)
    grown, reached = log.details(), progress_of(log)
    assert grown is not None
    assert (grown.version, grown.metadata["partitionColumns"]) == (4, ["_release"])
    assert reached is not None
    assert reached.version == 4
    assert len(list((tmp_path / "landing").rglob("*.csv"))) == 8
    assert reached.flows["titles"].intake.files
