-- Made from metrics/definitions by ./lakehouse generate metrics; src/tasks/make_metric_views.py runs it.
CREATE OR REPLACE VIEW {gold}.metrics_rated_title_by_directors
WITH METRICS
LANGUAGE YAML
AS $$
version: '1.1'
comment: 'Titles rated at IMDb: one row per title that is rated, in the catalogue or not, one for each of the directors of
  its title'
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
    COALESCE(`t3`.`person`, 'Unknown') AS `director`,
    CAST(`t`.`average_rating` * 10 AS BIGINT) AS `average_rating_value`,
    `t`.`votes` AS `votes_value`,
    1 AS `votes_rows`,
    1 AS `rated_titles_value`
  FROM {gold}.`fact_title_rating` AS `t`
  INNER JOIN {gold}.`dim_title` AS `t1`
    ON `t`.`title_key` = `t1`.`title_key`
  INNER JOIN {gold}.`dim_rating` AS `t2`
    ON `t1`.`rating_key` = `t2`.`rating_key`
  INNER JOIN {gold}.`bridge_title_person` AS `b3`
    ON `t1`.`title_key` = `b3`.`title_key` AND `b3`.`role` = 'director'
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
- name: director
  expr: '`director`'
  display_name: Director
  comment: director; Unknown for titles without one
measures:
- name: average_rating
  expr: CAST(CAST((((2000000) * (CAST(SUM(`average_rating_value`) AS DECIMAL(38, 0)))) + ((CAST(COUNT(`average_rating_value`)
    AS DECIMAL(38, 0))) * (10))) DIV ((2) * (NULLIF((CAST(COUNT(`average_rating_value`) AS DECIMAL(38, 0))) * (10), 0))) AS
    DECIMAL(18, 0)) * CAST(0.000001 AS DECIMAL(6, 6)) AS DECIMAL(18, 6))
  display_name: Average rating
  comment: average of the titles' ratings at IMDb, 1 to 10
  format:
    type: number
- name: votes
  expr: CAST(CASE WHEN COUNT(`votes_rows`) = 0 THEN CAST(0 AS DECIMAL(38, 0)) ELSE CAST(SUM(`votes_value`) AS DECIMAL(38,
    0)) END AS BIGINT)
  display_name: Votes
  comment: number of ratings at IMDb
  format:
    type: number
- name: rated_titles
  expr: CAST(CAST(COUNT(`rated_titles_value`) AS DECIMAL(38, 0)) AS BIGINT)
  display_name: Rated titles
  comment: titles with a rating at IMDb
  format:
    type: number
$$;
