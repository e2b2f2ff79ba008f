"""What spreadsheet programs take differently: texts that they would compute, and numbers that they would round."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

FORMULA = r"^([=+\-@\t\r])"
"""How a text begins that a spreadsheet computes."""


def without_formulas(table: "pa.Table") -> "pa.Table":
    """The table whose texts no spreadsheet takes for formulas: they have an apostrophe before them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for at, field in enumerate(table.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            texts = pc.replace_substring_regex(table.column(at), FORMULA, r"'\1")
            table = table.set_column(at, field, texts)
    return table
