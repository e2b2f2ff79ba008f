"""Reformatted and damaged copies of a snapshot give the same subscribers, or the reason why not."""

import gzip

from tests.end_to_end.test_subscribers import HEADER
from tests.helpers.truth import rows

PEOPLE = (
    "1,Basic,10,15-01-2022,10-06-2023,United States,28,Male,Smartphone,1 Month",
    "2,Premium,15,05-09-2021,22-06-2023,Côte d'Ivoire,35,Female,Tablet,1 Month",
    "3,Standard,12,28-02-2023,27-06-2023,Spain,42,Male,Laptop,1 Month",
)


def reordered(line):
    cells = line.split(",")
    return ",".join([*cells[5:], *cells[:5]])


def text(*lines, end="\n"):
    return end.join([*lines, ""])


GOOD = text(HEADER, *PEOPLE)
COPIES = {
    "in UTF-8 with a byte order mark": b"\xef\xbb\xbf" + GOOD.encode(),
    "in Windows-1252": GOOD.encode("cp1252"),
    "with CRLF": text(HEADER, *PEOPLE, end="\r\n").encode(),
    "with other names": GOOD.replace(HEADER, HEADER.replace(" ", "_").upper()).encode(),
    "with synonyms": GOOD.replace("Subscription Type", "Plan").replace("User ID", "customer id").encode(),
    "in another order": text(*map(reordered, (HEADER, *PEOPLE))).encode(),
    "with an index column": text(f",{HEADER}", *[f"{place},{line}" for place, line in enumerate(PEOPLE)]).encode(),
    "with more columns": text(f"{HEADER},Notes,x", *[f"{line},a,b" for line in PEOPLE]).encode(),
    "with blank lines": text(HEADER, "", PEOPLE[0], "", *PEOPLE[1:], "", "").encode(),
    "quoted": text(*['"' + line.replace(",", '","') + '"' for line in (HEADER, *PEOPLE)]).encode(),
    "with ISO dates": GOOD.replace("15-01-2022", "2022-01-15").replace("28-02-2023", "2023-02-28").encode(),
    "with broken lines": text(HEADER, "4,Basic", *PEOPLE, '5,"Basic,10').encode(),
    "with bad rows": text(HEADER, *PEOPLE, ",Basic,-1,15-01-2022,,,,,,", ",Basic,1,15-01-2022,,,,,,").encode(),
    "with a row twice": text(HEADER, *PEOPLE, PEOPLE[0]).encode(),
}


def land(place, content, name="users_2023-08-01.csv"):
    (place.landing / "subscribers").mkdir(exist_ok=True)
    (place.landing / "subscribers" / name).write_bytes(content)


def test_every_copy_gives_the_same_people(place):
    """Each copy is a snapshot: any difference would start a version, end a subscription or change a date."""
    for day, (kind, content) in enumerate(COPIES.items(), start=1):
        land(place, content, f"2023-08-{day:02} {kind}.csv")
    place.run(layers=("bronze", "silver"))
    releases = rows(place, "SELECT file_name, valid_rows, is_applied FROM silver.subscriber_releases")
    assert sorted(releases) == [(f"2023-08-{day:02} {kind}.csv", 3, True) for day, kind in enumerate(COPIES, start=1)]
    columns = (
        "plan, country, age, monthly_revenue::INT, join_date::TEXT, last_payment_date::TEXT, device_type, __END_AT"
    )
    assert rows(place, f"SELECT {columns} FROM silver.subscribers ORDER BY plan") == [
        ("Basic", "United States", 28, 10, "2022-01-15", "2023-06-10", "smartphone", None),
        ("Premium", "Ivory Coast", 35, 15, "2021-09-05", "2023-06-22", "tablet", None),
        ("Standard", "Spain", 42, 12, "2023-02-28", "2023-06-27", "laptop", None),
    ]
    ((landed,),) = rows(place, "SELECT count(*) FROM bronze.subscribers")
    ((quarantined,),) = rows(place, "SELECT count(*) FROM silver.subscribers_quarantine")
    assert landed == 3 * len(COPIES) + quarantined


def test_what_cannot_be_read_is_rejected_and_costs_no_other_file(place):
    land(place, GOOD.encode())
    land(place, GOOD.encode("utf-16"), "b.csv")
    land(place, gzip.compress(GOOD.encode())[:-10], "c.csv.gz")
    land(place, b"", "d.csv")
    land(place, text(HEADER).encode(), "e.csv")
    outcome = place.run(layers=("bronze", "silver"))
    (rejected,) = [it.rejected for it in outcome.results if it.dataset == "bronze.subscribers"]
    assert {name: record.reason for name, record in rejected.items()} == {
        "b.csv": "encoding",
        "c.csv.gz": "corrupt_gzip",
    }
    assert rows(place, "SELECT count(*) FROM silver.subscribers") == [(3,)]


def test_a_snapshot_that_repeats_makes_no_version_and_one_in_which_nobody_is_valid_closes_nobody(place):
    land(place, GOOD.encode())
    place.run(layers=("bronze", "silver"))
    land(place, GOOD.encode(), "users_2023-09-01.csv")
    land(place, text(HEADER, ",Basic,10,15-01-2022,,,,,,").encode(), "users_2023-10-01.csv")
    place.run(layers=("bronze", "silver"))
    assert rows(place, "SELECT count(*), count(__END_AT) FROM silver.subscribers") == [(3, 0)]
    told = "SELECT problem FROM silver.subscriber_releases WHERE NOT is_applied"
    ((problem,),) = rows(place, told)
    assert "was not applied: its only row is not valid" in problem


def test_a_file_with_semicolons_is_not_applied_and_says_why(place):
    land(place, GOOD.replace(",", ";").encode())
    place.run(layers=("bronze", "silver"))
    assert rows(place, "SELECT count(*) FROM silver.subscribers") == [(0,)]
    ((problem,),) = rows(place, "SELECT problem FROM silver.subscriber_releases")
    assert "It looks separated by ';': save it with commas." in problem
