import pytest

from common.specifications import ColumnSpec, TableSpec

KEY = ColumnSpec("thing_key", "BIGINT", "key of the thing's owner")
PLAIN = {"name": "fact_thing", "comment": "One row per thing.", "columns": (KEY, ColumnSpec("day", "DATE"))}


def test_a_declaration_has_the_name_the_comment_and_the_schema():
    assert TableSpec(**PLAIN).declaration() == {
        "name": "fact_thing",
        "comment": "One row per thing.",
        "schema": "thing_key BIGINT COMMENT 'key of the thing''s owner', day DATE",
    }


def test_a_declaration_has_the_layout_that_is_specified():
    table = TableSpec(**PLAIN, partition_cols=("day",), cluster_by=("thing_key",))
    layout = {"partition_cols": ["day"], "cluster_by": ["thing_key"]}
    assert table.declaration().items() >= layout.items()


def test_a_declaration_with_foreign_keys_says_where_their_parents_are():
    table = TableSpec(**PLAIN, primary_key=("thing_key",), foreign_keys={"thing_key": "dim_thing"})
    assert table.declaration("main.gold")["schema"] == (
        "thing_key BIGINT NOT NULL COMMENT 'key of the thing''s owner', day DATE, "
        "CONSTRAINT pk_fact_thing PRIMARY KEY (thing_key) NOT ENFORCED RELY, "
        "CONSTRAINT fk_fact_thing_thing_key FOREIGN KEY (thing_key) "
        "REFERENCES main.gold.dim_thing (thing_key) NOT ENFORCED RELY"
    )
    with pytest.raises(ValueError, match="fact_thing has foreign keys"):
        table.declaration()
