"""Tests of the verdicts on releases: each rule at its bound, decisions, and random sequences against an oracle."""

import random
from dataclasses import replace

import pytest

from cleanse.releases.verdicts import ACCEPT, REJECT, Limits, release_verdicts
from tests.cleanse.releases.verdict_oracle import Oracle, Release, day

LIMITS = Limits(closed_percent=15)
SCHEMA = (
    "release STRING, released_at TIMESTAMP, ingested_at TIMESTAMP, sort_key STRING, rows BIGINT, left_out BIGINT, "
    "members BIGINT, has_identity BOOLEAN, in_future BOOLEAN, unknown ARRAY<BIGINT>"
)


def judged(spark, releases, decisions=None, limits=LIMITS):
    """The rows of the verdicts, by the releases' paths."""
    rows = [
        (
            *(one.path, one.released_at, one.ingested_at, one.path, one.rows, one.left_out, len(one.members)),
            *(one.has_identity, one.in_future, list(one.unknown)),
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


def test_release_verdicts_decision_names_the_folder_of_part_files(spark):
    part = replace(release(2, 10), path="titles/netflix_2021-09-25/x")
    assert (
        judged(spark, [release(1, 1000), part], {"titles/netflix_2021-09-25": ACCEPT})[part.path]["verdict"]
        == "applied"
    )


def test_release_verdicts_versions_rise_with_dates_and_stay(spark):
    first = [release(1, 5), release(2, 5)]
    second = [replace(release(2, 5), path="titles/002b.csv", ingested_at=day(8)), release(3, 5)]
    before, after = judged(spark, first), judged(spark, [*first, *second])
    assert all(after[path]["version"] == row["version"] for path, row in before.items())
    assert [row["version"] for _, row in sorted(after.items())] == sorted({row["version"] for row in after.values()})


def random_releases(seed):
    """A feed's releases: people come and go, some releases are cut, filled, late or in parts."""
    rng = random.Random(seed)
    people, releases = set(range(600)), []
    for number in range(rng.randint(2, 14)):
        people = {one for one in people if rng.random() > 0.03} | {
            rng.randrange(10**6) for _ in range(rng.randint(0, 25))
        }
        chosen = rng.choice([people, people, people, set(rng.sample(sorted(people), rng.randint(0, len(people))))])
        rows = len(chosen) + rng.choice([0, 0, 120, 900])
        unknown = tuple(rng.choice([None, 0, rows // 50, rows // 10, rows // 2, rows]) for _ in range(3))
        at = day(rng.randint(0, 20) if rng.random() < 0.3 else number)
        arrived = day(rng.choice([30, 31, 30 + number]))
        releases.append(
            Release(
                *(
                    f"titles/{number:02}.csv",
                    at,
                    arrived,
                    frozenset(map(str, chosen)),
                    rows,
                    rows - len(chosen),
                    unknown,
                ),
                *(rng.random() > 0.1, rng.random() < 0.1),
            )
        )
    named = rng.sample(releases, min(len(releases), rng.choice([0, 0, 1, 3])))
    return releases, {one.path: rng.choice([ACCEPT, REJECT]) for one in named}


@pytest.mark.parametrize("seed", range(12))
def test_release_verdicts_oracle(spark, seed):
    releases, decisions = random_releases(seed)
    rows = judged(spark, releases, decisions)
    assert {path: row["verdict"] for path, row in rows.items()} == Oracle(15, decisions).verdicts(releases)


def test_release_verdicts_of_what_came_before_stay(spark):
    """What has arrived by a day has the same verdicts on every later day, unless somebody decides otherwise."""
    releases, _ = random_releases(99)
    complete = judged(spark, releases)
    for arrived in sorted({one.ingested_at for one in releases}):
        known = judged(spark, [one for one in releases if one.ingested_at <= arrived])
        assert {path: row["verdict"] for path, row in known.items()} == {
            path: complete[path]["verdict"] for path in known
        }
