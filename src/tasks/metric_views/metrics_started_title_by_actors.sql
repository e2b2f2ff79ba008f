-- Made from metrics/definitions by ./lakehouse generate metrics; src/tasks/make_metric_views.py runs it.
CREATE OR REPLACE VIEW {gold}.metrics_started_title_by_actors
WITH METRICS
LANGUAGE YAML
AS $$
version: '1.1'
comment: 'Starts by title: one row per title that was watched or started, one for each of the actors of its title'
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
    COALESCE(`t3`.`person`, 'Unknown') AS `actor`,
    `t`.`starts` AS `starts_value`,
    1 AS `starts_rows`
  FROM {gold}.`kpi_top_titles` AS `t`
  INNER JOIN {gold}.`dim_title` AS `t1`
    ON `t`.`title_key` = `t1`.`title_key`
  INNER JOIN {gold}.`dim_rating` AS `t2`
    ON `t1`.`rating_key` = `t2`.`rating_key`
  INNER JOIN {gold}.`bridge_title_person` AS `b3`
    ON `t1`.`title_key` = `b3`.`title_key` AND `b3`.`role` = 'cast'
  INNER JOIN {gold}.`dim_person` AS `t3`
    ON `b3`.`person_key` = `t3`.`person_key`
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
- name: actor
  expr: '`actor`'
  display_name: Actor
  comment: actor; Unknown for titles without one
  synonyms:
  - cast
measures:
- name: starts
  expr: CAST(CASE WHEN COUNT(`starts_rows`) = 0 THEN CAST(0 AS DECIMAL(38, 0)) ELSE CAST(SUM(`starts_value`) AS DECIMAL(38,
    0)) END AS BIGINT)
  display_name: Starts
  comment: PLAY_START events of the title
  format:
    type: number
$$;
