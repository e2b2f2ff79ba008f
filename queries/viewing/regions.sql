-- What is watched in which region?
SELECT region, genre, sum(hours_viewed) AS hours_viewed, sum(plays) AS plays
FROM kpi_regional_performance
GROUP BY region, genre
ORDER BY region, hours_viewed DESC, genre;
