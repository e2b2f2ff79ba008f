-- How many movies and TV shows are there?
SELECT type, titles, share
FROM kpi_content_type
ORDER BY titles DESC, type;
