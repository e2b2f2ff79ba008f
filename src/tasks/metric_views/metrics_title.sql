-- Made from metrics/definitions by ./lakehouse generate metrics; src/tasks/make_metric_views.py runs it.
CREATE OR REPLACE VIEW {gold}.metrics_title
WITH METRICS
LANGUAGE YAML
AS $$
version: '1.1'
comment: 'Titles in the catalogue: one row per title of the latest release'
source: |-
  SELECT
    `t`.`title_key` AS `title_key`,
    `t`.`title` AS `title`,
    COALESCE(`t`.`type`, 'Unknown') AS `type`,
    `t`.`release_year` AS `release_year`,
    CAST(EXTRACT(YEAR FROM `t`.`date_added`) AS INT) AS `year_added`,
    COALESCE(`t`.`content_age_category`, 'Unknown') AS `content_age_category`,
    COALESCE(`t1`.`rating`, 'Unknown') AS `rating`,
    COALESCE(`t1`.`audience`, 'Unknown') AS `audience`,
    `t`.`date_added` AS `day`,
    1 AS `titles_value`,
    CASE WHEN `t`.`type` = 'Movie' THEN 1 END AS `movies_value`,
    CASE WHEN `t`.`type` = 'TV Show' THEN 1 END AS `tv_shows_value`,
    CASE WHEN `t`.`type` = 'Movie' THEN `t`.`duration_minutes` END AS `average_duration_value`,
    CASE
      WHEN (
        SELECT
          MAX(EXTRACT(YEAR FROM `t`.`date_added`))
        FROM {gold}.`dim_title` AS `t`
        WHERE
          `t`.`in_catalogue` AND `t`.`title_key` <> -1
      ) - EXTRACT(YEAR FROM `t`.`date_added`) >= 0
      AND (
        SELECT
          MAX(EXTRACT(YEAR FROM `t`.`date_added`))
        FROM {gold}.`dim_title` AS `t`
        WHERE
          `t`.`in_catalogue` AND `t`.`title_key` <> -1
      ) - EXTRACT(YEAR FROM `t`.`date_added`) < 5
      THEN 1
    END AS `titles_last_5_years_value`,
    CASE
      WHEN (
        SELECT
          MAX(EXTRACT(YEAR FROM `t`.`date_added`))
        FROM {gold}.`dim_title` AS `t`
        WHERE
          `t`.`in_catalogue` AND `t`.`title_key` <> -1
      ) - EXTRACT(YEAR FROM `t`.`date_added`) >= 5
      AND (
        SELECT
          MAX(EXTRACT(YEAR FROM `t`.`date_added`))
        FROM {gold}.`dim_title` AS `t`
        WHERE
          `t`.`in_catalogue` AND `t`.`title_key` <> -1
      ) - EXTRACT(YEAR FROM `t`.`date_added`) < 10
      THEN 1
    END AS `titles_previous_5_years_value`,
    CASE WHEN NOT `h1`.`found` IS NULL THEN 1 END AS `watched_titles_value`
  FROM {gold}.`dim_title` AS `t`
  INNER JOIN {gold}.`dim_rating` AS `t1`
    ON `t`.`rating_key` = `t1`.`rating_key`
  LEFT JOIN (
    SELECT DISTINCT
      `t`.`title_key` AS `found`
    FROM {gold}.`fact_playback` AS `t`
    WHERE
      `t`.`is_view`
  ) AS `h1`
    ON `t`.`title_key` = `h1`.`found`
  WHERE
    `t`.`in_catalogue` AND `t`.`title_key` <> -1
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
- name: day
  expr: '`day`'
  display_name: Day
  comment: the day
- name: week
  expr: CAST(TRUNC(`day`, 'WEEK') AS DATE)
  display_name: Week
  comment: 'first day of the week: day on which the title was added'
- name: month
  expr: CAST(TRUNC(`day`, 'MONTH') AS DATE)
  display_name: Month
  comment: 'first day of the month: day on which the title was added'
- name: quarter
  expr: CAST(TRUNC(`day`, 'QUARTER') AS DATE)
  display_name: Quarter
  comment: 'first day of the quarter: day on which the title was added'
- name: year
  expr: CAST(TRUNC(`day`, 'YEAR') AS DATE)
  display_name: Year
  comment: 'first day of the year: day on which the title was added'
measures:
- name: titles
  expr: CAST(CAST(COUNT(`titles_value`) AS DECIMAL(38, 0)) AS BIGINT)
  display_name: Titles
  comment: number of titles
  synonyms:
  - content count
  - total titles
  format:
    type: number
- name: movies
  expr: CAST(CAST(COUNT(`movies_value`) AS DECIMAL(38, 0)) AS BIGINT)
  display_name: Movies
  comment: number of movies
  format:
    type: number
- name: tv_shows
  expr: CAST(CAST(COUNT(`tv_shows_value`) AS DECIMAL(38, 0)) AS BIGINT)
  display_name: TV shows
  comment: number of TV shows
  format:
    type: number
- name: movie_share
  expr: CAST(CAST((((2000000) * (CAST(COUNT(`movies_value`) AS DECIMAL(38, 0)))) + (CAST(COUNT(`titles_value`) AS DECIMAL(38,
    0)))) DIV ((2) * (NULLIF(CAST(COUNT(`titles_value`) AS DECIMAL(38, 0)), 0))) AS DECIMAL(18, 0)) * CAST(0.000001 AS DECIMAL(6,
    6)) AS DECIMAL(18, 6))
  display_name: Share of movies
  comment: movies / titles, 0 to 1, rounded half up
  format:
    type: percentage
- name: average_duration
  expr: CAST(CAST((((2000000) * (CAST(SUM(`average_duration_value`) AS DECIMAL(38, 0)))) + (CAST(COUNT(`average_duration_value`)
    AS DECIMAL(38, 0)))) DIV ((2) * (NULLIF(CAST(COUNT(`average_duration_value`) AS DECIMAL(38, 0)), 0))) AS DECIMAL(18, 0))
    * CAST(0.000001 AS DECIMAL(6, 6)) AS DECIMAL(18, 6))
  display_name: Average length of movies
  comment: average minutes of movies; null if all unknown
  format:
    type: number
- name: titles_last_5_years
  expr: CAST(CAST(COUNT(`titles_last_5_years_value`) AS DECIMAL(38, 0)) AS BIGINT)
  display_name: Titles added in the last 5 years
  comment: titles added in the five years up to the latest with an addition
  format:
    type: number
- name: titles_previous_5_years
  expr: CAST(CAST(COUNT(`titles_previous_5_years_value`) AS DECIMAL(38, 0)) AS BIGINT)
  display_name: Titles added in the 5 years before
  comment: titles added in the five years before those
  format:
    type: number
- name: title_growth
  expr: CAST(CAST(CAST((((2000000) * (CAST(COUNT(`titles_last_5_years_value`) AS DECIMAL(38, 0)))) + (CAST(COUNT(`titles_previous_5_years_value`)
    AS DECIMAL(38, 0)))) DIV ((2) * (NULLIF(CAST(COUNT(`titles_previous_5_years_value`) AS DECIMAL(38, 0)), 0))) AS DECIMAL(18,
    0)) * CAST(0.000001 AS DECIMAL(6, 6)) AS DECIMAL(18, 6)) - 1 AS DECIMAL(18, 6))
  display_name: Growth of additions
  comment: (last - previous) / previous; null if previous is 0
  format:
    type: percentage
- name: watched_titles
  expr: CAST(CAST(COUNT(`watched_titles_value`) AS DECIMAL(38, 0)) AS BIGINT)
  display_name: Watched titles
  comment: titles with at least one view (is_view)
  format:
    type: number
- name: unwatched_titles
  expr: CAST((CAST(COUNT(`titles_value`) AS DECIMAL(38, 0))) - (CAST(COUNT(`watched_titles_value`) AS DECIMAL(38, 0))) AS
    BIGINT)
  display_name: Titles that nobody watched
  comment: titles without a view
  format:
    type: number
- name: unwatched_share
  expr: CAST(CAST((((2000000) * ((CAST(COUNT(`titles_value`) AS DECIMAL(38, 0))) - (CAST(COUNT(`watched_titles_value`) AS
    DECIMAL(38, 0))))) + (CAST(COUNT(`titles_value`) AS DECIMAL(38, 0)))) DIV ((2) * (NULLIF(CAST(COUNT(`titles_value`) AS
    DECIMAL(38, 0)), 0))) AS DECIMAL(18, 0)) * CAST(0.000001 AS DECIMAL(6, 6)) AS DECIMAL(18, 6))
  display_name: Share that nobody watched
  comment: unwatched titles / titles, 0 to 1, rounded half up
  format:
    type: percentage
$$;
