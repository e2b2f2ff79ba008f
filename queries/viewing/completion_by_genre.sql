-- Movies of which genres are watched to the end?
SELECT genre, count(*) AS plays,
    CAST(sum(CASE WHEN is_completed THEN 1 ELSE 0 END) AS DOUBLE) / count(*) AS completed_share
FROM fact_playback
JOIN bridge_title_genre USING (title_key)
JOIN dim_genre USING (genre_key)
WHERE completion IS NOT NULL
GROUP BY genre
ORDER BY completed_share DESC, genre;
