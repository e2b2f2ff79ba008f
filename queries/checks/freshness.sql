-- How new is the newest of what is there?
SELECT (SELECT max(date_added) FROM dim_title) AS newest_title, (SELECT max(ended_at) FROM fact_playback) AS newest_session,
    (SELECT max(month) FROM kpi_monthly_revenue) AS newest_month;
