-- When were the titles first shown?
SELECT release_year, type, titles
FROM kpi_release_year
ORDER BY release_year, type;
