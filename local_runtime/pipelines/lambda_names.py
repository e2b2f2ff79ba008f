"""Names of the variables of lambdas (`F.transform(items, lambda item: …)`), the same each time code is called.

PySpark numbers them through a process, so that the same code called twice makes two plans. An engine is asked only once
for the schema of a plan (`graph.known_schemas`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count

from pyspark.sql.connect.expressions import UnresolvedNamedLambdaVariable

_numbers: ContextVar[Iterator[int] | None] = ContextVar("lambda_variables", default=None)
_numbered_through = UnresolvedNamedLambdaVariable.fresh_var_name


def _name(name: str) -> str:
    numbers = _numbers.get()
    return _numbered_through(name) if numbers is None else f"{name}{next(numbers)}"


UnresolvedNamedLambdaVariable.fresh_var_name = staticmethod(_name)  # type: ignore[method-assign]


@contextmanager
def numbered_anew() -> Iterator[None]:
    """Numbers lambdas' variables from 0 on, within the outermost of such contexts."""
    if _numbers.get() is not None:
        yield
        return
    token = _numbers.set(count())
    try:
        yield
    finally:
        _numbers.reset(token)
