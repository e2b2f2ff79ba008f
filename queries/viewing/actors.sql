-- Which actors are watched most?
SELECT name AS actor, hours_viewed, plays
FROM kpi_watched_actor
WHERE name <> 'Unknown'
ORDER BY hours_viewed DESC, plays DESC, name
LIMIT 20;
