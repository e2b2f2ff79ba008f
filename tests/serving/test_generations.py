"""New publications while people read: noticed, loaded aside, switched to; nobody reads two of them at once."""

import json
import shutil
import threading
from dataclasses import replace

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

from local_runtime.errors import LakehouseError
from local_runtime.state.publications import FOLDER, newest_publication
from serving.backends.local import LocalStore
from serving.backends.memory import Memory
from serving.build import build_service
from serving.generations import Generation, Generations, load_generation
from serving.http.access_log import AccessLog
from serving.loading import load
from serving.sources import Source, newest_source
from serving.watching import Watcher
from tests.serving.conftest import client_of


def publish_again(lake):
    """A second publication, of the same versions: what it is made of doesn't matter to who reads it."""
    (first,) = (lake.root / FOLDER).glob("*.json")
    second = first.with_name(f"{2:020}.json")
    second.write_text(first.read_text().replace('"id": 1,', '"id": 2,'))
    assert newest_publication(lake).id == 2
    return second


def await_status(client, status):
    """What `/health` says, once it has the status; it is looked at for ten seconds."""
    for _ in range(200):
        health = client.get("/api/v1/health").json()
        if health["status"] == status:
            return health
        threading.Event().wait(0.05)
    raise AssertionError(health)


@pytest.fixture
def served(lake):
    return build_service(lake)


def watcher(service):
    return Watcher(service, AccessLog(quiet=True), every=0.05)


def test_a_new_publication_is_served_without_a_restart(served, lake):
    with client_of(served) as client:
        before = client.get("/")
        assert watcher(served).look() is False
        publish_again(lake)
        assert watcher(served).look() is True
        after = client.get("/", headers={"If-None-Match": before.headers["etag"]})
        assert after.status_code == 200
        assert client.get("/api/v1/health").json()["publication"]["id"] == 2
    assert served.generations.kept == 1


def test_its_answers_are_ready_before_it_is_served(served, lake):
    with client_of(served, warm=True) as client:
        client.get("/")
        publish_again(lake)
        watcher(served).look()
        ran = served.statements.counters.ran
        client.get("/")
        assert served.statements.counters.ran == ran


def test_who_reads_an_old_generation_finishes_with_it(served, lake):
    with served.generations.reading() as old:
        publish_again(lake)
        watcher(served).look()
        assert served.generations.current is not old
        assert served.generations.kept == 2
        assert old.backend.connection.cursor().execute("SELECT count(*) > 0 FROM gold.dim_title").fetchall() == [
            (True,)
        ]
    assert served.generations.kept == 1
    with pytest.raises(Exception, match="closed"):
        old.backend.connection.cursor()


def test_readers_beside_many_switches_get_no_error(lake):
    source = newest_source(lake)
    generations = Generations(load_generation(LocalStore(lake), source))
    errors, done = [], threading.Event()

    def read():
        while not done.is_set():
            with generations.reading() as generation:
                try:
                    with generation.backend.connection.cursor() as cursor:
                        cursor.execute("SELECT count(*) FROM gold.dim_genre").fetchall()
                except Exception as error:
                    errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(2):
        generations.switch(Generation(replace(source, tag=f"p{number}"), Memory(load(lake, source))))
    done.set()
    for reader in readers:
        reader.join()
    assert errors == []
    assert generations.kept == 1


def test_a_damaged_record_leaves_the_publication_before_it_served_and_health_says_why(served, lake):
    second = publish_again(lake)
    second.write_text("{")
    with client_of(served) as client:
        known = client.get("/").headers["etag"]
        with watcher(served):
            health = await_status(client, "stale")
            assert health["publication"]["id"] == 1
            assert str(second) in health["trouble"]
            assert "The newest publication isn't shown" in client.get("/", headers={"If-None-Match": known}).text
            second.unlink()
            assert await_status(client, "ok")["trouble"] is None


def test_a_damaged_record_stops_the_start_with_what_to_do(lake):
    publish_again(lake).write_text("{")
    with pytest.raises(LakehouseError, match=r"record of a publication is damaged: .*Delete it"):
        build_service(lake)


def test_a_lake_without_publications_is_served_at_its_newest_versions(lake):
    shutil.rmtree(lake.root / FOLDER)
    service = build_service(lake)
    with client_of(service) as client:
        assert client.get("/api/v1/health").json()["publication"]["id"] is None
        assert "no publication yet" in client.get("/").text
        assert watcher(service).look() is False


def test_no_lake_is_told_with_what_makes_one(tmp_path):
    from local_runtime.delta.lake import Lake

    with pytest.raises(LakehouseError, match=r"There is no lake in .*`\./lakehouse run"):
        build_service(Lake(tmp_path / "none"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(LakehouseError, match="has no tables of gold"):
        build_service(Lake(tmp_path / "empty"))
    (tmp_path / "file").touch()
    with pytest.raises(LakehouseError, match="file is a file, not a folder"):
        build_service(Lake(tmp_path / "file"))


def test_lost_files_of_the_newest_version_are_told_with_what_makes_them_again(lake):
    lose_files(lake)
    refresh = rf"`\./lakehouse run --full-refresh gold\.dim_genre .*--lake {lake.root}`\.$"
    with pytest.raises(LakehouseError, match=refresh):
        build_service(lake)


def lose_files(lake):
    for file in (lake.root / "gold" / "dim_genre").rglob("*.parquet"):
        file.unlink()


def test_lost_files_of_a_publication_are_told_with_what_publishes_again(lake):
    log = lake.log("gold.dim_genre")
    gone = [json.dumps({"remove": {"path": path, "dataChange": True}}) for path in log.snapshot().files]
    (log.folder / f"{log.newest_version() + 1:020}.json").write_text("\n".join(gone))
    lose_files(lake)
    with pytest.raises(LakehouseError, match=r"(?s)gold.dim_genre.*Publication 1 names.*`\./lakehouse run"):
        build_service(lake)


def test_a_table_that_was_made_again_is_not_the_one_that_was_published(lake):
    entry = lake.root / "gold" / "dim_genre" / "_delta_log" / f"{0:020}.json"
    published = lake.log("gold.dim_genre").snapshot().metadata["id"]
    entry.write_text(entry.read_text().replace(published, "another-id"))
    with pytest.raises(LakehouseError, match="not the table that was published"):
        build_service(lake)


def test_a_lake_of_another_version_is_told_what_it_lacks(lake):
    (record,) = (lake.root / FOLDER).glob("*.json")
    record.write_text(record.read_text().replace('"gold.dim_genre"', '"gold.dim_style"'))
    shutil.move(lake.root / "gold" / "dim_genre", lake.root / "gold" / "dim_style")
    with pytest.raises(LakehouseError, match=r"lacks .*gold\.dim_genre.* another version"):
        build_service(lake)


def test_a_table_with_deletion_vectors_is_refused(lake):
    entry = lake.root / "gold" / "dim_genre" / "_delta_log" / f"{0:020}.json"
    text = entry.read_text()
    protocol = '{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"]}}'
    entry.write_text("\n".join(protocol if '"protocol"' in line else line for line in text.splitlines()) + "\n")
    with pytest.raises(LakehouseError, match=r"deletionVectors.*--full-refresh gold.dim_genre"):
        build_service(lake)


def test_partition_columns_that_files_lack_come_from_the_log(tmp_path):
    from deltalake import write_deltalake

    from local_runtime.delta.lake import Lake

    pa = pytest.importorskip("pyarrow")
    rows = pa.table({"n": [1, 2, 3], "day": ["2022-01-01", "2022-01-02", None]})
    write_deltalake(tmp_path / "gold" / "t", rows, partition_by=["day"])
    connection = load(Lake(tmp_path), Source(tag="x", versions={"gold.t": 0}))
    assert connection.execute("FROM gold.t ORDER BY n").fetchall() == [
        (1, "2022-01-01"),
        (2, "2022-01-02"),
        (3, None),
    ]


def test_what_is_loaded_opens_no_file_and_changes_no_setting(service):
    import duckdb

    with service.generations.reading() as generation, generation.backend.connection.cursor() as cursor:
        for sql in ("FROM '/etc/passwd'", "COPY gold.dim_genre TO '/tmp/x.csv'", "SET enable_external_access = true"):
            with pytest.raises(duckdb.Error):
                cursor.execute(sql)
