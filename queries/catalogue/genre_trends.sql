-- Which genres are added more and more, year by year?
SELECT genre, year_added, titles
FROM kpi_genre_trend
ORDER BY genre, year_added;
