"""The SQL by which DuckDB makes a day's events of the sample: what a session is meant to be, and the lines of it.

In it $seed, $day, … stand for numbers.
"""

from sample.countries import CODE_OF_PERSON

MAX_LATE = 5  # days
HOURS = (2, 1, 1, 1, 1, 1, 2, 3, 3, 3, 3, 4, 5, 5, 4, 4, 5, 7, 10, 14, 16, 14, 8, 4)  # a day's sessions by hour
VIEWER_DEVICES = {"IN": "['mobile','mobile','mobile','tv','web']", "": "['tv','tv','tv','mobile','tablet','web']"}

_HOURS = "[" + ",".join(str(hour) for hour, weight in enumerate(HOURS) for _ in range(weight)) + "]"


def _random(name: str) -> str:
    """SQL: 0 to 1, another for each session (column j) and name; the same for the same seed and day."""
    return f"(hash($seed, $day, j, '{name}') % 1000003 / 1000003.0)"


# One row per session: what it is meant to be. Every fourth may begin a binge: the next three go on with its show.
SESSIONS = f"""CREATE TEMP TABLE sessions AS
WITH numbered AS (
    SELECT range AS own, CASE WHEN hash($seed, $day, range - range % 4, 'binge') % 7 = 0 THEN range - range % 4
        ELSE range END AS j
    FROM range($count)),
meant AS (
    SELECT own, j, own - j AS episode, (SELECT count(*) FROM titles WHERE release = $release) AS catalogue,
        floor(power({_random("user")}, 1.3) * $users)::INT AS person,
        {CODE_OF_PERSON} AS country,
        ({_HOURS})[1 + (hash($seed, $day, j, 'hour') % {sum(HOURS)})::INT] * 3600 + 60
            + (hash($seed, $day, j, 's') % 3500)::INT AS moment
    FROM numbered)
SELECT own AS j, printf('user-%07d', person) AS user_id,
    printf('p%d', 1 + (hash($seed, person, $day, j) % 3)::INT) AS profile_id,
    floor(power({_random("title")}, 3.0) * catalogue)::INT AS place, country,
    CASE WHEN country = 'IN' THEN ({VIEWER_DEVICES["IN"]})[1 + (hash($seed, person, j, 'd') % 5)::INT]
        ELSE ({VIEWER_DEVICES[""]})[1 + (hash($seed, person, j, 'd') % 6)::INT] END AS device,
    $start + least(moment + episode * 4000, 86200) AS began, printf('%d-%d-%d', $seed, $day, own) AS session_id,
    1 + (hash($seed, own, $day, 'pairs') % 10 < 4)::INT + (hash($seed, own, $day, 'pairs') % 10 < 1)::INT AS pairs,
    hash($seed, own, $day, 'stop') % 20 = 0 AS never_stops,
    titles.show_id, titles.identity
FROM meant LEFT JOIN titles ON titles.release = $release
    AND titles.place = floor(power({_random("title")}, 3.0) * catalogue)::INT
"""

COUNT_PLAYS = """INSERT INTO plays
SELECT coalesce(identity, 'Unknown'), device, country, user_id, count(*), sum(watched)
FROM (SELECT any_value(identity) AS identity, any_value(device) AS device, any_value(country) AS country,
    any_value(user_id) AS user_id, any_value(watched) AS watched FROM events GROUP BY j)
GROUP BY ALL ORDER BY ALL"""

COUNT_EVENTS = """INSERT INTO counted
SELECT make_timestamp(moment * 1000000)::DATE, upper(event_type), device_type, country, count(*)
FROM (SELECT moment, event_type, device_type, country FROM events
    UNION ALL SELECT moment, 'AD_BREAK', device_type, country FROM events WHERE has_another)
GROUP BY ALL ORDER BY ALL"""


def _share(dirt: frozenset[str], kind: str, share: float, of: str = "j, n") -> str:
    """SQL: whether this kind of dirt is on a row."""
    return f"(hash($seed, $day, {of}, '{kind}') % 100000 < {int(share * 100000)})" if kind in dirt else "false"


def events_of(dirt: frozenset[str]) -> str:
    """SQL: one row per event of the day's sessions, as it is meant."""
    unknown_title = _share(dirt, "unknown_titles", 0.01, "j")
    # One in twenty is given up within two minutes (a stretch), and, without a pause, one in four is as long as a movie.
    a_twentieth = "hash($seed, $day, j, 'length') % 20"
    return f"""CREATE TEMP TABLE events AS
WITH pairs AS (
    SELECT sessions.*, unnest(range(pairs)) AS pair FROM sessions),
timed AS (
    SELECT *, CASE WHEN {a_twentieth} = 0 THEN 20 + (hash($seed, $day, j, pair, 'length') % 100)::INT
        WHEN {a_twentieth} < 6 AND pairs = 1 THEN 3600 + (hash($seed, $day, j, pair, 'length') % 7000)::INT
        ELSE 120 + (hash($seed, $day, j, pair, 'length') % 1500)::INT END AS length,
        began + pair * 2000 + (hash($seed, $day, j, pair, 'gap') % 120)::INT AS a FROM pairs),
shaped AS (
    SELECT *, sum(length) OVER (PARTITION BY j) AS watched FROM timed),
spread AS (
    SELECT *, unnest([
        {{'k': 0, 'event_type': CASE WHEN pair = 0 THEN 'PLAY_START' ELSE 'RESUME' END, 'moment': a}},
        {{'k': 1, 'event_type': 'SEEK', 'moment': a + length // 4}},
        {{'k': 2, 'event_type': 'HEARTBEAT', 'moment': a + length // 3}},
        {{'k': 3, 'event_type': 'HEARTBEAT', 'moment': a + length // 2}},
        {{'k': 4, 'event_type': 'HEARTBEAT', 'moment': a + 2 * length // 3}},
        {{'k': 5, 'event_type': CASE WHEN pair < pairs - 1 THEN 'PAUSE' WHEN never_stops THEN 'HEARTBEAT'
            ELSE 'PLAY_STOP' END, 'moment': a + length}}], recursive := true)
    FROM shaped),
numbered AS (
    SELECT *, pair * 10 + k AS n FROM spread WHERE k <> 1 OR hash($seed, $day, j, pair, 'seek') % 3 = 0)
SELECT j, n, moment, user_id, profile_id, session_id, country, device, device AS device_type,
    CASE WHEN {_share(dirt, "unknown_types", 0.01)} AND k IN (2, 3, 4) THEN 'Ad_Break' ELSE event_type END
        AS event_type,
    CASE WHEN {unknown_title} THEN NULL ELSE identity END AS identity, watched,
    CASE WHEN {unknown_title} THEN 's999999' ELSE show_id END AS shown_id,
    CASE WHEN {_share(dirt, "content_id", 0.03, "j")} THEN NULL ELSE shown_id END AS title_id,
    CASE WHEN title_id IS NULL THEN shown_id END AS content_id,
    CASE WHEN {_share(dirt, "repeats_without_id", 0.02, "j")} THEN NULL ELSE session_id || '-' || n END AS event_id,
    moment AS event_ts, moment - began AS position_seconds, {_share(dirt, "csv", 0.02, "j")} AND $day = 0 AS is_csv,
    {_share(dirt, "concatenated", 0.01)} AND event_id IS NOT NULL AND NOT is_csv AS has_another
FROM numbered"""


def lines_of(dirt: frozenset[str]) -> str:
    """SQL: one row per line to write, and the number of the day in whose file it is due."""
    record = _record(dirt)
    line = record
    if "concatenated" in dirt:
        another = record.replace("|| event_id ||", "|| event_id || '-ad' ||").replace("event_type ||", "'AD_BREAK' ||")
        line = f"CASE WHEN has_another THEN {another} || {record} ELSE {record} END"
    some_days = f"1 + (hash($seed, $day, j, n, 'days') % {MAX_LATE})::INT"
    delay = f"CASE WHEN {_share(dirt, 'late', 0.01)} THEN {some_days} ELSE 0 END"
    due = f"least($day + {delay}, greatest($day, $last - 1))"
    lines = f"SELECT {due} AS due, {line} AS line, false AS is_repeat FROM events WHERE NOT is_csv"
    return "CREATE TEMP TABLE lines AS " + " UNION ALL ".join([lines, *_repeats(dirt, record), *_invalid_lines(dirt)])


def _record(dirt: frozenset[str]) -> str:
    """SQL: an event as a JSON object."""
    text = _share(dirt, "type_changes", 0.02)
    millis = _share(dirt, "milliseconds", 0.02)
    ts = f"CASE WHEN {millis} THEN moment * 1000 ELSE moment END"
    fields = (
        "CASE WHEN event_id IS NULL THEN '' ELSE '\"event_id\":\"' || event_id || '\",' END",
        '\'"user_id":"\' || user_id || \'","profile_id":"\' || profile_id || \'",\'',
        f"CASE WHEN {_share(dirt, 'duplicate_keys', 0.002)} THEN '\"country\":\"XX\",' ELSE '' END",
        "CASE WHEN title_id IS NULL THEN '\"content_id\":\"' || content_id || '\",' "
        "ELSE '\"title_id\":\"' || title_id || '\",' END",
        "'\"event_type\":\"' || event_type || '\",'",
        f"'\"event_ts\":' || CASE WHEN {text} THEN '\"' || ({ts}) || '\"' ELSE ({ts})::VARCHAR END || ','",
        '\'"device_type":"\' || device_type || \'","country":"\' || country || \'",\'',
        '\'"session_id":"\' || session_id || \'","position_seconds":\' || position_seconds',
        f'CASE WHEN {_share(dirt, "nested", 0.02)} THEN \',"raw_payload":{{"network":{{"kind":"wifi"}}}},'
        '"app":{"version":[1,2]}\' ELSE \'\' END',
    )
    return "'{' || " + " || ".join(fields) + " || '}'"


def _repeats(dirt: frozenset[str], record: str) -> list[str]:
    """SQL: the records that are delivered once more, up to two days later."""
    conditions = [
        _share(dirt, "repeats", 0.01) + " AND event_id IS NOT NULL",
        _share(dirt, "repeats_without_id", 0.1) + " AND event_id IS NULL",
    ]
    return [
        f"SELECT least($day + (hash($seed, j, n, 'again') % 3)::INT, $last - 1) AS due, {record} AS line, "
        f"true AS is_repeat FROM events WHERE NOT is_csv AND {condition}"
        for condition in conditions
        if not condition.startswith("false")
    ]


def _invalid_lines(dirt: frozenset[str]) -> list[str]:
    """SQL: lines without a valid time, and lines that end in the middle."""
    parts = []
    if "bad_times" in dirt:
        absurd = "['', ',\"event_ts\":null', ',\"event_ts\":\"soon\"', ',\"event_ts\":99', ',\"event_ts\":9999999999']"
        parts.append(
            f'SELECT $day, \'{{"user_id":"\' || user_id || \'","event_type":"NO_TIME"\' || '
            f"({absurd})[1 + (hash(j) % 5)::INT] || '}}', false FROM events WHERE n = 0 "
            f"AND {_share(dirt, 'bad_times', 0.01)}"
        )
    if "broken_lines" in dirt:
        parts.append(
            f'SELECT $day, \'{{"event_id":"\' || session_id || \'","user_id":"\' || user_id, false FROM events '
            f"WHERE n = 0 AND {_share(dirt, 'broken_lines', 0.01)}"
        )
    return parts
