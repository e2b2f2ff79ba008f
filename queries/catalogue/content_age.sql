-- How old is the content, by type and country?
SELECT type, content_age_category, country, content_count, average_duration, genres
FROM kpi_content_age
ORDER BY content_count DESC, type, content_age_category, country;
