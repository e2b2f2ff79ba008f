-- Which genres are watched most?
SELECT name AS genre, hours_viewed, plays
FROM kpi_watched_genre
ORDER BY hours_viewed DESC, plays DESC, name;
