"""What a user is told when something can't be done."""


class LakehouseError(Exception):
    """A clear message for the user: what is wrong, where, and what to do. Shown without a traceback."""


class UsageError(LakehouseError):
    """Wrong arguments of a command."""


class UnsupportedError(LakehouseError):
    """Asked for something that Databricks offers and the local runtime does not."""


class RuleError(LakehouseError):
    """An expectation that can't be evaluated."""


class ExpectationFailed(LakehouseError):
    """Rows that fail an `expect_or_fail` rule; nothing of their update was written."""


class CorruptTableError(LakehouseError):
    """A table whose Delta log can't be trusted."""


def first_line(error: BaseException) -> str:
    """What an engine's error says first; the rest is its plan."""
    return next(iter(str(error).strip().splitlines()), "")
