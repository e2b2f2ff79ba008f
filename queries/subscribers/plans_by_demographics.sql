-- Who subscribes to which plan?
SELECT plan, country, age_band, gender, subscribers, monthly_revenue
FROM kpi_subscribers
ORDER BY subscribers DESC, plan, country, age_band, gender;
