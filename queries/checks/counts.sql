-- How many rows has each fact, and how many of them point to something unknown?
SELECT 'fact_playback' AS fact, count(*) AS rows_there,
    sum(CASE WHEN title_key = -1 THEN 1 ELSE 0 END) AS unknown_titles,
    sum(CASE WHEN subscriber_key = -1 THEN 1 ELSE 0 END) AS unknown_subscribers,
    sum(CASE WHEN country_key = -1 THEN 1 ELSE 0 END) AS unknown_countries,
    sum(CASE WHEN date_key = -1 THEN 1 ELSE 0 END) AS unknown_dates
FROM fact_playback
UNION ALL
SELECT 'fact_playback_daily', count(*), sum(CASE WHEN title_key = -1 THEN 1 ELSE 0 END), NULL,
    sum(CASE WHEN country_key = -1 THEN 1 ELSE 0 END), sum(CASE WHEN date_key = -1 THEN 1 ELSE 0 END)
FROM fact_playback_daily
UNION ALL
SELECT 'fact_subscription_month', count(*), NULL, sum(CASE WHEN subscriber_key = -1 THEN 1 ELSE 0 END),
    sum(CASE WHEN country_key = -1 THEN 1 ELSE 0 END), sum(CASE WHEN date_key = -1 THEN 1 ELSE 0 END)
FROM fact_subscription_month
UNION ALL
SELECT 'fact_title_addition', count(*), sum(CASE WHEN title_key = -1 THEN 1 ELSE 0 END), NULL, NULL,
    sum(CASE WHEN date_key = -1 THEN 1 ELSE 0 END)
FROM fact_title_addition
UNION ALL
SELECT 'fact_title_rating', count(*), sum(CASE WHEN title_key = -1 THEN 1 ELSE 0 END), NULL, NULL, NULL
FROM fact_title_rating;
