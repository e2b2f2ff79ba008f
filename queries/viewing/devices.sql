-- On what is it watched, and for how long?
SELECT device, plays, hours_viewed, subscribers, events
FROM kpi_device
ORDER BY hours_viewed DESC, device;
