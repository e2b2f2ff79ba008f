-- Which genres have the most titles?
SELECT genre, titles, share
FROM kpi_genre
ORDER BY titles DESC, genre;
