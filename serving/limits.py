"""What one process gives to its readers at most."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of requests and answers; times in seconds, sizes in bytes.

    `waiting` are statements that wait for one of the `running` ones, which two busy cores answer fastest.
    """

    json_rows: int = 10_000
    stream_rows: int = 1_000_000
    request_bytes: int = 64 * 1024
    parameters: int = 1000
    request_seconds: float = 10.0
    statement_seconds: float = 10.0
    running: int = 2
    waiting: int = 50
    waiting_seconds: float = 20.0
    retry_after: int = 2
    cached_bytes: int = 64 * 1024 * 1024
    cached_answer_bytes: int = 2 * 1024 * 1024
    smallest_group: int = 5
    client_requests_a_minute: int = 600
    requests_a_minute: int = 6_000
    refusals_a_minute: int = 30
