-- Made from metrics/definitions by ./lakehouse generate metrics; src/tasks/make_metric_views.py runs it.
CREATE OR REPLACE VIEW {gold}.metrics_play
WITH METRICS
LANGUAGE YAML
AS $$
version: '1.1'
comment: 'Viewing sessions: one row per viewing session'
source: |-
  SELECT
    `t1`.`title_key` AS `title_key`,
    `t1`.`title` AS `title`,
    COALESCE(`t1`.`type`, 'Unknown') AS `type`,
    `t1`.`release_year` AS `release_year`,
    CAST(EXTRACT(YEAR FROM `t1`.`date_added`) AS INT) AS `year_added`,
    COALESCE(`t1`.`content_age_category`, 'Unknown') AS `content_age_category`,
    COALESCE(`t2`.`rating`, 'Unknown') AS `rating`,
    COALESCE(`t2`.`audience`, 'Unknown') AS `audience`,
    COALESCE(`t3`.`age_band`, 'Unknown') AS `age_band`,
    COALESCE(`t3`.`gender`, 'Unknown') AS `gender`,
    COALESCE(`t4`.`plan`, 'Unknown') AS `plan`,
    COALESCE(`t5`.`country`, 'Unknown') AS `residence_country`,
    COALESCE(`t5`.`region`, 'Unknown') AS `residence_region`,
    COALESCE(`t6`.`device`, 'Unknown') AS `device`,
    COALESCE(`t7`.`country`, 'Unknown') AS `viewing_country`,
    COALESCE(`t7`.`region`, 'Unknown') AS `viewing_region`,
    `t8`.`date` AS `day`,
    `t`.`watched_seconds` AS `hours_viewed_value`,
    1 AS `hours_viewed_rows`,
    1 AS `plays_value`,
    CASE WHEN `t`.`is_view` THEN 1 END AS `long_plays_value`,
    `t`.`overlong_spans` AS `overlong_spans_value`,
    1 AS `overlong_spans_rows`,
    `t`.`subscriber_id` AS `viewers_value`
  FROM {gold}.`fact_playback` AS `t`
  INNER JOIN {gold}.`dim_title` AS `t1`
    ON `t`.`title_key` = `t1`.`title_key`
  INNER JOIN {gold}.`dim_rating` AS `t2`
    ON `t1`.`rating_key` = `t2`.`rating_key`
  INNER JOIN {gold}.`dim_subscriber` AS `t3`
    ON `t`.`subscriber_key` = `t3`.`subscriber_key`
  INNER JOIN {gold}.`dim_plan` AS `t4`
    ON `t3`.`plan_key` = `t4`.`plan_key`
  INNER JOIN {gold}.`dim_country` AS `t5`
    ON `t3`.`country_key` = `t5`.`country_key`
  INNER JOIN {gold}.`dim_device` AS `t6`
    ON `t`.`device_key` = `t6`.`device_key`
  INNER JOIN {gold}.`dim_country` AS `t7`
    ON `t`.`country_key` = `t7`.`country_key`
  INNER JOIN {gold}.`dim_date` AS `t8`
    ON `t`.`date_key` = `t8`.`date_key`
dimensions:
- name: title_key
  expr: '`title_key`'
  display_name: Title key
  comment: key of the title; -1 for unknown titles
- name: title
  expr: '`title`'
  display_name: Title
  comment: name of the title
  synonyms:
  - show
  - movie name
- name: type
  expr: '`type`'
  display_name: Type
  comment: Movie or TV Show; Unknown for unknown titles
  synonyms:
  - content type
  - category
- name: release_year
  expr: '`release_year`'
  display_name: Release year
  comment: year in which the title was first shown
- name: year_added
  expr: '`year_added`'
  display_name: Year added
  comment: year in which the title was added; unknown if the date is
- name: content_age_category
  expr: '`content_age_category`'
  display_name: Age of content
  comment: Recent (from 2020), Modern (from 2010) or Classic
- name: rating
  expr: '`rating`'
  display_name: Maturity rating
  comment: maturity rating; Unknown for titles without one
  synonyms:
  - age rating
  - certificate
- name: audience
  expr: '`audience`'
  display_name: Audience
  comment: Kids, Older Kids, Teens, Adults, Not Rated or Unknown
- name: age_band
  expr: '`age_band`'
  display_name: Age band
  comment: 13-17, 18-24, 25-34, 35-44, 45-54, 55-64, 65+ or Unknown
- name: gender
  expr: '`gender`'
  display_name: Gender
  comment: gender; Unknown if not known
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
  comment: 'first day of the week: day of the first event (UTC)'
- name: month
  expr: CAST(TRUNC(`day`, 'MONTH') AS DATE)
  display_name: Month
  comment: 'first day of the month: day of the first event (UTC)'
- name: quarter
  expr: CAST(TRUNC(`day`, 'QUARTER') AS DATE)
  display_name: Quarter
  comment: 'first day of the quarter: day of the first event (UTC)'
- name: year
  expr: CAST(TRUNC(`day`, 'YEAR') AS DATE)
  display_name: Year
  comment: 'first day of the year: day of the first event (UTC)'
measures:
- name: hours_viewed
  expr: CAST(CAST((((2000000) * (CASE WHEN COUNT(`hours_viewed_rows`) = 0 THEN CAST(0 AS DECIMAL(38, 0)) ELSE CAST(SUM(`hours_viewed_value`)
    AS DECIMAL(38, 0)) END)) + (3600)) DIV ((2) * (NULLIF(3600, 0))) AS DECIMAL(18, 0)) * CAST(0.000001 AS DECIMAL(6, 6))
    AS DECIMAL(18, 6))
  display_name: Hours viewed
  comment: hours watched, by the bridge weights, rounded half up
  synonyms:
  - watch time
  - viewing hours
  format:
    type: number
- name: plays
  expr: CAST(CAST(COUNT(`plays_value`) AS DECIMAL(38, 0)) AS BIGINT)
  display_name: Plays
  comment: viewing sessions; a title with several members counts for each
  synonyms:
  - sessions
  - streams
  format:
    type: number
- name: long_plays
  expr: CAST(CAST(COUNT(`long_plays_value`) AS DECIMAL(38, 0)) AS BIGINT)
  display_name: Watched plays
  comment: plays that are watched for at least lakehouse.view_seconds (is_view)
  format:
    type: number
- name: overlong_spans
  expr: CAST(CASE WHEN COUNT(`overlong_spans_rows`) = 0 THEN CAST(0 AS DECIMAL(38, 0)) ELSE CAST(SUM(`overlong_spans_value`)
    AS DECIMAL(38, 0)) END AS BIGINT)
  display_name: Overlong spans
  comment: number of spans of more than 24 hours, which count as 0 seconds
  format:
    type: number
- name: viewers
  expr: CAST(CAST(COUNT(DISTINCT `viewers_value`) AS DECIMAL(38, 0)) AS BIGINT)
  display_name: Viewers
  comment: distinct known subscribers; not additive
  synonyms:
  - unique viewers
  - subscribers who watched
  format:
    type: number
$$;
