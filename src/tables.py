"""The former names of specifications, for bronze until it uses the new ones."""

from common.specifications import ColumnSpec as Column
from common.specifications import TableSpec as Table

__all__ = ["Column", "Table"]
