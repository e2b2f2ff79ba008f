-- How much content of each year since 2010 is there, and from how many countries?
SELECT release_year, type, content_count, average_duration, countries
FROM kpi_content_trend
ORDER BY release_year, type;
