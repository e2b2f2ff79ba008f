-- Whose films and shows are watched most, by director?
SELECT name AS director, hours_viewed, plays
FROM kpi_watched_director
WHERE name <> 'Unknown'
ORDER BY hours_viewed DESC, plays DESC, name
LIMIT 20;
