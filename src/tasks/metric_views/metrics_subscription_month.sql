-- Made from metrics/definitions by ./lakehouse generate metrics; src/tasks/make_metric_views.py runs it.
CREATE OR REPLACE VIEW {gold}.metrics_subscription_month
WITH METRICS
LANGUAGE YAML
AS $$
version: '1.1'
comment: 'Months of subscriptions: one row per subscriber and month, and one after leaving'
source: |-
  SELECT
    COALESCE(`t1`.`plan`, 'Unknown') AS `plan`,
    COALESCE(`t2`.`country`, 'Unknown') AS `residence_country`,
    COALESCE(`t2`.`region`, 'Unknown') AS `residence_region`,
    COALESCE(`t3`.`age_band`, 'Unknown') AS `age_band`,
    COALESCE(`t3`.`gender`, 'Unknown') AS `gender`,
    `t4`.`date` AS `day`,
    CASE WHEN `t`.`is_active` THEN CAST(`t`.`revenue` * 100 AS BIGINT) END AS `revenue_value`,
    CASE WHEN `t`.`is_active` THEN 1 END AS `revenue_rows`,
    CASE WHEN `t`.`is_new` THEN 1 END AS `new_subscribers_value`,
    CASE WHEN `t`.`is_churned` THEN 1 END AS `churned_subscribers_value`,
    CASE WHEN `t`.`is_active` AND NOT `t`.`revenue` IS NULL THEN 1 END AS `paying_months_value`
  FROM {gold}.`fact_subscription_month` AS `t`
  INNER JOIN {gold}.`dim_plan` AS `t1`
    ON `t`.`plan_key` = `t1`.`plan_key`
  INNER JOIN {gold}.`dim_country` AS `t2`
    ON `t`.`country_key` = `t2`.`country_key`
  INNER JOIN {gold}.`dim_subscriber` AS `t3`
    ON `t`.`subscriber_key` = `t3`.`subscriber_key`
  INNER JOIN {gold}.`dim_date` AS `t4`
    ON `t`.`date_key` = `t4`.`date_key`
dimensions:
- name: plan
  expr: '`plan`'
  display_name: Plan
  comment: subscription plan; Unknown if not known
- name: residence_country
  expr: '`residence_country`'
  display_name: Country of residence
  comment: country of residence; Unknown if not known
- name: residence_region
  expr: '`residence_region`'
  display_name: Region of residence
  comment: UN M49 region of the country of residence
- name: age_band
  expr: '`age_band`'
  display_name: Age band
  comment: 13-17, 18-24, 25-34, 35-44, 45-54, 55-64, 65+ or Unknown
- name: gender
  expr: '`gender`'
  display_name: Gender
  comment: gender; Unknown if not known
- name: month
  expr: CAST(TRUNC(`day`, 'MONTH') AS DATE)
  display_name: Month
  comment: 'first day of the month: month of the subscription'
- name: quarter
  expr: CAST(TRUNC(`day`, 'QUARTER') AS DATE)
  display_name: Quarter
  comment: 'first day of the quarter: month of the subscription'
- name: year
  expr: CAST(TRUNC(`day`, 'YEAR') AS DATE)
  display_name: Year
  comment: 'first day of the year: month of the subscription'
measures:
- name: revenue
  expr: CAST(CAST(CASE WHEN COUNT(`revenue_rows`) = 0 THEN CAST(0 AS DECIMAL(38, 0)) ELSE CAST(SUM(`revenue_value`) AS DECIMAL(38,
    0)) END AS DECIMAL(18, 0)) * CAST(0.01 AS DECIMAL(2, 2)) AS DECIMAL(18, 2))
  display_name: Revenue
  comment: revenue from active subscribers; null if unknown for all of them
  synonyms:
  - sales
  - income
  format:
    type: number
- name: new_subscribers
  expr: CAST(CAST(COUNT(`new_subscribers_value`) AS DECIMAL(38, 0)) AS BIGINT)
  display_name: New subscribers
  comment: subscribers who joined or rejoined in the month
  format:
    type: number
- name: churned_subscribers
  expr: CAST(CAST(COUNT(`churned_subscribers_value`) AS DECIMAL(38, 0)) AS BIGINT)
  display_name: Churned subscribers
  comment: subscribers who left after the month before
  synonyms:
  - churn
  - cancellations
  format:
    type: number
- name: average_revenue_per_user
  expr: CAST(CAST((((2000000) * (CASE WHEN COUNT(`revenue_rows`) = 0 THEN CAST(0 AS DECIMAL(38, 0)) ELSE CAST(SUM(`revenue_value`)
    AS DECIMAL(38, 0)) END)) + ((100) * (CAST(COUNT(`paying_months_value`) AS DECIMAL(38, 0))))) DIV ((2) * (NULLIF((100)
    * (CAST(COUNT(`paying_months_value`) AS DECIMAL(38, 0))), 0))) AS DECIMAL(18, 0)) * CAST(0.000001 AS DECIMAL(6, 6)) AS
    DECIMAL(18, 6))
  display_name: Average revenue per user
  comment: revenue / active subscribers of known revenue; null for 0
  synonyms:
  - ARPU
  format:
    type: number
$$;
