-- Of those who joined in a month, how many are still active so many months later?
SELECT cohort_month, months_since_joining, subscribers, active_subscribers, retention
FROM kpi_cohort_retention
ORDER BY cohort_month, months_since_joining;
