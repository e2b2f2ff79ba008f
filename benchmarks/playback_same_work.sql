-- What a good engineer would write in DuckDB for the same work: what the pipelines keep of playback events, and not only
-- the answers that benchmarks/playback.sql gives. benchmarks/playback.py fills in {…} and compares everything.
--
-- Every row is kept in bronze with its file and its left-over keys, also what can't be read; rows that fail a rule are
-- quarantined with the rule; deliveries are counted from bronze; users, profiles and sessions have keyed pseudonyms;
-- events are written by day; the fact has the keys of its dimensions, which come from the lake. It is written for speed:
-- each file is read and parsed once, pseudonyms are made once for each user, profile and session, and only rows that
-- need it are looked at again. It does less than the pipelines do: it can't go on from where it was (it loads all, once,
-- and a kill leaves half), knows the keys that these players write, and orders no deliveries that differ.
SET threads = 2;
SET memory_limit = '{memory}';
SET preserve_insertion_order = false;
SET temp_directory = '{folder}/spill';
SET TimeZone = 'UTC';
SET VARIABLE ingested_at = now();

CREATE MACRO folded(it) AS nullif(trim(it), '');
CREATE MACRO known_id(it) AS nullif(folded(it), '\N');
CREATE MACRO whole_id(it) AS CASE WHEN suffix(it, '.0') THEN regexp_replace(it, '^([0-9]+)[.]0$', '\1') ELSE it END;
CREATE MACRO filled(it) AS coalesce(it, chr(30));
-- HMAC-SHA-256, and keyed hashes of 64 bits.
CREATE MACRO hmac(it) AS sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || encode(it))));
CREATE MACRO keyed_hash(purpose, it) AS hash(sha256('{secret}' || purpose || it));
CREATE MACRO seeded_hash(purpose, it) AS hash('{secret}' || purpose || it);
-- A text that may name a person, or says nothing, is unknown outside bronze.
CREATE MACRO free_text(it, user_id, profile_id, session_id, event_id) AS
    CASE WHEN it NOT IN (filled(user_id), filled(profile_id), filled(session_id), filled(event_id)) AND length(it) <= 64
            AND NOT regexp_matches(it, '@|[0-9]{5}|(?i)^(n/?a|nan|null|none|unknown|-+|[?])$')
        THEN it END;

-- Bronze: the files, and a row for each record in them.
CREATE TABLE files AS
SELECT row_number() OVER (ORDER BY filename)::SMALLINT AS file, filename, replace(filename, '{landing}/', '') AS shown_file,
    size, last_modified AS modified_at, getvariable('ingested_at') AS ingested_at,
    epoch_ms(CASE WHEN modified_at BETWEEN '2007-01-16' AND ingested_at THEN modified_at ELSE ingested_at END) AS arrived
FROM read_blob('{landing}/playback/**/*');

-- A line is clean if it is an object with known keys, each of them once and with a value. The others are kept as lines.
COPY (
    SELECT file, modified_at AS _source_modified_at, ingested_at AS _ingested_at, lines.* EXCLUDE (filename, line, keys),
        NULL::VARCHAR AS _corrupt_record, NULL::VARCHAR AS _rescued_data,
        CASE WHEN NOT coalesce(len(keys) = (event_id IS NOT NULL)::INT + (user_id IS NOT NULL)::INT + (profile_id IS NOT NULL)::INT
            + (title_id IS NOT NULL)::INT + (content_id IS NOT NULL)::INT + (event_type IS NOT NULL)::INT + (event_ts IS NOT NULL)::INT
            + (device_type IS NOT NULL)::INT + (country IS NOT NULL)::INT + (session_id IS NOT NULL)::INT
            + (position_seconds IS NOT NULL)::INT + (raw_payload IS NOT NULL)::INT, false) THEN line END AS odd_line
    FROM (
        SELECT filename, line, TRY(json_keys(line)) AS keys, unnest(TRY(from_json(line, '{"event_id": "VARCHAR", "user_id": "VARCHAR",
            "profile_id": "VARCHAR", "title_id": "VARCHAR", "content_id": "VARCHAR", "event_type": "VARCHAR", "event_ts": "VARCHAR",
            "device_type": "VARCHAR", "country": "VARCHAR", "session_id": "VARCHAR", "position_seconds": "VARCHAR",
            "raw_payload": "VARCHAR"}')))
        FROM read_csv('{landing}/playback/**/*', delim = chr(1), quote = '', escape = '', header = false, auto_detect = false,
            columns = {line: 'VARCHAR'}, filename = true)) AS lines
    JOIN files USING (filename)
    WHERE line IS NOT NULL
) TO '{folder}/bronze' (FORMAT parquet, PER_THREAD_OUTPUT true);

-- Lines with other keys, repeated keys (the last one counts), several records, or none. They are few.
COPY (
    WITH lines AS (
        SELECT file, _source_modified_at, _ingested_at, odd_line
        FROM read_parquet('{folder}/bronze/*.parquet') WHERE odd_line IS NOT NULL),
    records AS (
        SELECT * EXCLUDE odd_line, unnest(CASE WHEN json_valid(odd_line) THEN [odd_line]
            ELSE string_split(replace(odd_line, '}{', '}' || chr(10) || '{'), chr(10)) END) AS record
        FROM lines),
    numbered AS (
        SELECT *, row_number() OVER () AS number, coalesce(TRY(json_type(record)) = 'OBJECT', false) AS is_object FROM records),
    cells AS (
        SELECT number, lower(key) AS key, value ->> '$' AS value, id
        FROM (SELECT number, record FROM numbered WHERE is_object) AS objects, json_each(objects.record)
        WHERE value ->> '$' IS NOT NULL),
    objects AS (
        SELECT number, map_from_entries(list((key, value))) AS pairs
        FROM (SELECT number, key, arg_max(value, id) AS value FROM cells GROUP BY ALL) GROUP BY ALL),
    others AS (
        SELECT number, json_group_object(key, value)::VARCHAR AS rescued
        FROM (
            SELECT *, arg_max(value, id) OVER (PARTITION BY number, key) AS last FROM cells)
        WHERE value <> last OR key NOT IN ('event_id', 'user_id', 'profile_id', 'title_id', 'content_id', 'event_type', 'event_ts',
            'device_type', 'country', 'session_id', 'position_seconds', 'raw_payload')
        GROUP BY ALL)
    SELECT file, _source_modified_at, _ingested_at, pairs['event_id'] AS event_id, pairs['user_id'] AS user_id,
        pairs['profile_id'] AS profile_id, pairs['title_id'] AS title_id, pairs['content_id'] AS content_id,
        pairs['event_type'] AS event_type, pairs['event_ts'] AS event_ts, pairs['device_type'] AS device_type,
        pairs['country'] AS country, pairs['session_id'] AS session_id, pairs['position_seconds'] AS position_seconds,
        pairs['raw_payload'] AS raw_payload, CASE WHEN NOT is_object THEN record END AS _corrupt_record, rescued AS _rescued_data,
        NULL::VARCHAR AS odd_line
    FROM numbered LEFT JOIN objects USING (number) LEFT JOIN others USING (number)
) TO '{folder}/bronze/odd.parquet' (FORMAT parquet);

CREATE VIEW bronze AS
SELECT * EXCLUDE odd_line, (file_index::BIGINT << 40) + file_row_number AS number
FROM read_parquet('{folder}/bronze/*.parquet') WHERE odd_line IS NULL;

-- What can be said of a row without pseudonyms: its time, the rules that it fails, and the key of its event.
CREATE VIEW timed AS
SELECT * EXCLUDE (given, event_ts, read_at), read_at // 86400000 AS day,
    CASE WHEN read_at BETWEEN 1168905600000 AND arrived + 86400000 THEN read_at END AS valid_millis,
    CASE WHEN event_id IS NOT NULL OR user_id IS NOT NULL OR session_id IS NOT NULL THEN valid_millis END AS millis
FROM (
    SELECT *, CASE WHEN given IS NULL THEN epoch_ms(try_cast(event_ts AS TIMESTAMPTZ)) WHEN given < 1e11 THEN (given * 1000)::BIGINT
        WHEN given < 1e14 THEN given::BIGINT WHEN given < 1e17 THEN (given / 1e3)::BIGINT WHEN given < 1e21 THEN (given / 1e6)::BIGINT
        END AS read_at
    FROM (
        SELECT number, file, shown_file, arrived, _corrupt_record, event_ts, try_cast(event_ts AS DOUBLE) AS given,
            known_id(event_id) AS event_id, known_id(user_id) AS user_id, known_id(profile_id) AS profile_id,
            known_id(session_id) AS session_id, whole_id(coalesce(known_id(title_id), known_id(content_id))) AS title_id,
            upper(folded(event_type)) AS event_type, lower(folded(device_type)) AS device_type, upper(folded(country)) AS country,
            try_cast(position_seconds AS DOUBLE)::BIGINT AS position_seconds
        FROM bronze JOIN files USING (file)));

CREATE VIEW keyed AS
SELECT *, CASE WHEN millis IS NULL THEN NULL WHEN event_id IS NOT NULL THEN seeded_hash('event id', event_id)
    ELSE keyed_hash('event', concat_ws(chr(31), filled(user_id), filled(profile_id), filled(title_id), filled(event_type), millis,
        filled(session_id), filled(position_seconds::VARCHAR))) END AS event_key
FROM timed;

-- Counted from bronze: which rows are later deliveries of an event, and which events are on several days.
CREATE TEMP TABLE delivered AS
SELECT number, file, CASE WHEN millis IS NOT NULL THEN day END AS day, arrived - millis AS delay, event_key FROM keyed;

CREATE TEMP TABLE repeated AS
SELECT number, file, day, event_key, first_row <> number AS is_duplicate, first_of_file <> number AS is_repeat, day > first_day AS is_later
FROM (
    SELECT *, min(number) OVER (PARTITION BY event_key, day) AS first_row,
        min(number) OVER (PARTITION BY event_key, day, file) AS first_of_file, min(day) OVER (PARTITION BY event_key) AS first_day
    FROM delivered
    SEMI JOIN (SELECT event_key FROM delivered WHERE event_key IS NOT NULL GROUP BY ALL HAVING count(*) > 1) USING (event_key));

-- Silver: a pseudonym is made once for each user, profile and session.
CREATE TEMP TABLE viewers AS
WITH viewers AS (
    SELECT DISTINCT known_id(user_id) AS user_id, known_id(profile_id) AS profile_id, known_id(session_id) AS session_id FROM bronze),
users AS (
    SELECT user_id, hmac(user_id) AS subscriber_id FROM (SELECT DISTINCT user_id FROM viewers)),
profiles AS (
    SELECT user_id, profile_id, hmac(user_id || chr(31) || profile_id) AS profile
    FROM (SELECT DISTINCT user_id, profile_id FROM viewers))
SELECT viewers.*, subscriber_id, profile, keyed_hash('session', filled(viewers.user_id) || chr(31) || session_id) AS session_key
FROM viewers LEFT JOIN users USING (user_id)
LEFT JOIN profiles ON viewers.user_id = profiles.user_id AND viewers.profile_id = profiles.profile_id;

CREATE VIEW known AS
SELECT number, day, millis, valid_millis, event_key, file, shown_file, _corrupt_record, event_id, keyed.user_id, keyed.session_id,
    subscriber_id, profile AS profile_id, session_key,
    CASE WHEN title_id NOT IN (filled(keyed.user_id), filled(keyed.profile_id), filled(keyed.session_id)) AND length(title_id) <= 64
        AND NOT contains(title_id, '@') THEN title_id END AS title_id,
    CASE WHEN event_type IN ('PLAY_START', 'PAUSE', 'RESUME', 'SEEK', 'HEARTBEAT', 'PLAY_STOP') THEN event_type
        WHEN event_type IN ('PLAY', 'START', 'STARTED', 'PLAYING') THEN 'PLAY_START' WHEN event_type = 'PAUSED' THEN 'PAUSE'
        WHEN event_type = 'RESUMED' THEN 'RESUME' WHEN event_type IN ('SEEKING', 'SEEKED') THEN 'SEEK'
        WHEN event_type IN ('PLAY_HEARTBEAT', 'PROGRESS', 'TIMEUPDATE', 'PING') THEN 'HEARTBEAT'
        WHEN event_type IN ('STOP', 'STOPPED', 'END', 'ENDED', 'COMPLETE', 'COMPLETED') THEN 'PLAY_STOP'
        ELSE free_text(event_type, keyed.user_id, keyed.profile_id, keyed.session_id, event_id) END AS event_type,
    free_text(device_type, keyed.user_id, keyed.profile_id, keyed.session_id, event_id) AS device_type,
    CASE WHEN country = 'UK' THEN 'GB' WHEN country = 'USA' THEN 'US' WHEN country = 'UAE' THEN 'AE'
        WHEN length(country) = 2 THEN country END AS country,
    CASE WHEN position_seconds <= 8640000 THEN position_seconds END AS position_seconds
FROM keyed LEFT JOIN viewers ON keyed.user_id IS NOT DISTINCT FROM viewers.user_id
    AND keyed.profile_id IS NOT DISTINCT FROM viewers.profile_id AND keyed.session_id IS NOT DISTINCT FROM viewers.session_id;

COPY (
    SELECT make_date(day::INT) AS event_date, event_key, make_timestamp(millis * 1000) AS event_timestamp, millis, event_type,
        subscriber_id, profile_id, title_id, device_type, country, session_key, position_seconds, shown_file AS _source_file
    FROM known ANTI JOIN (SELECT number FROM repeated WHERE is_duplicate) AS duplicates USING (number)
    WHERE millis IS NOT NULL
) TO '{folder}/events' (FORMAT parquet, PARTITION_BY (event_date));

CREATE VIEW events AS FROM read_parquet('{folder}/events/*/*.parquet', hive_partitioning = true);

CREATE TABLE quarantine AS
SELECT make_timestamp(valid_millis * 1000) AS event_timestamp, known.event_type, subscriber_id, known.profile_id, known.title_id,
    known.device_type, known.country, session_key, known.position_seconds,
    list_filter([CASE WHEN known._corrupt_record IS NOT NULL THEN 'well_formed_record' END,
        CASE WHEN known._corrupt_record IS NULL AND valid_millis IS NULL THEN 'valid_event_ts' END,
        CASE WHEN known._corrupt_record IS NULL AND known.event_id IS NULL AND known.user_id IS NULL AND known.session_id IS NULL THEN 'identifiable_event' END],
        lambda rule: rule IS NOT NULL) AS failed_rules,
    hmac(to_json(bronze)::VARCHAR) AS row_hash, shown_file AS _source_file
FROM known SEMI JOIN (SELECT number FROM delivered WHERE event_key IS NULL) AS failed USING (number) JOIN bronze USING (number);

-- Deliveries: what bronze has, less what it repeats, and what silver has kept, each counted from where it is.
CREATE TABLE deliveries AS
WITH rows AS (
    SELECT file, day, count(*) AS rows, count(*) - count(event_key) AS quarantined, count(*) FILTER (delay > 86400000) AS late,
        greatest(max(delay), 0) // 3600000 AS longest_delay_hours
    FROM delivered GROUP BY ALL),
again AS (
    SELECT file, day, count(*) FILTER (is_duplicate) AS duplicates, count(*) FILTER (is_repeat) AS repeats,
        count(*) FILTER (is_later AND NOT is_duplicate) AS ids_of_earlier_days
    FROM repeated GROUP BY ALL),
kept AS (
    SELECT _source_file AS shown_file, event_date, count(*) AS valid, count(*) FILTER (event_type = 'PLAY_START') AS starts
    FROM events GROUP BY ALL)
SELECT shown_file AS source_file, event_date, rows, coalesce(valid, 0) AS valid, coalesce(duplicates, 0) AS duplicates, quarantined,
    coalesce(repeats, 0) AS repeats, coalesce(ids_of_earlier_days, 0) AS ids_of_earlier_days,
    coalesce(sum(starts) OVER (PARTITION BY event_date), 0) AS starts_of_day, late, coalesce(longest_delay_hours, 0) AS longest_delay_hours
FROM (SELECT *, make_date(day::INT) AS event_date FROM rows) AS rows JOIN files USING (file) LEFT JOIN again USING (file, day)
LEFT JOIN kept USING (shown_file, event_date);

-- Gold. A session without an id ends after 30 minutes without an event.
CREATE VIEW session_events AS
SELECT session_key, subscriber_id, millis, event_type, title_id, device_type, country FROM events WHERE session_key IS NOT NULL
UNION ALL BY NAME
SELECT * EXCLUDE (profile_id, is_first), hash(subscriber_id, profile_id, title_id, sum(is_first) OVER (
    PARTITION BY subscriber_id, profile_id, title_id ORDER BY millis ROWS UNBOUNDED PRECEDING)) AS session_key
FROM (
    SELECT subscriber_id, profile_id, millis, event_type, title_id, device_type, country, coalesce(millis - lag(millis) OVER (
        PARTITION BY subscriber_id, profile_id, title_id ORDER BY millis) > 1800000, true)::INT AS is_first
    FROM events WHERE session_key IS NULL);

-- Watched from each start to the next stop, or to the last event; a span of more than a day is none.
CREATE TEMP TABLE changes AS
SELECT session_key, millis, is_start
FROM (
    SELECT session_key, millis, event_type IN ('PLAY_START', 'RESUME') AS is_start, lag(is_start, 1, false) OVER (
        PARTITION BY session_key ORDER BY millis, event_type = 'PLAY_STOP', event_type = 'RESUME', event_type = 'PAUSE') AS was_playing
    FROM session_events WHERE event_type IN ('PLAY_START', 'RESUME', 'PAUSE', 'PLAY_STOP'))
WHERE is_start <> was_playing;

CREATE TEMP TABLE sessions AS
WITH whole AS (
    SELECT session_key, min(subscriber_id) AS subscriber_id, min(millis) AS started, max(millis) AS ended, count(*) AS events,
        count(*) FILTER (event_type = 'PAUSE') AS pauses, count(*) FILTER (event_type = 'SEEK') AS seeks,
        arg_min({'title_id': title_id, 'device_type': device_type, 'country': country},
            millis + CASE WHEN title_id IS NULL THEN 1000000000000000 ELSE 0 END) AS first
    FROM session_events GROUP BY ALL),
sums AS (
    SELECT session_key, sum(CASE WHEN is_start THEN -millis ELSE millis END) AS millis, sum(CASE WHEN is_start THEN 1 ELSE -1 END) AS open
    FROM changes SEMI JOIN (FROM whole WHERE ended - started <= 86400000) USING (session_key) GROUP BY ALL),
spans AS (
    SELECT session_key, coalesce(lead(changes.millis) OVER (PARTITION BY session_key ORDER BY changes.millis, changes.is_start), ended)
        - changes.millis AS span, is_start
    FROM changes JOIN (FROM whole WHERE ended - started > 86400000) USING (session_key)),
long AS (
    SELECT session_key, sum(span) FILTER (span <= 86400000) AS millis, count(*) FILTER (span > 86400000) AS overlong
    FROM spans WHERE is_start GROUP BY ALL)
SELECT whole.* EXCLUDE first, first.*, coalesce(long.millis, sums.millis + sums.open * ended, 0) // 1000 AS watched_seconds,
    coalesce(overlong, 0) AS overlong_spans
FROM whole LEFT JOIN sums USING (session_key) LEFT JOIN long USING (session_key);

CREATE TABLE fact_playback AS
SELECT session_key, coalesce(subscriber_key, -1) AS subscriber_key, subscriber_id, coalesce(title_key, -1) AS title_key,
    coalesce(device_key, -1) AS device_key, coalesce(country_key, -1) AS country_key,
    strftime(make_timestamp(started * 1000), '%Y%m%d')::INT AS date_key, make_timestamp(started * 1000) AS started_at,
    make_timestamp(ended * 1000) AS ended_at, watched_seconds,
    CASE WHEN watched_seconds > runtime THEN 1 ELSE watched_seconds / runtime END::DECIMAL(18,6) AS completion, watched_seconds >= 120 AS is_view,
    coalesce(completion >= 0.9, false) AS is_completed, pauses, seeks, events, overlong_spans
FROM sessions
LEFT JOIN read_parquet('{dimensions}/titles.parquet') AS titles
    ON title_id = show_id AND started >= titles.from_millis AND started < titles.until_millis
LEFT JOIN read_parquet('{dimensions}/subscribers.parquet') AS subscribers
    ON sessions.subscriber_id = subscribers.id AND started >= subscribers.from_millis AND started < subscribers.until_millis
LEFT JOIN read_parquet('{dimensions}/devices.parquet') USING (device_type)
LEFT JOIN read_parquet('{dimensions}/countries.parquet') USING (country);

CREATE TABLE fact_playback_daily AS
SELECT date_key, title_key, device_key, country_key, count(*) AS plays, sum(watched_seconds) AS watched_seconds,
    count(*) FILTER (is_view) AS long_plays, count(*) FILTER (is_completed) AS completed_plays, sum(pauses) AS pauses, sum(seeks) AS seeks
FROM fact_playback GROUP BY ALL;
CREATE TABLE event_days AS
SELECT event_date, event_type, device_type, country, count(*) AS events FROM events GROUP BY ALL;

CREATE TABLE kpi_events_by_date AS SELECT event_date, sum(events) AS events FROM event_days GROUP BY ALL;
CREATE TABLE kpi_event_type AS
SELECT event_type, sum(events) AS events, (sum(events) / sum(sum(events)) OVER ())::DECIMAL(18,6) AS share FROM event_days GROUP BY ALL;
CREATE TABLE kpi_top_titles AS
SELECT title_key, plays, watched_seconds, subscribers
FROM (SELECT title_key, sum(plays) AS plays, sum(watched_seconds) AS watched_seconds FROM fact_playback_daily GROUP BY ALL)
JOIN (SELECT title_key, count(DISTINCT subscriber_id) AS subscribers FROM fact_playback GROUP BY ALL) USING (title_key);
CREATE TABLE kpi_device AS
SELECT device, plays, watched_seconds, subscribers
FROM (SELECT device_key, sum(plays) AS plays, sum(watched_seconds) AS watched_seconds FROM fact_playback_daily GROUP BY ALL)
JOIN (SELECT device_key, count(DISTINCT subscriber_id) AS subscribers FROM fact_playback GROUP BY ALL) USING (device_key)
LEFT JOIN read_parquet('{dimensions}/devices.parquet') USING (device_key);
CREATE TABLE kpi_viewing_by_country AS
SELECT country AS iso_code, plays, watched_seconds, subscribers
FROM (SELECT country_key, sum(plays) AS plays, sum(watched_seconds) AS watched_seconds FROM fact_playback_daily GROUP BY ALL)
JOIN (SELECT country_key, count(DISTINCT subscriber_id) AS subscribers FROM fact_playback GROUP BY ALL) USING (country_key)
LEFT JOIN read_parquet('{dimensions}/countries.parquet') USING (country_key);
