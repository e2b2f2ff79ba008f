-- How has the catalogue grown: how many titles were added in which year?
SELECT year_added, type, titles
FROM kpi_year_added
ORDER BY year_added, type;
