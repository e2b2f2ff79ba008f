-- What a good engineer would write in DuckDB for the answers that the pipelines give of playback events:
-- raw JSON to deduplicated Parquet, sessions, the same KPIs. benchmarks/playback.py fills in {…} and compares the answers.
SET threads = 2;
SET memory_limit = '{memory}';
SET preserve_insertion_order = false;
SET temp_directory = '{folder}/spill';
SET TimeZone = 'UTC';

CREATE MACRO folded(it) AS nullif(trim(it), '');
-- HMAC-SHA-256 under a key of 64 letters k, or the text itself.
CREATE MACRO hmac(it) AS sha256(unhex(repeat('37', 64)) || unhex(sha256(unhex(repeat('5D', 64)) || encode(it))));
CREATE MACRO pseudonym(it) AS {pseudonym};

CREATE VIEW raw AS
SELECT event_id, pseudonym(user_id) AS user_id, pseudonym(user_id || chr(31) || profile_id) AS profile_id,
    coalesce(folded(title_id), folded(content_id)) AS title_id, upper(event_type) AS event_type, try_cast(event_ts AS DOUBLE) AS given, lower(folded(device_type)) AS device, upper(folded(country)) AS country, session_id, position_seconds
FROM read_json('{landing}/playback/**/*', format = 'newline_delimited', ignore_errors = true, columns = {
    event_id: 'VARCHAR', user_id: 'VARCHAR', profile_id: 'VARCHAR', title_id: 'VARCHAR', content_id: 'VARCHAR', event_type: 'VARCHAR',
    event_ts: 'VARCHAR', device_type: 'VARCHAR', country: 'VARCHAR', session_id: 'VARCHAR', position_seconds: 'VARCHAR'});

-- One of each event, by day and key: the same event is on the same day.
COPY (
    SELECT DISTINCT ON (event_date, key) *
    FROM (
        SELECT * EXCLUDE (given, event_id, position_seconds),
            (CASE WHEN given >= 100000000000 THEN given ELSE given * 1000 END)::BIGINT AS millis,
            make_timestamp(millis * 1000)::DATE AS event_date,
            CASE WHEN event_id IS NOT NULL THEN hash(event_id)
                ELSE hash(user_id, profile_id, title_id, event_type, given, session_id, position_seconds) END AS key
        FROM raw WHERE given IS NOT NULL)
    WHERE event_date >= DATE '2007-01-16'
) TO '{folder}/events' (FORMAT parquet, PER_THREAD_OUTPUT true);

CREATE VIEW events AS FROM read_parquet('{folder}/events/*.parquet');

-- Every event has a session_id here.
CREATE TABLE changes AS
SELECT user_id, session_id, millis, starts
FROM (
    SELECT user_id, session_id, millis, event_type IN ('PLAY_START', 'RESUME') AS starts,
        lag(event_type IN ('PLAY_START', 'RESUME'), 1, false) OVER (PARTITION BY user_id, session_id ORDER BY millis, event_type) AS playing
    FROM events WHERE event_type IN ('PLAY_START', 'RESUME', 'PAUSE', 'PLAY_STOP'))
WHERE starts <> playing;

CREATE TABLE sessions AS
WITH whole AS (
    SELECT user_id, session_id, min(millis) AS started, max(millis) AS ended, min(event_date) AS event_date,
        arg_min(title_id, millis) AS show_id, arg_min(device, millis) AS device, arg_min(country, millis) AS country
    FROM events GROUP BY ALL),
watched AS (
    SELECT user_id, session_id, sum(CASE WHEN starts THEN -millis ELSE millis END) AS millis,
        sum(CASE WHEN starts THEN 1 ELSE -1 END) AS open
    FROM changes GROUP BY ALL)
SELECT whole.*, title_key, (coalesce(watched.millis, 0) + coalesce(open, 0) * ended) // 1000 AS watched_seconds
FROM whole LEFT JOIN watched USING (user_id, session_id)
LEFT JOIN read_parquet('{titles}') AS titles
    ON whole.show_id = titles.show_id AND started >= titles.from_millis AND started < titles.until_millis;

CREATE TABLE kpi_events_by_date AS SELECT event_date, count(*) AS events FROM events GROUP BY ALL;
CREATE TABLE kpi_event_type AS SELECT event_type, count(*) AS events FROM events GROUP BY ALL;
CREATE TABLE kpi_top_titles AS
SELECT title_key, count(*) AS plays, sum(watched_seconds) AS watched_seconds, count(DISTINCT user_id) AS subscribers
FROM sessions GROUP BY ALL;
CREATE TABLE kpi_device AS
SELECT device, count(*) AS plays, sum(watched_seconds) AS watched_seconds, count(DISTINCT user_id) AS subscribers
FROM sessions GROUP BY ALL;
CREATE TABLE kpi_viewing_by_country AS
SELECT country AS iso_code, count(*) AS plays, sum(watched_seconds) AS watched_seconds, count(DISTINCT user_id) AS subscribers
FROM sessions GROUP BY ALL;
