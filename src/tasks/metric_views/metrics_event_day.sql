-- Made from metrics/definitions by ./lakehouse generate metrics; src/tasks/make_metric_views.py runs it.
CREATE OR REPLACE VIEW {gold}.metrics_event_day
WITH METRICS
LANGUAGE YAML
AS $$
version: '1.1'
comment: 'Events by day: one row per day, event type, device and country of viewing'
source: |-
  SELECT
    COALESCE(`t`.`event_type`, 'Unknown') AS `event_type`,
    COALESCE(`t1`.`device`, 'Unknown') AS `device`,
    COALESCE(`t2`.`country`, 'Unknown') AS `viewing_country`,
    COALESCE(`t2`.`region`, 'Unknown') AS `viewing_region`,
    `t`.`event_date` AS `day`,
    `t`.`events` AS `events_value`,
    1 AS `events_rows`
  FROM {gold}.`playback_event_days` AS `t`
  LEFT JOIN {gold}.`dim_device` AS `t1`
    ON COALESCE(
      NULLIF(REGEXP_REPLACE(LOWER(`t`.`device_type`), '[^\\p{L}\\p{M}\\p{N}+&]+', ''), ''),
      LOWER(`t`.`device_type`)
    ) = COALESCE(
      NULLIF(REGEXP_REPLACE(LOWER(`t1`.`device`), '[^\\p{L}\\p{M}\\p{N}+&]+', ''), ''),
      LOWER(`t1`.`device`)
    )
  LEFT JOIN {gold}.`dim_country` AS `t2`
    ON `t`.`country` = `t2`.`iso_code`
dimensions:
- name: event_type
  expr: '`event_type`'
  display_name: Event type
  comment: type of event, in upper case; Unknown for events without one
- name: device
  expr: '`device`'
  display_name: Device
  comment: device; Unknown if not known
- name: viewing_country
  expr: '`viewing_country`'
  display_name: Country of viewing
  comment: country of viewing; Unknown if not known
- name: viewing_region
  expr: '`viewing_region`'
  display_name: Region of viewing
  comment: UN M49 region of the country of viewing
- name: day
  expr: '`day`'
  display_name: Day
  comment: the day
- name: week
  expr: CAST(TRUNC(`day`, 'WEEK') AS DATE)
  display_name: Week
  comment: 'first day of the week: day of the event (UTC)'
- name: month
  expr: CAST(TRUNC(`day`, 'MONTH') AS DATE)
  display_name: Month
  comment: 'first day of the month: day of the event (UTC)'
- name: quarter
  expr: CAST(TRUNC(`day`, 'QUARTER') AS DATE)
  display_name: Quarter
  comment: 'first day of the quarter: day of the event (UTC)'
- name: year
  expr: CAST(TRUNC(`day`, 'YEAR') AS DATE)
  display_name: Year
  comment: 'first day of the year: day of the event (UTC)'
measures:
- name: events
  expr: CAST(CASE WHEN COUNT(`events_rows`) = 0 THEN CAST(0 AS DECIMAL(38, 0)) ELSE CAST(SUM(`events_value`) AS DECIMAL(38,
    0)) END AS BIGINT)
  display_name: Events
  comment: number of events, in sessions or not
  format:
    type: number
$$;
