-- Which share of the catalogue does nobody watch?
SELECT type, count(*) AS titles, sum(CASE WHEN plays IS NULL THEN 1 ELSE 0 END) AS never_watched,
    CAST(sum(CASE WHEN plays IS NULL THEN 1 ELSE 0 END) AS DOUBLE) / count(*) AS share
FROM dim_title
LEFT JOIN kpi_top_titles USING (title_key)
WHERE in_catalogue AND title_key <> -1
GROUP BY type
ORDER BY type;
