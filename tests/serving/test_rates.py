"""How often who may ask: clients with a token, those with wrong ones, and what is remembered of them."""

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

from serving.access.rates import Rates, network_of
from serving.access.tokens import add
from serving.http.guard import Access
from serving.limits import Limits
from serving.problems import Problem
from tests.serving.conftest import client_of
from tests.serving.test_tokens import bearer, guarded


@pytest.fixture
def file(tmp_path):
    return tmp_path / "tokens.json"


def test_a_client_that_asks_too_often_waits_and_others_do_not(service, file):
    first, second = add(file, "first", ["metrics"]), add(file, "second", ["metrics"])
    with guarded(service, file, client_requests_a_minute=3) as client:
        statuses = [client.get("/api/v1/health", headers=bearer(first)).status_code for _ in range(4)]
        answer = client.get("/api/v1/health", headers=bearer(first))
        assert statuses == [200, 200, 200, 429]
        assert (answer.headers["content-type"], answer.json()["type"]) == (
            "application/problem+json",
            "urn:lakehouse:problem:too-many-requests",
        )
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert client.get("/api/v1/health", headers=bearer(second)).status_code == 200
        assert client.get("/api/v1/ready").status_code == 200


def test_all_clients_together_have_a_limit_too():
    rates = Rates(Limits(client_requests_a_minute=2, requests_a_minute=3))
    for client in ("a", "b", "c"):
        rates.count(client)
    with pytest.raises(Problem, match="All clients together"):
        rates.count("d")


def test_wrong_tokens_can_not_be_tried_one_after_another_and_a_valid_one_is_answered_all_the_same(service, file):
    text = add(file, "reader", ["metrics"])
    with guarded(service, file, refusals_a_minute=3) as client:
        statuses = [client.get("/", headers=bearer(f"wrong{number}")).status_code for number in range(5)]
        assert statuses == [401, 401, 401, 429, 429]
        assert client.get("/", headers=bearer(text)).status_code == 200  # behind a proxy, all have its address


def test_what_a_scope_refuses_is_counted_as_a_request(service, file):
    text = add(file, "reader", ["titles"])
    with guarded(service, file, client_requests_a_minute=3) as client:
        statuses = [client.get("/metrics", headers=bearer(text)).status_code for _ in range(4)]
    assert statuses == [403, 403, 403, 429]


def test_addresses_are_forgotten_beyond_a_number_and_those_that_ask_last_are_not():
    rates = Rates(Limits(refusals_a_minute=2), most=100)
    for number in range(300):
        rates.refuse(f"10.0.{number // 250}.{number % 250}")
    rates.refuse("192.0.2.1")
    storage = rates._limiter.storage
    assert len(storage.events) <= 100
    assert len(storage.locks) <= 101
    rates.refuse("192.0.2.1")
    with pytest.raises(Problem, match="too many wrong tokens"):
        rates.refuse("192.0.2.1")


@pytest.mark.parametrize(
    ("address", "counts_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("testclient", "testclient"),
    ],
)
def test_the_addresses_of_one_ipv6_client_count_as_one(address, counts_as):
    assert network_of(address) == counts_as


def test_this_machine_is_not_counted(service):
    with client_of(service, Access(limits=Limits(client_requests_a_minute=1))) as client:
        assert [client.get("/api/v1/health").status_code for _ in range(3)] == [200] * 3
