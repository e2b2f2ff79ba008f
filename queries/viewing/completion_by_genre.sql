-- Movies of which genres are watched to the end?
SELECT genre, plays, average_completion, completed_plays, completed_share
FROM kpi_genre_completion
ORDER BY completed_share DESC, genre;
