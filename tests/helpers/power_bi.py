"""What the Power BI model takes for granted of gold's rows, as queries that find exceptions."""

from local_runtime.inspection.query import run_query

EXCEPTIONS = {
    "months whose plan or country isn't that of their subscriber's version": """
        SELECT m.subscriber_id FROM gold.fact_subscription_month AS m
        JOIN gold.dim_subscriber AS s USING (subscriber_key)
        WHERE m.plan_key <> s.plan_key OR m.country_key <> s.country_key""",
    "plans of one name but for case": "SELECT lower(plan) FROM gold.dim_plan GROUP BY 1 HAVING count(*) > 1",
    "countries of one name but for case": "SELECT lower(country) FROM gold.dim_country GROUP BY 1 HAVING count(*) > 1",
    "groups of plans and countries that aren't there": """
        SELECT plan FROM gold.kpi_subscribers
        WHERE plan NOT IN (SELECT plan FROM gold.dim_plan) OR country NOT IN (SELECT country FROM gold.dim_country)""",
    "subscribers without an age band or gender": """
        SELECT subscriber_key FROM gold.dim_subscriber WHERE age_band IS NULL OR gender IS NULL""",
    "titles whose weights don't add up to 1": """
        SELECT title_key, weights FROM gold.dim_title LEFT JOIN (
            SELECT title_key, sum(weight) AS weights FROM gold.bridge_title_genre GROUP BY 1
            UNION ALL SELECT title_key, sum(weight) FROM gold.bridge_title_country GROUP BY 1
            UNION ALL SELECT title_key, sum(weight) FROM gold.bridge_title_person WHERE role = 'cast' GROUP BY 1
            UNION ALL SELECT title_key, sum(weight) FROM gold.bridge_title_person WHERE role = 'director' GROUP BY 1
        ) USING (title_key)
        WHERE weights IS DISTINCT FROM 1""",
}


def check_what_power_bi_takes_for_granted(lake):
    """None of the exceptions is there."""
    found = {what: run_query(lake, sql).fetchall() for what, sql in EXCEPTIONS.items()}
    assert {what: rows[:3] for what, rows in found.items() if rows} == {}
