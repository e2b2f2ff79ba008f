-- Which plans have those who watch on which device?
SELECT device, plan, subscribers, share
FROM kpi_plan_device
ORDER BY device, subscribers DESC, plan;
