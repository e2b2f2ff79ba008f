# Made from metrics/definitions by ./lakehouse generate looker.

view: title {
  derived_table: {
    sql: SELECT
  `t`.*,
  (
    SELECT
      MAX(EXTRACT(YEAR FROM `t`.`date_added`))
    FROM @{SCHEMA}.`dim_title` AS `t`
    WHERE
      `t`.`in_catalogue` AND `t`.`title_key` <> -1
  ) - EXTRACT(YEAR FROM `t`.`date_added`) >= 0
  AND (
    SELECT
      MAX(EXTRACT(YEAR FROM `t`.`date_added`))
    FROM @{SCHEMA}.`dim_title` AS `t`
    WHERE
      `t`.`in_catalogue` AND `t`.`title_key` <> -1
  ) - EXTRACT(YEAR FROM `t`.`date_added`) < 5 AS `is_in_titles_last_5_years`,
  (
    SELECT
      MAX(EXTRACT(YEAR FROM `t`.`date_added`))
    FROM @{SCHEMA}.`dim_title` AS `t`
    WHERE
      `t`.`in_catalogue` AND `t`.`title_key` <> -1
  ) - EXTRACT(YEAR FROM `t`.`date_added`) >= 5
  AND (
    SELECT
      MAX(EXTRACT(YEAR FROM `t`.`date_added`))
    FROM @{SCHEMA}.`dim_title` AS `t`
    WHERE
      `t`.`in_catalogue` AND `t`.`title_key` <> -1
  ) - EXTRACT(YEAR FROM `t`.`date_added`) < 10 AS `is_in_titles_previous_5_years`,
  NOT `h0`.`found` IS NULL AS `is_in_watched_titles`
FROM @{SCHEMA}.`dim_title` AS `t`
LEFT JOIN (
  SELECT DISTINCT
    `t`.`title_key` AS `found`
  FROM @{SCHEMA}.`fact_playback` AS `t`
  WHERE
    `t`.`is_view`
) AS `h0`
  ON `t`.`title_key` = `h0`.`found` ;;
  }

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.title_key ;;
  }

  dimension: title_key {
    label: "Title key"
    description: "key of the title; -1 for unknown titles"
    type: number
    value_format: "0"
    hidden: yes
    sql: ${TABLE}.title_key ;;
  }

  dimension: title {
    label: "Title"
    description: "name of the title"
    type: string
    sql: ${TABLE}.title ;;
  }

  dimension: type {
    label: "Type"
    description: "Movie or TV Show; Unknown for unknown titles"
    type: string
    sql: COALESCE(${TABLE}.type, 'Unknown') ;;
  }

  dimension: release_year {
    label: "Release year"
    description: "year in which the title was first shown"
    type: number
    value_format: "0"
    sql: ${TABLE}.release_year ;;
  }

  dimension: year_added {
    label: "Year added"
    description: "year in which the title was added; unknown if the date is"
    type: number
    value_format: "0"
    sql: EXTRACT(YEAR FROM ${TABLE}.date_added) ;;
  }

  dimension: content_age_category {
    label: "Age of content"
    description: "Recent (from 2020), Modern (from 2010) or Classic"
    type: string
    sql: COALESCE(${TABLE}.content_age_category, 'Unknown') ;;
  }

  dimension: rating {
    label: "Maturity rating"
    description: "maturity rating; Unknown for titles without one"
    type: string
    sql: COALESCE(${rating.rating}, 'Unknown') ;;
  }

  dimension: audience {
    label: "Audience"
    description: "Kids, Older Kids, Teens, Adults, Not Rated or Unknown"
    type: string
    sql: COALESCE(${rating.audience}, 'Unknown') ;;
  }

  dimension: genre {
    label: "Genre"
    description: "genre; Unknown for titles without one"
    type: string
    sql: COALESCE(${genres.genre}, 'Unknown') ;;
  }

  dimension: production_country {
    label: "Country of production"
    description: "country of production; Unknown for titles without one"
    type: string
    sql: COALESCE(${countries.country}, 'Unknown') ;;
  }

  dimension: director {
    label: "Director"
    description: "director; Unknown for titles without one"
    type: string
    sql: COALESCE(${directors.person}, 'Unknown') ;;
  }

  dimension: actor {
    label: "Actor"
    description: "actor; Unknown for titles without one"
    type: string
    sql: COALESCE(${actors.person}, 'Unknown') ;;
  }

  dimension: column_rating_key {
    hidden: yes
    type: number
    sql: ${TABLE}.rating_key ;;
  }

  dimension: column_title_key {
    hidden: yes
    type: number
    sql: ${TABLE}.title_key ;;
  }

  dimension: column_in_catalogue {
    hidden: yes
    type: yesno
    sql: ${TABLE}.in_catalogue ;;
  }

  dimension: is_in_movies {
    hidden: yes
    type: yesno
    sql: ${TABLE}.type = 'Movie' ;;
  }

  dimension: is_in_tv_shows {
    hidden: yes
    type: yesno
    sql: ${TABLE}.type = 'TV Show' ;;
  }

  dimension: is_in_average_duration {
    hidden: yes
    type: yesno
    sql: ${TABLE}.type = 'Movie' ;;
  }

  dimension: is_in_titles_last_5_years {
    hidden: yes
    type: yesno
    sql: ${TABLE}.is_in_titles_last_5_years ;;
  }

  dimension: is_in_titles_previous_5_years {
    hidden: yes
    type: yesno
    sql: ${TABLE}.is_in_titles_previous_5_years ;;
  }

  dimension: is_in_watched_titles {
    hidden: yes
    type: yesno
    sql: ${TABLE}.is_in_watched_titles ;;
  }

  dimension_group: day {
    label: "Day"
    description: "day on which the title was added"
    type: time
    timeframes: [raw, date, week, month, quarter, year]
    convert_tz: no
    datatype: date
    sql: ${TABLE}.date_added ;;
  }

  measure: titles {
    label: "Titles"
    description: "number of titles. Computed as: count of titles in the catalogue"
    value_format: "#,##0"
    type: count
  }

  measure: movies {
    label: "Movies"
    description: "number of movies. Computed as: count of titles in the catalogue of type Movie"
    value_format: "#,##0"
    type: count
    filters: [is_in_movies: "yes"]
  }

  measure: tv_shows {
    label: "TV shows"
    description: "number of TV shows. Computed as: count of titles in the catalogue of type TV Show"
    value_format: "#,##0"
    type: count
    filters: [is_in_tv_shows: "yes"]
  }

  measure: average_duration {
    label: "Average length of movies"
    description: "average minutes of movies; null if all unknown. Computed as: sum of minutes / movies with a duration"
    value_format: "#,##0.00"
    type: average
    sql: ${TABLE}.duration_minutes ;;
    filters: [is_in_average_duration: "yes"]
  }

  measure: genres {
    label: "Genres"
    description: "number of distinct genres, not counting Unknown. Computed as: count of distinct known genres"
    value_format: "#,##0"
    type: count_distinct
    sql: NULLIF(${genre}, 'Unknown') ;;
  }

  measure: production_countries {
    label: "Countries of production"
    description: "number of distinct countries of production, not counting Unknown. Computed as: count of distinct known countries"
    value_format: "#,##0"
    type: count_distinct
    sql: NULLIF(${production_country}, 'Unknown') ;;
  }

  measure: titles_last_5_years {
    label: "Titles added in the last 5 years"
    description: "titles added in the five years up to the latest with an addition. Computed as: count of titles added in the latest year with an addition or in the four before"
    value_format: "#,##0"
    type: count
    filters: [is_in_titles_last_5_years: "yes"]
  }

  measure: titles_previous_5_years {
    label: "Titles added in the 5 years before"
    description: "titles added in the five years before those. Computed as: count of titles added in the five years before titles_last_5_years"
    value_format: "#,##0"
    type: count
    filters: [is_in_titles_previous_5_years: "yes"]
  }

  measure: watched_titles {
    label: "Watched titles"
    description: "titles with at least one view (is_view). Computed as: count of titles in the catalogue with a session that is_view, whenever it was"
    value_format: "#,##0"
    type: count
    filters: [is_in_watched_titles: "yes"]
  }

  measure: movie_share {
    label: "Share of movies"
    description: "movies / titles, 0 to 1, rounded half up. Computed as: movies / titles"
    value_format: "0.0%"
    type: number
    sql: 1.0 * ${movies} / NULLIF(${titles}, 0) ;;
  }

  measure: title_growth {
    label: "Growth of additions"
    description: "(last - previous) / previous; null if previous is 0. Computed as: (titles_last_5_years - titles_previous_5_years) / titles_previous_5_years"
    value_format: "0.0%"
    type: number
    sql: 1.0 * (${titles_last_5_years} - ${titles_previous_5_years}) / NULLIF(${titles_previous_5_years}, 0) ;;
  }

  measure: unwatched_titles {
    label: "Titles that nobody watched"
    description: "titles without a view. Computed as: titles - watched_titles"
    value_format: "#,##0"
    type: number
    sql: ${titles} - ${watched_titles} ;;
  }

  measure: unwatched_share {
    label: "Share that nobody watched"
    description: "unwatched titles / titles, 0 to 1, rounded half up. Computed as: unwatched_titles / titles"
    value_format: "0.0%"
    type: number
    sql: 1.0 * ${unwatched_titles} / NULLIF(${titles}, 0) ;;
  }
}
