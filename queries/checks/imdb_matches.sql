-- How many titles of the catalogue are known at IMDb, and how many of those are rated?
SELECT type, count(*) AS titles, count(imdb_id) AS known, count(votes) AS rated
FROM dim_title
LEFT JOIN fact_title_rating USING (title_key)
WHERE in_catalogue AND title_key <> -1
GROUP BY type
ORDER BY type;
