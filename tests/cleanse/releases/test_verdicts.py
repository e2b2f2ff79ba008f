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


@pytest.mark.costly_on_spark
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


@pytest.mark.costly_on_spark
@pytest.mark.parametrize(
    ("rows", "left_out", "verdict"), [(1000, 300, "applied"), (1000, 301, "held"), (200, 99, "applied")]
)
def test_release_verdicts_left_out(spark, rows, left_out, verdict):
    assert verdicts(spark, release(1, 150), release(2, 150, rows=rows, left_out=left_out)) == ["applied", verdict]


@pytest.mark.costly_on_spark
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
ON_SPARK = {0, 6, 9, 10}


@pytest.mark.parametrize("seeds", [SEEDS, ON_SPARK], ids=["all", "on Spark"])
def test_random_releases_have_every_verdict(seeds):
    """Otherwise the next test would show less than it seems to."""
    found = Counter()
    for releases, decisions in map(random_releases, seeds):
        found.update(Oracle(FEW.closed_percent, FEW.at_least, decisions).verdicts(releases).values())
    assert {verdict for verdict, times in found.items() if times > 2} == VERDICTS


@pytest.mark.parametrize(
    "seed", [pytest.param(n, marks=[] if n in ON_SPARK else [pytest.mark.costly_on_spark]) for n in SEEDS]
)
def test_release_verdicts_oracle(spark, seed):
    releases, decisions = random_releases(seed)
    rows = judged(spark, releases, decisions, FEW)
    found = {path: row["verdict"] for path, row in rows.items()}
    assert found == Oracle(FEW.closed_percent, FEW.at_least, decisions).verdicts(releases)


@pytest.mark.costly_on_spark
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
