"""The list of decisions in a lake, and how it is merged over a pipeline's setting."""

import json

import pytest

from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError
from local_runtime.state.release_decisions import FILE, Decision, decide, decisions_of, merged


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


def test_the_later_decision_about_a_release_replaces_the_first_and_the_others_stay(lake):
    assert decide(lake, ["t/a.csv", "t/b.csv"], Decision.ACCEPT) == {}
    before = decide(lake, ["t/a.csv"], Decision.REJECT)
    assert before["t/a.csv"] is Decision.ACCEPT
    assert decisions_of(lake) == {"t/a.csv": Decision.REJECT, "t/b.csv": Decision.ACCEPT}
    assert [path.name for path in lake.root.iterdir()] == [FILE]


@pytest.mark.parametrize("text", ["{", "[]", '{"t/a.csv": "maybe"}', '{"t/a.csv": "accept", "t/a.csv": "reject"}'])
def test_a_list_that_cannot_be_read_is_named_and_never_overwritten(lake, text):
    (lake.root / FILE).write_text(text)
    with pytest.raises(LakehouseError, match=f"{FILE} can't be read"):
        decide(lake, ["t/a.csv"], Decision.ACCEPT)
    assert (lake.root / FILE).read_text() == text


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("", {"t/a.csv": "reject"}),
        ('{"t/a.csv": "accept", "t/b.csv": "accept"}', {"t/a.csv": "reject", "t/b.csv": "accept"}),
    ],
)
def test_the_lakes_decisions_replace_those_of_a_setting(setting, expected):
    assert json.loads(merged(setting, {"t/a.csv": Decision.REJECT})) == expected


@pytest.mark.parametrize("setting", ["{", "[]", '{"t/a.csv": "accept", "t/a.csv": "reject"}'])
def test_a_wrong_setting_is_left_for_the_pipeline_to_refuse(setting):
    assert merged(setting, {"t/a.csv": Decision.REJECT}) == setting
