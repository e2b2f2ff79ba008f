from datetime import date

from gold.facts import fact_title_addition
from silver.keys import UNKNOWN_KEY


def test_fact_title_addition_points_to_the_unknown_members_where_a_title_lacks_values(spark):
    titles = spark.createDataFrame(
        [(1, date(2021, 9, 25), "PG"), (2, None, None)], "title_key BIGINT, date_added DATE, rating STRING"
    )
    rows = {row.title_key: row for row in fact_title_addition(titles).collect()}
    assert rows[1].date_key == 20210925
    assert rows[1].rating_key != UNKNOWN_KEY
    assert (rows[2].date_key, rows[2].rating_key) == (UNKNOWN_KEY, UNKNOWN_KEY)
