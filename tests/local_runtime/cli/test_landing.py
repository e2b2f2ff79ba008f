"""Files that nothing loads are named, and a sample's never meet others."""

import gzip
import json
import os
import shutil
from dataclasses import replace

import pytest

from local_runtime.cli.arguments import main
from local_runtime.cli.landing import SHOWN, landing_of
from local_runtime.cli.sampling import is_for_a_sample, is_invented, make_marked, make_more, prepare
from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError
from local_runtime.graph.dataset_graph import load_graph
from sample.catalogue import Sample
from sample.mark import MARK_FILE
from tests.conftest import ROOT

SMALL = Sample(titles=5, subscribers=20)
HEADER = "show_id,type,title,director\n"


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    return lambda landing: load_graph(ROOT, landing, Lake(folder / "lake"))


@pytest.fixture
def landing(tmp_path, graph):
    """The landing folder as the project's own pipelines read it; it isn't made."""
    found = graph(tmp_path / "landing")
    return landing_of(tmp_path / "landing", found, found.pipelines)


@pytest.fixture
def lake(tmp_path):
    (tmp_path / "lake").mkdir()
    return Lake(tmp_path / "lake")


def land(landing, name, content=HEADER):
    path = landing.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def fill(lake, table="bronze.titles"):
    """Makes a lake that has a table."""
    log = lake.log(table).folder
    log.mkdir(parents=True)
    table_is = {"id": "x", "schemaString": '{"type":"struct","fields":[]}', "partitionColumns": [], "configuration": {}}
    actions = [{"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}}, {"metaData": table_is}]
    (log / f"{0:020}.json").write_text("\n".join(map(json.dumps, actions)))


def files(landing):
    return sorted(str(path.relative_to(landing.root)) for path in landing.root.rglob("*") if path.is_file())


def test_129_a_sample_is_made_only_where_neither_folder_is_given_and_there_is_nothing(landing, lake):
    assert is_for_a_sample(landing, lake, folders_are_given=False)
    with pytest.raises(LakehouseError, match=f"nothing to load: .* is not there. Put files into {landing.root}/titles"):
        is_for_a_sample(landing, lake, folders_are_given=True)
    fill(lake)
    with pytest.raises(LakehouseError, match="is not there"):
        is_for_a_sample(landing, lake, folders_are_given=False)
    landing.root.mkdir()
    assert not is_for_a_sample(landing, lake, folders_are_given=False)
    assert not is_for_a_sample(landing, lake, folders_are_given=True)
    assert files(landing) == []


def test_129_hidden_files_are_none(landing, lake):
    land(landing, "titles/.gitkeep")
    land(landing, ".DS_Store")
    assert is_for_a_sample(landing, lake, folders_are_given=False)
    land(landing, "titles/a.csv")
    assert not is_for_a_sample(landing, lake, folders_are_given=False)


def test_129_a_sample_marks_its_folder_and_the_lake_that_it_fills(landing, lake):
    (told,) = prepare(landing, lake, needs_sample=True)
    assert "Its titles and events are invented" in told
    assert is_invented(lake)
    titles = [name for name in files(landing) if not name.startswith(("playback", "subscribers", "imdb", ".truth"))]
    assert titles == [MARK_FILE, "titles/netflix_titles_2019_06.csv", "titles/netflix_titles_2019_12.csv"]
    fill(lake)
    assert prepare(landing, lake, needs_sample=False) == []


def test_129_another_sample_than_the_lakes_is_refused_and_more_days_of_it_are_not(landing, lake):
    make_marked(landing.root, SMALL)
    prepare(landing, lake, needs_sample=False)
    fill(lake)
    make_more(landing.root, SMALL)
    assert prepare(landing, lake, needs_sample=False) == []
    shutil.rmtree(landing.root)
    make_marked(landing.root, replace(SMALL, seed=8))
    with pytest.raises(LakehouseError, match="holds another sample than the one that the lake"):
        prepare(landing, lake, needs_sample=False)


def test_129_other_files_beside_a_samples_are_refused_with_the_commands_for_a_lake_of_ones_own(landing, lake):
    make_marked(landing.root, SMALL)
    land(landing, "titles/mine.csv")
    with pytest.raises(LakehouseError, match=r"titles/mine\.csv\. Nothing was loaded") as refused:
        prepare(landing, lake, needs_sample=False)
    for command in (
        "mkdir -p mine/landing/titles",
        "cp ",
        "run --landing mine/landing --lake mine/lake",
        "status --lake",
    ):
        assert command in str(refused.value)
    assert not is_invented(lake)


def test_129_a_lake_is_filled_from_a_sample_or_from_others_never_from_both(landing, lake, tmp_path):
    land(landing, "titles/mine.csv")
    prepare(landing, lake, needs_sample=False)
    fill(lake)
    assert not is_invented(lake)
    (landing.root / "titles" / "mine.csv").unlink()
    make_marked(landing.root, SMALL)
    with pytest.raises(LakehouseError, match=r"wasn't filled from one\. Nothing was loaded"):
        prepare(landing, lake, needs_sample=False)

    of_sample = Lake(tmp_path / "lake of a sample")
    prepare(landing, of_sample, needs_sample=False)
    fill(of_sample)
    for path in [path for path in landing.root.rglob("*.*") if path.is_file() and path.name != MARK_FILE]:
        path.unlink()
    prepare(landing, of_sample, needs_sample=False)
    land(landing, "titles/mine.csv")
    with pytest.raises(LakehouseError, match=r"are invented: they are a sample\. Nothing was loaded from"):
        prepare(landing, of_sample, needs_sample=False)


def test_129_a_lake_that_was_never_filled_takes_what_comes(landing, lake):
    prepare(landing, lake, needs_sample=True)
    for path in [path for path in landing.root.rglob("*.*") if path.is_file() and path.name != MARK_FILE]:
        path.unlink()
    land(landing, "titles/mine.csv")
    prepare(landing, lake, needs_sample=False)
    assert not is_invented(lake)


def test_136_a_sample_is_not_made_over_other_files_nor_over_another_sample(landing):
    land(landing, "mine.csv")
    with pytest.raises(LakehouseError, match="holds files that are not a sample's"):
        make_marked(landing.root, SMALL)
    (landing.root / "mine.csv").unlink()
    made = make_marked(landing.root, SMALL)
    before = [path.read_bytes() for path in made]
    with pytest.raises(LakehouseError, match="holds another sample"):
        make_marked(landing.root, Sample(titles=6, subscribers=20))
    assert [path.read_bytes() for path in make_marked(landing.root, SMALL)] == before


def test_129_a_mark_that_was_changed_is_refused(landing, lake):
    make_marked(landing.root, SMALL)
    (landing.root / MARK_FILE).write_text("{}")
    with pytest.raises(LakehouseError, match="which says which files are a sample's, was changed"):
        prepare(landing, lake, needs_sample=False)


def test_130_a_file_in_no_feeds_folder_is_named_and_told_where_to_go(landing, lake):
    land(landing, "netflix.csv", b"\xef\xbb\xbfShow ID;x\r\n")
    land(landing, "other/new_titles.csv.gz", gzip.compress(HEADER.encode()))
    land(landing, "notes.txt", "to do")
    land(landing, "title\udce9s/a.csv", b"\0\xff")
    land(landing, "titles/deeper/a.csv")
    land(landing, "_SUCCESS")
    home = landing.root / "titles"
    told = landing.stray_messages()
    assert told == [
        f"Not loaded: {landing.root}/netflix.csv lies in no feed's folder. Files are loaded from {landing.folders}.",
        f"Not loaded: {landing.root}/notes.txt lies in no feed's folder. Files are loaded from {landing.folders}.",
        f"Not loaded: {landing.root}/other/new_titles.csv.gz lies in no feed's folder. "
        f"Its header is that of bronze.titles, so move it into {home}.",
        f"Not loaded: {landing.root}/title\\xe9s/a.csv lies in no feed's folder. "
        f"Files are loaded from {landing.folders}.",
    ]
    for number in range(SHOWN):
        land(landing, f"zz/{number}.csv")
    assert landing.stray_messages()[SHOWN:] == ["… and 4 more such files."]


def test_130_files_beside_the_folders_are_looked_into_without_waiting_and_whatever_they_hold(landing, lake):
    damaged = bytearray(gzip.compress(HEADER.encode() * 50))
    damaged[20:40] = b"x" * 20
    land(landing, "damaged.csv.gz", bytes(damaged))
    os.mkfifo(landing.root / "pipe.csv")
    told = landing.stray_messages()
    assert [line.partition(" lies in no")[0] for line in told] == [
        f"Not loaded: {landing.root}/damaged.csv.gz",
        f"Not loaded: {landing.root}/pipe.csv",
    ]


def test_130_where_only_such_files_are_there_is_nothing_to_load(landing, lake):
    land(landing, "netflix.csv")
    for given in (True, False):
        with pytest.raises(
            LakehouseError, match=r"no files in its feeds' folders.*\n.*that of bronze\.titles, so move it"
        ):
            is_for_a_sample(landing, lake, folders_are_given=given)


def test_130_a_layer_that_loads_no_files_asks_for_none(tmp_path, graph, lake):
    found = graph(tmp_path / "nowhere")
    gold = landing_of(tmp_path / "nowhere", found, [p for p in found.pipelines if p.schema == "gold"])
    assert not is_for_a_sample(gold, lake, folders_are_given=True)
    assert prepare(gold, lake, needs_sample=False) == gold.stray_messages() == []


def test_130_a_lake_within_the_landing_folder_is_refused(landing):
    land(landing, "titles/mine.csv")
    for place in (landing.root, landing.root / "titles" / "lake"):
        with pytest.raises(LakehouseError, match="lies in the landing folder"):
            prepare(landing, Lake(place), needs_sample=False)


def test_130_another_folder_with_files_is_no_landing_folder(landing, lake, tmp_path, graph):
    fill(lake)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "notes.txt").write_text("to do")
    found = graph(tmp_path / "docs")
    with pytest.raises(LakehouseError, match="There is nothing to load"):
        is_for_a_sample(landing_of(tmp_path / "docs", found, found.pipelines), lake, folders_are_given=True)


@pytest.mark.parametrize(
    ("option", "said"), [("", "a folder without a name"), ("s3://bucket/lake", "not a folder of this")]
)
def test_129_a_place_that_is_no_folder_is_wrong_usage(capsys, option, said):
    with pytest.raises(SystemExit) as ended:
        main(["run", "--lake", option])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
