import pytest

# Before anything imports them: assertions that fail in modules of helpers say what differs, too.
pytest.register_assert_rewrite("tests.helpers", "tests.project", "tests.end_to_end.truth")
