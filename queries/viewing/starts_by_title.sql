-- How many PLAY_START events has each title?
SELECT title_key, title, starts
FROM kpi_top_titles
WHERE starts > 0
ORDER BY starts DESC, title, title_key;
