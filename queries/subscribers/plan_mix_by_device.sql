-- Which plans have those who watch on which device?
SELECT device, plan, count(*) AS subscribers
FROM dim_subscriber
JOIN dim_device USING (device_key)
JOIN dim_plan USING (plan_key)
WHERE is_current AND subscriber_key <> -1
GROUP BY device, plan
ORDER BY device, subscribers DESC, plan;
