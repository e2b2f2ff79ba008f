"""Metric views: what both of their forms have in common, and what Databricks demands of version 1.1."""

import pytest
import yaml

pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")

from metrics.views import metric_views, statement_of, views_sql

FOR_PEOPLE = {"display_name", "comment", "synonyms", "format"}


@pytest.fixture(scope="module")
def views(registry):
    return metric_views(registry)


def test_both_forms_differ_in_what_is_for_people_only(views):
    for view in views:
        new, old = view.definition, view.old_form()
        assert (new["version"], old["version"], new["source"]) == ("1.1", "0.1", old["source"])
        assert new.keys() - old.keys() == {"comment"}
        for section in ("dimensions", "measures"):
            stripped = [{key: one[key] for key in one.keys() - FOR_PEOPLE} for one in new[section]]
            assert stripped == old[section]


def test_labels_and_formats_are_what_databricks_takes(views):
    for view in views:
        for one in [*view.definition["dimensions"], *view.definition["measures"]]:
            assert 0 < len(one["display_name"]) <= 255
            assert len(one.get("synonyms", [])) <= 10
            assert one.get("format", {"type": "number"}) in ({"type": "number"}, {"type": "percentage"})
        names = [*view.dimensions(), *view.measures()]
        assert len(names) == len(set(names))


def test_the_statement_holds_the_definition(views):
    for view in views:
        statement = statement_of(view.name, view.definition)
        head, _, rest = statement.partition("$$")
        assert head.split() == f"CREATE OR REPLACE VIEW {view.name} WITH METRICS LANGUAGE YAML AS".split()
        assert yaml.safe_load(rest.removesuffix("$$")) == view.definition
        assert rest.count("$$") == 1


def test_the_sql_of_all_views_names_gold_where_it_is(registry, views):
    text = views_sql(registry, "main.lakehouse_gold")
    assert text.count(
        "CREATE OR REPLACE VIEW `main`.`lakehouse_gold`.`metrics_".replace("`metrics_", "metrics_")
    ) == len(views)
    assert "`main`.`lakehouse_gold`.`fact_playback`" in text
    assert "`gold`" not in text


def test_each_metric_is_in_a_view_unless_it_needs_a_second_aggregate(registry, views):
    there = {name for view in views for name in view.measures()}
    absent = {"title_share", "event_share", "type_hours_share", "subscriber_share", "views", "active_subscribers"}
    assert registry.metrics.keys() - there == absent


def test_a_bridge_has_a_view_of_its_own_with_weighted_hours(views):
    by_name = {view.name: view for view in views}
    assert "genre" not in by_name["metrics_play"].dimensions()
    by_genre = by_name["metrics_play_by_genres"]
    assert {"genre", "viewing_country", "age_band", "month"} <= {*by_genre.dimensions()}
    assert "`weight`" in by_genre.definition["source"]
    assert "`weight`" not in by_name["metrics_play"].definition["source"]
