-- Which types of events are there, and how often?
SELECT event_type, events, share
FROM kpi_event_type
ORDER BY events DESC, event_type;
