-- How many events came on each day?
SELECT event_date, events
FROM kpi_events_by_date
ORDER BY event_date;
