-- How many titles of the catalogue lack what?
SELECT count(*) AS titles, sum(CASE WHEN date_added IS NULL THEN 1 ELSE 0 END) AS without_date_added,
    sum(CASE WHEN rating_key = -1 THEN 1 ELSE 0 END) AS without_rating,
    sum(CASE WHEN description IS NULL THEN 1 ELSE 0 END) AS without_description,
    sum(CASE WHEN type = 'Movie' AND duration_minutes IS NULL THEN 1 ELSE 0 END) AS movies_without_duration
FROM dim_title
WHERE in_catalogue AND title_key <> -1;
