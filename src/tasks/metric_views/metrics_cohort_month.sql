-- Made from metrics/definitions by ./lakehouse generate metrics; src/tasks/make_metric_views.py runs it.
CREATE OR REPLACE VIEW {gold}.metrics_cohort_month
WITH METRICS
LANGUAGE YAML
AS $$
version: '1.1'
comment: 'Cohorts by month: one row per month of joining and months since then'
source: |-
  SELECT
    `t`.`cohort_month` AS `cohort_month`,
    `t`.`months_since_joining` AS `months_since_joining`,
    `t`.`subscribers` AS `cohort_subscribers_value`,
    1 AS `cohort_subscribers_rows`,
    `t`.`active_subscribers` AS `cohort_active_subscribers_value`,
    1 AS `cohort_active_subscribers_rows`
  FROM {gold}.`kpi_cohort_retention` AS `t`
dimensions:
- name: cohort_month
  expr: '`cohort_month`'
  display_name: Month of joining
  comment: first day of the month of joining
- name: months_since_joining
  expr: '`months_since_joining`'
  display_name: Months since joining
  comment: from 0 to the newest month in which anybody paid
measures:
- name: cohort_subscribers
  expr: CAST(CASE WHEN COUNT(`cohort_subscribers_rows`) = 0 THEN CAST(0 AS DECIMAL(38, 0)) ELSE CAST(SUM(`cohort_subscribers_value`)
    AS DECIMAL(38, 0)) END AS BIGINT)
  display_name: Subscribers of the cohort
  comment: subscribers who joined in the cohort month; the same in all its rows
  format:
    type: number
- name: cohort_active_subscribers
  expr: CAST(CASE WHEN COUNT(`cohort_active_subscribers_rows`) = 0 THEN CAST(0 AS DECIMAL(38, 0)) ELSE CAST(SUM(`cohort_active_subscribers_value`)
    AS DECIMAL(38, 0)) END AS BIGINT)
  display_name: Active subscribers of the cohort
  comment: of these, subscribers who are active so many months later
  format:
    type: number
- name: retention
  expr: CAST(CAST((((2000000) * (CASE WHEN COUNT(`cohort_active_subscribers_rows`) = 0 THEN CAST(0 AS DECIMAL(38, 0)) ELSE
    CAST(SUM(`cohort_active_subscribers_value`) AS DECIMAL(38, 0)) END)) + (CASE WHEN COUNT(`cohort_subscribers_rows`) = 0
    THEN CAST(0 AS DECIMAL(38, 0)) ELSE CAST(SUM(`cohort_subscribers_value`) AS DECIMAL(38, 0)) END)) DIV ((2) * (NULLIF(CASE
    WHEN COUNT(`cohort_subscribers_rows`) = 0 THEN CAST(0 AS DECIMAL(38, 0)) ELSE CAST(SUM(`cohort_subscribers_value`) AS
    DECIMAL(38, 0)) END, 0))) AS DECIMAL(18, 0)) * CAST(0.000001 AS DECIMAL(6, 6)) AS DECIMAL(18, 6))
  display_name: Retention
  comment: active subscribers / subscribers, 0 to 1, rounded half up
  format:
    type: percentage
$$;
