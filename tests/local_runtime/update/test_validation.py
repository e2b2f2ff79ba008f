"""What is refused before any data is touched."""

import pytest

from local_runtime.errors import LakehouseError


def test_rows_that_are_not_of_the_declared_schema_are_refused(project):
    project.pipeline("gold", """
        @dp.materialized_view(schema="id BIGINT NOT NULL, name STRING, CONSTRAINT pk PRIMARY KEY (id)")
        def declared():
            return spark.range(3)
        """)  # fmt: skip
    with pytest.raises(LakehouseError, match="name is missing, declared string"):
        project.update()


PARENT = """
@dp.materialized_view(schema="k BIGINT NOT NULL{key}")
def parent():
    return spark.range(1).withColumnRenamed("id", "k")

@dp.materialized_view(schema="k BIGINT, CONSTRAINT fk FOREIGN KEY (k) REFERENCES main.gold.parent (k)")
def child():
    return {rows}
"""
KEY = ", CONSTRAINT pk PRIMARY KEY (k)"


@pytest.mark.parametrize(
    ("key", "rows", "said"),
    [
        (KEY, "spark.range(1).withColumnRenamed('id', 'k')", "gold.parent, which it doesn't read"),
        ("", "spark.read.table('parent')", "which declares no primary key"),
    ],
)
def test_a_foreign_key_that_databricks_could_not_make_is_refused(project, key, rows, said):
    """UC_REFERENTIAL_CONSTRAINT_DOES_NOT_EXIST: only reads order the tables of a pipeline."""
    project.pipeline("gold", PARENT.format(key=key, rows=rows))
    with pytest.raises(LakehouseError, match=said):
        project.update()
    assert project.lake.tables() == []


def test_a_foreign_key_whose_parent_is_read_is_fine(project):
    project.pipeline("gold", PARENT.format(key=KEY, rows="spark.read.table('parent')"))
    project.run()
    assert project.rows("gold.child") == [(0,)]
