"""What a person decides about releases: accept, reject, and the full refresh that a decision needs."""

import json
import re

import pytest

from local_runtime.cli.arguments import main
from local_runtime.cli.run_messages import problems_after
from local_runtime.cli.status_report import status_text
from local_runtime.errors import LakehouseError
from local_runtime.inspection.status import inspect
from tests.end_to_end.conftest import titles
from tests.helpers.truth import rows

JANUARY, FEBRUARY, MARCH = (f"titles/a_2021-0{month}-01.csv" for month in (1, 2, 3))
JOB = "3f2c9a4e-8f6d-4a53-9d0e-5a8f0c1d2e3b-c000"
HISTORIES = {"silver.titles", "silver.title_ids"}


def decide(place, capsys, decision, *paths):
    """What the command prints."""
    capsys.readouterr()
    code = main([decision, *map(str, paths), "--lake", str(place.lake.root)])
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def refreshed(printed):
    """The tables of the full refresh in a message."""
    (found,) = re.findall(r"--full-refresh ((?:silver\.\w+ ?)+)", printed)
    return set(found.split())


def healthy(place):
    state = inspect(place.lake)
    assert state.healthy, state.problems


def current(place):
    ((count,),) = rows(place, "SELECT count(*) FROM silver.titles WHERE __END_AT IS NULL")
    return count


def release_that_is_held(place):
    """A release, and a later one that would close two thirds of it."""
    place.land(JANUARY, titles(range(300)))
    place.land(FEBRUARY, titles(range(100)))
    place.run()


def wrong_release(place):
    """Three releases, of which the second is wrong and was applied."""
    for path, ids in ((JANUARY, range(300)), (FEBRUARY, range(30, 330)), (MARCH, range(301))):
        place.land(path, titles(ids))
    place.run()


def test_34_a_held_release_is_applied_by_the_next_run_once_it_is_accepted(beginnings, capsys):
    place = beginnings.after(release_that_is_held)
    assert current(place) == 300
    code, printed = decide(place, capsys, "accept", place.landing / FEBRUARY)
    assert code == 0
    assert f"{FEBRUARY} is accepted." in printed
    assert f"./lakehouse run --landing {place.landing} --lake {place.lake.root}" in printed
    assert "--full-refresh" not in printed
    place.run()
    assert current(place) == 100
    healthy(place)


def test_34_until_the_next_run_status_says_that_a_decision_is_still_to_take_effect(beginnings, capsys):
    place = beginnings.after(release_that_is_held)
    (problem,) = inspect(place.lake).problems
    assert f"{FEBRUARY} is held" in problem
    command = f"./lakehouse run --landing {place.landing} --lake {place.lake.root}"
    for word, done in (("accept", "accepted"), ("reject", "rejected")):
        decide(place, capsys, word, FEBRUARY)
        healthy(place)
        said = status_text(inspect(place.lake))
        assert f"held; {done}, from the next run on" in said
        assert f"{FEBRUARY} is {done}, which takes effect with the next run: {command}" in said
    place.run()
    assert "next run" not in status_text(inspect(place.lake))
    code, printed = decide(place, capsys, "reject", FEBRUARY)
    assert code == 0
    assert f"{FEBRUARY} is rejected already: that changes nothing, and needs no run." in printed
    assert "The next run" not in printed
    _, printed = decide(place, capsys, "accept", JANUARY, FEBRUARY)
    assert f"{JANUARY} is applied already" in printed
    assert f"The next run takes it into account: {command}" in printed


def test_34_a_rejected_release_is_settled_and_the_later_decision_counts(beginnings, capsys):
    place = beginnings.after(release_that_is_held)
    assert not inspect(place.lake).healthy
    decide(place, capsys, "reject", FEBRUARY)
    place.run()
    healthy(place)
    assert current(place) == 300
    _, printed = decide(place, capsys, "accept", FEBRUARY)
    assert f"{FEBRUARY} is accepted; before, it was rejected." in printed
    place.run()
    assert current(place) == 100


def test_34_a_wrong_release_that_was_applied_is_as_if_it_had_never_come(beginnings, capsys):
    """The recipe of docs/runbook.md."""
    place = beginnings.empty()
    for path, ids in ((JANUARY, range(300)), (MARCH, range(301))):
        place.land(path, titles(ids))
    place.run()
    without = place.digests(), place.digests("silver")["silver.titles"]

    place = beginnings.after(wrong_release)
    assert (place.digests(), place.digests("silver")["silver.titles"]) != without
    _, printed = decide(place, capsys, "reject", FEBRUARY)
    assert refreshed(printed) == HISTORIES
    place.run()
    (problem,) = inspect(place.lake).problems
    assert f"{FEBRUARY} was taken in, and is rejected now" in problem
    assert refreshed(problem) == HISTORIES
    place.run(*HISTORIES)
    healthy(place)
    assert (place.digests(), place.digests("silver")["silver.titles"]) == without
    assert (place.landing / FEBRUARY).exists()


def test_a_path_that_names_no_release_is_an_error_with_the_nearest_ones(beginnings, capsys):
    place = beginnings.after(release_that_is_held)
    for path, message in (
        (
            "titles/a_2021-02-02.csv",
            f"a_2021-02-02.csv is not a release that was loaded. The nearest: {FEBRUARY}",
        ),
        ("titles", f"titles holds several releases: {JANUARY}, {FEBRUARY}"),
    ):
        code, printed = decide(place, capsys, "accept", path)
        assert code == 1
        assert message in printed
    assert not (place.lake.root / "release_decisions.json").exists()


def part(number):
    """A part file of one job, whose folder has the date."""
    return f"titles/2021-01-20/part-0000{number}-{JOB}.csv"


def part_files_that_come_late(place):
    """Part files of one release in three updates, of which the last two come late; and a later release."""
    for number, ids in enumerate((range(2), (1, 2), [3])):
        place.land(part(number), titles(ids))
        place.run(layers=("bronze", "silver"))
    place.land(FEBRUARY, titles(range(3)))
    place.run()


def late_parts(place):
    """The names of late part files, in the order of their arrival."""
    listed = rows(place, "SELECT release FROM silver.title_verdicts WHERE verdict = 'late' ORDER BY ingested_at")
    return [release for (release,) in listed]


def history_of(place):
    return rows(place, "SELECT title, __START_AT, __END_AT FROM silver.titles ORDER BY ALL")


def test_27_late_part_files_that_are_accepted_are_one_release_with_the_first_ones(beginnings, capsys):
    place = beginnings.after(part_files_that_come_late)
    second, third = late_parts(place)
    before = history_of(place)
    assert [title for title, *_ in before] == ["Title 0", "Title 1", "Title 2"]
    code, printed = decide(place, capsys, "accept", second)
    assert code == 0
    assert refreshed(printed) == HISTORIES
    place.run()
    # History is as it was until it is made again, and `status` asks for that.
    assert history_of(place) == before
    (asks,) = [problem for problem in inspect(place.lake).problems if "--full-refresh" in problem]
    assert refreshed(asks) == HISTORIES
    assert f"taken in: {second.partition(' of ')[0]} has other part files now. " in asks
    place.run(*HISTORIES)
    assert [(title, end) for title, _, end in history_of(place)] == [(f"Title {n}", None) for n in range(3)]
    assert {start for _, start, _ in history_of(place)} == {min(start for _, start, _ in history_of(place))}
    assert late_parts(place) == [third]

    decide(place, capsys, "reject", third)
    place.run()
    healthy(place)
    # The way back.
    _, printed = decide(place, capsys, "reject", second)
    assert refreshed(printed) == HISTORIES
    pending = inspect(place.lake).pending[second]
    assert (pending.decision, refreshed(pending.command)) == ("reject", HISTORIES)
    place.run(*HISTORIES)
    healthy(place)
    assert history_of(place) == before


def test_27_part_files_that_come_after_unreadable_ones_are_applied(beginnings):
    place = beginnings.empty()
    place.land(part(0), "a;b\n1;2\n")
    place.run(layers=("bronze", "silver"))
    place.land(part(1), titles(range(2)))
    place.run()
    assert rows(place, "SELECT verdict FROM silver.title_verdicts ORDER BY ingested_at") == [
        ("unreadable",),
        ("applied",),
    ]
    assert current(place) == 2
    healthy(place)


def test_a_list_that_names_no_release_stops_nothing_and_is_reported_until_there_is_one(beginnings):
    """Decisions of a bundle go to several workspaces, in some of which a release has not come yet."""
    place = beginnings.after(release_that_is_held)
    (place.lake.root / "release_decisions.json").write_text(json.dumps({MARCH: "reject", FEBRUARY: "accept"}))
    outcome = place.run()
    assert current(place) == 100
    (problem,) = inspect(place.lake).problems
    assert f"a decision (reject) names {MARCH}, which is no release so far." in problem
    assert f"The nearest: {FEBRUARY}, {JANUARY}. Correct it" in problem
    assert problem in problems_after(outcome, place.graph, place.lake)
    place.land(MARCH, titles(range(100)))
    place.run()
    healthy(place)
    assert current(place) == 100


def test_a_list_of_decisions_that_cannot_be_read_is_an_error_that_names_it(beginnings):
    place = beginnings.after(release_that_is_held)
    (place.lake.root / "release_decisions.json").write_text("{")
    with pytest.raises(LakehouseError, match=r"release_decisions\.json can't be read"):
        decisions_are_read(place)


def decisions_are_read(place):
    return place.graph


def test_a_run_that_passes_over_a_held_release_succeeds_and_status_waits_for_a_decision(bare, launch):
    bare.land(JANUARY, titles(range(300)))
    bare.land(FEBRUARY, titles(range(100)))
    run = launch("run", *bare.options)
    assert run.returncode == 0, run.stderr
    lake = f"--lake {bare.lake.root}"
    commands = [f"./lakehouse {word} {FEBRUARY} {lake}" for word in ("accept", "reject")]
    status = launch("status", *bare.options[2:])
    assert status.returncode == 1
    for command in commands:
        assert command in run.stdout
        assert command in status.stdout
    assert launch("reject", FEBRUARY, *bare.options[2:]).returncode == 0
    assert launch("run", *bare.options).returncode == 0
    assert launch("status", *bare.options[2:]).returncode == 0
