-- How do revenue and subscribers develop, month by month and plan by plan?
SELECT month, plan, revenue, active_subscribers, new_subscribers, churned_subscribers, average_revenue_per_user
FROM kpi_monthly_revenue
ORDER BY month, plan;
