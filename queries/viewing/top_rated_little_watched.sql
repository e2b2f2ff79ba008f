-- Which titles are top rated at IMDb, and watched less than half of the rated titles?
SELECT title, type, average_rating, votes, plays, hours_viewed
FROM kpi_underwatched_titles
ORDER BY average_rating DESC, votes DESC, title;
