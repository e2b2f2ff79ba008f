"""Errors as a user is told of them."""

import grpc
import pytest

from local_runtime.errors import first_line, lacks_memory
from local_runtime.update.scheduler import _failure_message


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        ImportError("_native.abi3.so: failed to map segment from shared object"),
        OSError(12, "Cannot allocate memory"),
        RuntimeError("can't start new thread"),
        RuntimeError('called `Result::unwrap()` on an `Err` value: Os { code: 11, kind: WouldBlock, message: "…" }'),
    ],
)
def test_136_too_little_memory_is_known_by_its_signs(error):
    assert lacks_memory(error)
    assert _failure_message("gold.dim_title", error).startswith("gold.dim_title: there is too little memory.")


def test_other_errors_are_none_of_memory():
    assert not lacks_memory(RuntimeError("no luck"))
    assert _failure_message("gold.dim_title", RuntimeError("no luck")) == "gold.dim_title: RuntimeError: no luck"


@pytest.mark.parametrize(
    "literal", ["36" * 64, "sha2(X'" + "5C" * 64 + "')", 'Binary("' + ",".join(["54"] * 64) + '")', f"{[54] * 64}"]
)
def test_long_literals_of_a_plan_are_not_told(literal):
    """The blocks that a key of an HMAC is padded to: who has one has the key."""
    said = first_line(RuntimeError(f"no nested aggregates: count(concat({literal}, user_id))\nplan: {literal}"))
    assert said.startswith("no nested aggregates: count(concat(")
    assert said.endswith(", user_id))")
    assert "…" in said
    assert not any(part in said for part in ("3636", "5C5C", "54,", "54, 54"))


class Refused(grpc.RpcError):
    """As an engine's server answers: what happened is in the details, and the text begins with something else."""

    def __init__(self, details):
        self._details = details

    def code(self):
        return grpc.StatusCode.INTERNAL

    def details(self):
        return self._details

    def __str__(self):
        return (
            "<_InactiveRpcError of RPC that terminated with:\n\tstatus = StatusCode.INTERNAL\n"
            f'\tdetails = "{self._details}"\n\tdebug_error_string = "UNKNOWN:Error {{grpc_status:13}}"\n>'
        )


@pytest.mark.parametrize("passed_on", [lambda error: error, lambda error: RuntimeError(str(error))])
def test_of_an_error_of_grpc_its_details_are_told(passed_on):
    error = passed_on(Refused('cannot resolve column "n"\nplan: Project'))
    assert first_line(error) == 'cannot resolve column "n"'
    assert first_line(passed_on(Refused(""))) == "the connection to the engine ended (INTERNAL)"
