import pytest

# Before anything imports them: a failed assertion in a helper shows the values that differ, as one in a test does.
pytest.register_assert_rewrite("tests.helpers")
