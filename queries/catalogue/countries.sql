-- Which countries make the most titles, and of which type?
SELECT country, titles, movies, tv_shows
FROM kpi_country
ORDER BY titles DESC, country;
