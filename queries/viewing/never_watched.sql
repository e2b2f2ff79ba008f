-- Which share of the catalogue does nobody watch?
SELECT type, titles, watched_titles, unwatched_titles, unwatched_share
FROM kpi_catalogue_depth
ORDER BY type;
