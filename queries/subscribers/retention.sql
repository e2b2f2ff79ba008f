-- Of those who joined in a month, how many are still active so many months later?
WITH joined AS (
    SELECT subscriber_id, min(date) AS first_month
    FROM fact_subscription_month
    JOIN dim_date USING (date_key)
    WHERE is_new
    GROUP BY subscriber_id)
SELECT first_month, (year(date) - year(first_month)) * 12 + month(date) - month(first_month) AS months_later, count(*) AS active
FROM fact_subscription_month
JOIN dim_date USING (date_key)
JOIN joined USING (subscriber_id)
WHERE is_active
GROUP BY first_month, date
ORDER BY first_month, months_later;
