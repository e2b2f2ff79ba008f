-- Made from metrics/definitions by ./lakehouse generate metrics; src/tasks/make_metric_views.py runs it.
CREATE OR REPLACE VIEW {gold}.metrics_subscriber
WITH METRICS
LANGUAGE YAML
AS $$
version: '1.1'
comment: 'Current subscribers: one row per current subscriber'
source: |-
  SELECT
    COALESCE(`t1`.`plan`, 'Unknown') AS `plan`,
    COALESCE(`t2`.`country`, 'Unknown') AS `residence_country`,
    COALESCE(`t2`.`region`, 'Unknown') AS `residence_region`,
    COALESCE(`t`.`age_band`, 'Unknown') AS `age_band`,
    COALESCE(`t`.`gender`, 'Unknown') AS `gender`,
    COALESCE(`t3`.`device`, 'Unknown') AS `device`,
    1 AS `subscribers_value`
  FROM {gold}.`dim_subscriber` AS `t`
  INNER JOIN {gold}.`dim_plan` AS `t1`
    ON `t`.`plan_key` = `t1`.`plan_key`
  INNER JOIN {gold}.`dim_country` AS `t2`
    ON `t`.`country_key` = `t2`.`country_key`
  INNER JOIN {gold}.`dim_device` AS `t3`
    ON `t`.`device_key` = `t3`.`device_key`
  WHERE
    `t`.`is_current` AND `t`.`subscriber_key` <> -1
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
- name: device
  expr: '`device`'
  display_name: Device
  comment: device; Unknown if not known
measures:
- name: subscribers
  expr: CAST(CAST(COUNT(`subscribers_value`) AS DECIMAL(38, 0)) AS BIGINT)
  display_name: Current subscribers
  comment: subscribers in the latest snapshot
  synonyms:
  - members
  - customers
  format:
    type: number
$$;
