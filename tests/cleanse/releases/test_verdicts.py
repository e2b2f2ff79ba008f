"""Tests of the verdicts on releases: each rule at its bound, decisions, and random sequences against an oracle."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from cleanse.releases.decisions import ACCEPT, REJECT
from cleanse.releases.verdicts import Limits, release_verdicts
from tests.cleanse.releases.verdict_oracle import Oracle, Release, day

LIMITS = Limits(closed_percent=15)
VERDICTS = {"applied", "held", "late", "rejected", "unreadable"}
# For random releases, of which each engine has to judge many.
FEW = Limits(closed_percent=15, at_least=10)
SCHEMA = (
    "_release STRING, release STRING, released_at TIMESTAMP, ingested_at TIMESTAMP, sort_key STRING, rows BIGINT, "
    "left_out BIGINT, members BIGINT, has_identity BOOLEAN, in_future BOOLEAN, unknown ARRAY<BIGINT>"
)


def judged(spark, releases, decisions=None, limits=LIMITS):
    """The rows of the verdicts, by the releases' paths."""
    rows = [
        (
            *(one.first_parts or one.path, one.path, one.released_at, one.ingested_at, one.path),
            *(one.rows, one.left_out, len(one.members), one.has_identity, one.in_future, list(one.unknown)),
        )
        for one in releases
    ]
    members = [(one.path, hash(member)) for one in releases for member in one.members]
    frame = release_verdicts(
        spark.createDataFrame(rows, SCHEMA),
        spark.createDataFrame(members, "release STRING, key BIGINT"),
        limits,
        decisions or {},
    )
    return {row["release"]: row for row in frame.collect()}


def release(number, members, **more):
    """The release of a day, ingested on that day, with the members 0 to `members` or those of a range."""
    names = range(members) if isinstance(members, int) else members
    people = frozenset(f"m{name}" for name in names)
    values = {"rows": len(people), "unknown": (0, 0, 0), **more}
    return Release(f"titles/{number:03}.csv", day(number), day(number), people, **values)


def verdicts(spark, *releases, **more):
    return [row["verdict"] for _, row in sorted(judged(spark, releases, **more).items())]


def test_release_verdicts_first_is_applied_whatever_it_holds(spark):
    assert verdicts(spark, release(1, 200, left_out=199, in_future=True)) == ["applied"]


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (1000, 850, "applied"),  # 15 %
        (1000, 849, "held"),
        (600, 501, "applied"),  # 16.5 %, and 99 only
        (600, 500, "held"),
        (600, range(600, 1200), "held"),  # another product
    ],
)
def test_release_verdicts_closes(spark, before, after, verdict):
    assert verdicts(spark, release(1, before), release(2, after)) == ["applied", verdict]


@pytest.mark.parametrize(
    ("rows", "left_out", "verdict"), [(1000, 300, "applied"), (1000, 301, "held"), (200, 99, "applied")]
)
def test_release_verdicts_left_out(spark, rows, left_out, verdict):
    assert verdicts(spark, release(1, 150), release(2, 150, rows=rows, left_out=left_out)) == ["applied", verdict]


@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [
        ((100, 100, 0), (19, 19, 0), "held"),
        ((100, 100, 0), (20, 19, 0), "applied"),  # one of them has a fifth
        ((49, 100, 0), (0, 0, 0), "applied"),  # one had less than 5 %
        ((501, 100, 0), (0, 0, 0), "applied"),  # one had more than half
        ((500, 50, 0), (0, 0, 0), "held"),
        ((100, 100, 0), (None, 0, 0), "applied"),  # one is not in the release
    ],
)
def test_release_verdicts_gaps_filled(spark, before, now, verdict):
    assert verdicts(spark, release(1, 1000, unknown=before), release(2, 1000, unknown=now)) == ["applied", verdict]


def test_release_verdicts_identity_and_future(spark):
    assert verdicts(
        spark, release(1, 5), release(2, 5, has_identity=False), release(3, 5, in_future=True), release(4, 5)
    ) == ["applied", "held", "held", "applied"]


def test_release_verdicts_compares_with_the_release_before_a_held_one(spark):
    releases = [release(1, 1000), release(2, 100), release(3, 990)]
    rows = judged(spark, releases)
    assert [rows[one.path]["verdict"] for one in releases] == ["applied", "held", "applied"]
    assert rows["titles/003.csv"]["compared_with"] == "titles/001.csv"
    assert (rows["titles/002.csv"]["closes"], rows["titles/003.csv"]["closes"]) == (900, 10)
    assert rows["titles/002.csv"]["reason"] == "closes too many"


def test_release_verdicts_late(spark):
    late = replace(release(2, 1000), ingested_at=day(9))
    assert verdicts(spark, release(1, 1000), late, release(3, 1000)) == ["applied", "late", "applied"]
    # What was held makes nothing late.
    assert verdicts(spark, release(1, 1000), late, release(3, 10)) == ["applied", "applied", "held"]


def test_release_verdicts_decisions(spark):
    releases = [release(1, 1000), release(2, 10), release(3, 1000), release(4, 0)]
    names = [one.path for one in releases]
    assert verdicts(spark, *releases, decisions={names[1]: ACCEPT}) == ["applied", "applied", "applied", "unreadable"]
    assert verdicts(spark, *releases, decisions={names[2]: REJECT}) == ["applied", "held", "rejected", "unreadable"]
    # A release without a valid row can't be accepted.
    assert verdicts(spark, *releases, decisions={names[3]: ACCEPT})[3] == "unreadable"


def test_release_verdicts_decision_about_late_parts_outlives_a_full_refresh_which_joins_them(spark):
    whole = release(1, 10)
    stale = {f"{whole.path} of 2026-11-29 10:00:00": REJECT}
    assert verdicts(spark, whole, decisions=stale) == ["applied"]
    other = "titles/x.csv of 2026-11-29 10:00:00"
    assert judged(spark, [whole], {other: REJECT})[other]["verdict"] == "missing"


def test_release_verdicts_decision_that_names_no_release_is_listed_and_stops_nothing(spark):
    """A release may not have come yet: decisions are deployed to several workspaces."""
    first, named = release(1, 5), {"titles/002.csv": REJECT, "titles/003.csv": ACCEPT}
    rows = judged(spark, [first], named)
    assert {path: row["verdict"] for path, row in rows.items()} == {
        first.path: "applied",
        **dict.fromkeys(named, "missing"),
    }
    missing = rows["titles/002.csv"].asDict()
    assert {name: value for name, value in missing.items() if value is not None} == {
        "_release": "titles/002.csv",
        "release": "titles/002.csv",
        "verdict": "missing",
        "decision": REJECT,
    }
    assert {row["verdict"] for row in judged(spark, [], named).values()} == {"missing"}
    assert verdicts(spark, first, release(2, 5), release(3, 1), decisions=named) == ["applied", "rejected", "applied"]


def test_release_verdicts_decision_names_the_folder_of_part_files(spark):
    part = replace(release(2, 10), path="titles/netflix_2021-09-25/x")
    assert (
        judged(spark, [release(1, 1000), part], {"titles/netflix_2021-09-25": ACCEPT})[part.path]["verdict"]
        == "applied"
    )


def test_release_verdicts_decision_about_a_folders_part_files_is_not_about_other_files_in_it(spark):
    first, parts = release(1, 1000), replace(release(2, 10), path="titles/day")
    other = replace(release(3, 10), path="titles/day/x.csv")
    rows = judged(spark, [first, parts, other], {parts.path: REJECT})
    assert (rows[parts.path]["verdict"], rows[other.path]["verdict"]) == ("rejected", "held")


def test_27_part_files_that_come_late_are_late_and_change_nothing(spark):
    """Their date is that of the first parts, and their titles are others."""
    first = release(1, 50)
    late = replace(
        release(1, range(50, 100)), path=f"{first.path} of later", ingested_at=day(2), first_parts=first.path
    )
    rows = judged(spark, [first, late, release(3, 50)])
    assert [rows[path]["verdict"] for path in sorted(rows)] == ["applied", "late", "applied"]
    assert rows["titles/003.csv"]["compared_with"] == first.path
    assert rows[late.path]["reason"] == "late part files"
    assert judged(spark, [first, late], {late.path: REJECT})[late.path]["verdict"] == "rejected"


def test_27_part_files_that_come_after_unreadable_ones_are_not_late(spark):
    """Those changed nothing, and stay as they are."""
    first = release(1, 0, rows=5, left_out=5)
    second, third = (
        replace(release(1, 50), path=f"{first.path} of {number}", ingested_at=day(number), first_parts=first.path)
        for number in (2, 3)
    )
    rows = judged(spark, [first, second, third])
    assert [rows[path]["verdict"] for path in sorted(rows)] == ["unreadable", "applied", "late"]


def test_27_accepted_part_files_give_their_release_another_version_that_is_no_later_one(spark):
    """History, which has the release without them, has to be made again; the next release comes after both."""
    late = [f"titles/001.csv of 2021-11-0{number} 10:00:00" for number in (1, 2)]
    releases = [release(1, 5), replace(release(1, 5), path="titles/001b.csv"), release(2, 5)]
    versions = [
        [judged(spark, releases, dict.fromkeys(late[:count], ACCEPT))[it.path]["version"] for it in releases]
        for count in range(3)
    ]
    (first, *_), (one_more, *_), (both, *_) = versions
    assert first < one_more < both
    assert {it.replace(microsecond=it.microsecond // 1000 * 1000) for it in (first, one_more, both)} == {first}
    assert len({tuple(others) for _, *others in versions}) == 1


def test_release_verdicts_of_more_releases_of_one_second_than_history_can_tell_apart(spark):
    """They would have the versions of other releases."""
    paths = [f"titles/{number:04}.csv" for number in range(1001)]
    releases = [replace(release(1, 1), path=path) for path in paths]
    next_second = replace(release(1, 1), released_at=day(1).replace(second=1), path="titles/x.csv")
    rows = judged(spark, [*releases, next_second], {paths[1000]: ACCEPT})
    assert [rows[path]["verdict"] for path in paths] == ["applied"] * 999 + ["held"] * 2
    assert rows[paths[999]]["reason"].startswith("more than 999 releases of one second")
    applied = [row["version"] for _, row in sorted(rows.items()) if row["verdict"] == "applied"]
    assert applied == sorted({*applied})
    assert len(applied) == 1000


def test_release_verdicts_versions_rise_with_dates_and_stay(spark):
    first = [release(1, 5), release(2, 5)]
    second = [replace(release(2, 5), path="titles/002b.csv", ingested_at=day(8)), release(3, 5)]
    before, after = judged(spark, first), judged(spark, [*first, *second])
    assert all(after[path]["version"] == row["version"] for path, row in before.items())
    assert [row["version"] for _, row in sorted(after.items())] == sorted({row["version"] for row in after.values()})


def test_release_verdicts_of_one_date_are_in_the_order_of_their_arrival(spark):
    """A name that comes first doesn't make a release late, or put it before one that history has."""
    first = replace(release(2, 5), path="titles/b_2.csv")
    second = replace(release(2, 4), path="titles/a_2.csv", ingested_at=day(8))
    rows = judged(spark, [first, second])
    assert [rows[one.path]["verdict"] for one in (first, second)] == ["applied", "applied"]
    assert rows[first.path]["version"] < rows[second.path]["version"]
    assert rows[first.path]["release_order"] < rows[second.path]["release_order"]


def settled(row):
    """What later releases don't change: all but the release's position among them."""
    return {name: value for name, value in row.asDict().items() if name != "release_order"}


def random_releases(seed):
    """A feed's releases: people come and go, some releases are cut, filled, of the future, late or late part files."""
    rng = random.Random(seed)
    people, releases = set(range(60)), []
    for number in range(rng.randint(2, 14)):
        new = {rng.randrange(10**6) for _ in range(rng.randint(0, 3))}
        people = {one for one in people if rng.random() > 0.03} | new
        some = set(rng.sample(sorted(people), rng.randint(0, len(people))))
        chosen = rng.choice([people] * 6 + [some] * 2 + [set()])
        rows = len(chosen) + rng.choice([0, 0, 12, 90])
        unknown = tuple(rng.choice([None, 0, rows // 50, rows // 10, rows // 2, rows]) for _ in range(3))
        release = Release(
            path=f"titles/{number:02}.csv",
            released_at=day(rng.randint(0, 20) if rng.random() < 0.3 else number),
            ingested_at=day(rng.choice([30, 31, 30 + number])),
            members=frozenset(map(str, chosen)),
            rows=rows,
            left_out=rows - len(chosen),
            unknown=unknown,
            has_identity=rng.random() > 0.1,
            in_future=rng.random() < 0.1,
        )
        releases.append(release)
        if rng.random() < 0.1:
            later = replace(release, path=f"{release.path} of later", ingested_at=day(60), first_parts=release.path)
            releases.append(later)
    named = rng.sample(releases, min(len(releases), rng.choice([0, 0, 1, 3])))
    return releases, {one.path: rng.choice([ACCEPT, REJECT]) for one in named}


SEEDS = range(16)


def test_random_releases_have_every_verdict():
    """Otherwise the next test would show less than it seems to."""
    found = Counter()
    for releases, decisions in map(random_releases, SEEDS):
        found.update(Oracle(FEW.closed_percent, FEW.at_least, decisions).verdicts(releases).values())
    assert {verdict for verdict, times in found.items() if times > 2} == VERDICTS


@pytest.mark.parametrize("seed", SEEDS)
def test_release_verdicts_oracle(spark, seed):
    releases, decisions = random_releases(seed)
    rows = judged(spark, releases, decisions, FEW)
    found = {path: row["verdict"] for path, row in rows.items()}
    assert found == Oracle(FEW.closed_percent, FEW.at_least, decisions).verdicts(releases)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_release_verdicts_of_one_update_after_the_other_are_those_of_all_at_once(spark, seed):
    """What has arrived has its verdicts and versions, whatever comes later, unless somebody decides otherwise."""
    releases, decisions = random_releases(seed)
    rng = random.Random(seed)
    rng.shuffle(releases)
    arrivals = [replace(one, ingested_at=day(100 + number // 2)) for number, one in enumerate(releases)]
    complete = judged(spark, arrivals, decisions, FEW)
    for known in sorted({rng.randint(1, len(arrivals) // 2) for _ in range(3)}):
        arrived = arrivals[: 2 * known]
        rng.shuffle(arrived)
        in_some_order = rng.sample(sorted(decisions.items()), len(decisions))
        decided = {path: decision for path, decision in in_some_order if path in {one.path for one in arrived}}
        found = judged(spark, arrived, decided, FEW)
        assert {path: settled(row) for path, row in found.items()} == {path: settled(complete[path]) for path in found}
