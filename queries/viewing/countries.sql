-- Where is it watched, and for how long?
SELECT country, plays, hours_viewed, subscribers, events
FROM kpi_viewing_by_country
ORDER BY hours_viewed DESC, country;
