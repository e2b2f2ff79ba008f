"""One thing is one member from landing to KPIs, however the feeds spell it."""

from tests.end_to_end.conftest import TITLES_HEADER
from tests.end_to_end.test_playback import T, event, land
from tests.end_to_end.test_subscribers import snapshot
from tests.helpers.truth import rows

PERSON = "{},{},10,2023-01-31,2023-03-05,{},30,{},{},1 Month"
BEFORE = [("Basic", "United States", "Male", "Smart TV"), ("Basic", "South Korea", "Female", "Laptop")]
AFTER = [("BASIC", "USA", "M", "smart-tv"), ("BASIC", "south korea", "woman", "Laptop")]
SUBSCRIBER_KPIS = {
    "kpi_subscribers": "upper(plan), country, age_band, gender IN ('Male', 'M'), subscribers, monthly_revenue",
    "kpi_plan_device": "replace(device, '-', ' '), upper(plan), subscribers, share",
    "kpi_monthly_revenue": "* REPLACE (upper(plan) AS plan)",
    "kpi_cohort_retention": "*",
}
COUNTRIES = "SELECT country, iso_code FROM gold.dim_country WHERE country_key <> -1 ORDER BY 1"


def people(spellings):
    return [PERSON.format(number, *spelling) for number, spelling in enumerate(spellings * 2)]


def table(place, kpi):
    """A KPI's rows without the spellings of their labels."""
    return rows(place, f"SELECT {SUBSCRIBER_KPIS[kpi]} FROM gold.{kpi} ORDER BY ALL")


def test_another_spelling_starts_no_version_and_changes_nothing_but_labels(place):
    snapshot(place, "users_2023-03-10.csv", *people(BEFORE))
    place.run()
    kpis = {kpi: table(place, kpi) for kpi in SUBSCRIBER_KPIS}
    assert all(kpis.values())
    snapshot(place, "users_2023-03-20.csv", *people(AFTER))
    place.run()
    assert rows(place, "SELECT count(*), count(__END_AT) FROM silver.subscribers") == [(4, 0)]
    assert rows(place, "SELECT DISTINCT plan, device_type FROM silver.subscribers ORDER BY 2") == [
        *(("BASIC", "laptop"), ("BASIC", "smart-tv")),
    ]
    assert {kpi: table(place, kpi) for kpi in kpis} == kpis
    labels = "SELECT DISTINCT plan, gender FROM gold.kpi_subscribers ORDER BY 2"
    assert rows(place, labels) == [("BASIC", "M"), ("BASIC", "woman")]
    snapshot(place, "users_2023-03-21.csv", *people([("Basic+", *AFTER[0][1:]), AFTER[1]]))
    place.run()
    assert rows(place, "SELECT count(*), count(__END_AT) FROM silver.subscribers") == [(6, 2)]
    assert rows(place, "SELECT plan FROM gold.dim_plan ORDER BY 1") == [("BASIC",), ("Basic+",), ("Unknown",)]


def test_titles_subscribers_and_events_share_a_country_and_a_device_by_whatever_name(place):
    made_in = ['"USA, United States, UK"', '"U.S., England"', "Türkiye", "Soviet Union"]
    title = 's{},Movie,Title {},,,{},"September 1, 2020",2019,PG,90 min,Dramas,x\n'
    place.land("titles/a.csv", TITLES_HEADER + "".join(title.format(n, n, it) for n, it in enumerate(made_in)))
    subscribers = [("Basic", country, "M", "Smart TV") for country in ("GB", "US", "UK")]
    snapshot(place, "users_2023-03-10.csv", *people(subscribers))
    where = [("UK", "smart_tv"), ("us-CA", "SmartTV"), ("TR", "smart-tv")]
    events = [event(T + n, "PLAY_START", country=it, device_type=device) for n, (it, device) in enumerate(where)]
    land(place, "a.json", *events)
    place.run()
    assert rows(place, COUNTRIES) == [
        *(("Soviet Union", None), ("Turkey", "TR"), ("United Kingdom", "GB"), ("United States", "US")),
    ]
    assert rows(place, "SELECT country, titles FROM gold.kpi_country ORDER BY 1") == [
        *(("Soviet Union", 1), ("Turkey", 1), ("United Kingdom", 2), ("United States", 2)),
    ]
    lived_in = "SELECT country, sum(subscribers)::INT FROM gold.kpi_subscribers GROUP BY 1 ORDER BY 1"
    assert rows(place, lived_in) == [("United Kingdom", 4), ("United States", 2)]
    watched_in = "SELECT country, events FROM gold.kpi_viewing_by_country ORDER BY 1"
    assert rows(place, watched_in) == [("Turkey", 1), ("United Kingdom", 1), ("United States", 1)]
    assert rows(place, "SELECT device, plays, events FROM gold.kpi_device") == [("smart tv", 1, 3)]
    assert rows(place, "SELECT device FROM gold.dim_device ORDER BY 1") == [("Unknown",), ("smart tv",)]
