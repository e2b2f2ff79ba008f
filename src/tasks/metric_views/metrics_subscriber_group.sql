-- Made from metrics/definitions by ./lakehouse generate metrics; src/tasks/make_metric_views.py runs it.
CREATE OR REPLACE VIEW {gold}.metrics_subscriber_group
WITH METRICS
LANGUAGE YAML
AS $$
version: '1.1'
comment: 'Current subscribers by group: one row per plan, country, age band and gender of current subscribers'
source: |-
  SELECT
    COALESCE(`t`.`plan`, 'Unknown') AS `plan`,
    COALESCE(`t`.`country`, 'Unknown') AS `residence_country`,
    COALESCE(`t`.`age_band`, 'Unknown') AS `age_band`,
    COALESCE(`t`.`gender`, 'Unknown') AS `gender`,
    CAST(`t`.`monthly_revenue` * 100 AS BIGINT) AS `monthly_revenue_value`,
    1 AS `monthly_revenue_rows`
  FROM {gold}.`kpi_subscribers` AS `t`
dimensions:
- name: plan
  expr: '`plan`'
  display_name: Plan
  comment: subscription plan; Unknown if not known
- name: residence_country
  expr: '`residence_country`'
  display_name: Country of residence
  comment: country of residence; Unknown if not known
- name: age_band
  expr: '`age_band`'
  display_name: Age band
  comment: 13-17, 18-24, 25-34, 35-44, 45-54, 55-64, 65+ or Unknown
- name: gender
  expr: '`gender`'
  display_name: Gender
  comment: gender; Unknown if not known
measures:
- name: monthly_revenue
  expr: CAST(CAST(CASE WHEN COUNT(`monthly_revenue_rows`) = 0 THEN CAST(0 AS DECIMAL(38, 0)) ELSE CAST(SUM(`monthly_revenue_value`)
    AS DECIMAL(38, 0)) END AS DECIMAL(18, 0)) * CAST(0.01 AS DECIMAL(2, 2)) AS DECIMAL(18, 2))
  display_name: Monthly revenue of current subscribers
  comment: what current subscribers pay per month; null if all unknown
  format:
    type: number
$$;
