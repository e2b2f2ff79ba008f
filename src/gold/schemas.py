"""Declared schemas of the star schema, with the primary and foreign keys that BI tools read (NOT ENFORCED RELY)."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TableSchema:
    """Columns as DDL, the primary key, and for each foreign key column the dimension that it points to."""

    columns: str
    primary_key: tuple[str, ...]
    foreign_keys: Mapping[str, str] = field(default_factory=dict)

    def ddl(self, table: str) -> str:
        """The schema of `table` as `dp.materialized_view(schema=…)` takes it."""
        constraints = [f"CONSTRAINT pk_{table} PRIMARY KEY ({', '.join(self.primary_key)}) NOT ENFORCED RELY"]
        constraints += [
            f"CONSTRAINT fk_{table}_{column} FOREIGN KEY ({column}) REFERENCES {dimension} ({column}) NOT ENFORCED RELY"
            for column, dimension in self.foreign_keys.items()
        ]
        return ", ".join([" ".join(self.columns.split()), *constraints])


STAR: Mapping[str, TableSchema] = {
    "dim_date": TableSchema(
        """date_key INT NOT NULL, date DATE, year INT, quarter INT, month INT, month_name STRING, day INT,
        day_of_week INT COMMENT '1 Monday to 7 Sunday', day_name STRING, is_weekend BOOLEAN""",
        primary_key=("date_key",),
    ),
    "dim_title": TableSchema(
        """title_key BIGINT NOT NULL, show_id STRING, title STRING, short_title STRING, type STRING, type_flag INT,
        release_year INT, date_added DATE, rating_key BIGINT NOT NULL, duration_minutes INT, seasons INT,
        content_age_category STRING, description STRING, imdb_id STRING, in_catalogue BOOLEAN""",
        primary_key=("title_key",),
        foreign_keys={"rating_key": "dim_rating"},
    ),
    "dim_genre": TableSchema("genre_key BIGINT NOT NULL, genre STRING", primary_key=("genre_key",)),
    "dim_country": TableSchema(
        "country_key BIGINT NOT NULL, country STRING, iso_code STRING, region STRING", primary_key=("country_key",)
    ),
    "dim_person": TableSchema("person_key BIGINT NOT NULL, person STRING", primary_key=("person_key",)),
    "dim_rating": TableSchema(
        "rating_key BIGINT NOT NULL, rating STRING, audience STRING, minimum_age INT COMMENT 'years'",
        primary_key=("rating_key",),
    ),
    "bridge_title_genre": TableSchema(
        "title_key BIGINT NOT NULL, genre_key BIGINT NOT NULL, weight DECIMAL(18,6)",
        primary_key=("title_key", "genre_key"),
        foreign_keys={"title_key": "dim_title", "genre_key": "dim_genre"},
    ),
    "bridge_title_country": TableSchema(
        "title_key BIGINT NOT NULL, country_key BIGINT NOT NULL, weight DECIMAL(18,6)",
        primary_key=("title_key", "country_key"),
        foreign_keys={"title_key": "dim_title", "country_key": "dim_country"},
    ),
    "bridge_title_person": TableSchema(
        """title_key BIGINT NOT NULL, person_key BIGINT NOT NULL, role STRING NOT NULL, billing_order INT,
        weight DECIMAL(18,6)""",
        primary_key=("title_key", "person_key", "role"),
        foreign_keys={"title_key": "dim_title", "person_key": "dim_person"},
    ),
    "fact_title_addition": TableSchema(
        "title_key BIGINT NOT NULL, date_key INT NOT NULL, rating_key BIGINT NOT NULL",
        primary_key=("title_key",),
        foreign_keys={"title_key": "dim_title", "date_key": "dim_date", "rating_key": "dim_rating"},
    ),
}


def schema(table: str) -> str:
    """The DDL of a table of the star schema."""
    return STAR[table].ddl(table)
