-- What was watched most in the last 30 days of the data?
WITH newest AS (SELECT max(event_date) AS newest_day FROM kpi_events_by_date)
SELECT title, sum(plays) AS plays, CAST(sum(watched_seconds) AS DOUBLE) / 3600 AS hours_viewed
FROM fact_playback_daily
JOIN dim_date USING (date_key)
JOIN dim_title USING (title_key)
CROSS JOIN newest
WHERE date > newest_day - INTERVAL '30' DAY AND title_key <> -1
GROUP BY title_key, title
ORDER BY hours_viewed DESC, plays DESC, title
LIMIT 10;
