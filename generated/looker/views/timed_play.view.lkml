# Made from metrics/definitions by ./lakehouse generate looker.

view: timed_play {
  sql_table_name: @{SCHEMA}.fact_playback ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.session_key ;;
  }

  dimension: title_key {
    label: "Title key"
    description: "key of the title; -1 for unknown titles"
    type: number
    value_format: "0"
    hidden: yes
    sql: ${title.title_key} ;;
  }

  dimension: title {
    label: "Title"
    description: "name of the title"
    type: string
    sql: ${title.title} ;;
  }

  dimension: type {
    label: "Type"
    description: "Movie or TV Show; Unknown for unknown titles"
    type: string
    sql: COALESCE(${title.type}, 'Unknown') ;;
  }

  dimension: release_year {
    label: "Release year"
    description: "year in which the title was first shown"
    type: number
    value_format: "0"
    sql: ${title.release_year} ;;
  }

  dimension: year_added {
    label: "Year added"
    description: "year in which the title was added; unknown if the date is"
    type: number
    value_format: "0"
    sql: EXTRACT(YEAR FROM ${title.date_added}) ;;
  }

  dimension: content_age_category {
    label: "Age of content"
    description: "Recent (from 2020), Modern (from 2010) or Classic"
    type: string
    sql: COALESCE(${title.content_age_category}, 'Unknown') ;;
  }

  dimension: rating {
    label: "Maturity rating"
    description: "maturity rating; Unknown for titles without one"
    type: string
    sql: COALESCE(${title_rating.rating}, 'Unknown') ;;
  }

  dimension: audience {
    label: "Audience"
    description: "Kids, Older Kids, Teens, Adults, Not Rated or Unknown"
    type: string
    sql: COALESCE(${title_rating.audience}, 'Unknown') ;;
  }

  dimension: genre {
    label: "Genre"
    description: "genre; Unknown for titles without one"
    type: string
    sql: COALESCE(${title_genres.genre}, 'Unknown') ;;
  }

  dimension: production_country {
    label: "Country of production"
    description: "country of production; Unknown for titles without one"
    type: string
    sql: COALESCE(${title_countries.country}, 'Unknown') ;;
  }

  dimension: director {
    label: "Director"
    description: "director; Unknown for titles without one"
    type: string
    sql: COALESCE(${title_directors.person}, 'Unknown') ;;
  }

  dimension: actor {
    label: "Actor"
    description: "actor; Unknown for titles without one"
    type: string
    sql: COALESCE(${title_actors.person}, 'Unknown') ;;
  }

  dimension: plan {
    label: "Plan"
    description: "subscription plan; Unknown if not known"
    type: string
    sql: COALESCE(${subscriber_plan.plan}, 'Unknown') ;;
  }

  dimension: device {
    label: "Device"
    description: "device; Unknown if not known"
    type: string
    sql: COALESCE(${device.device}, 'Unknown') ;;
  }

  dimension: viewing_country {
    label: "Country of viewing"
    description: "country of viewing; Unknown if not known"
    type: string
    sql: COALESCE(${country.country}, 'Unknown') ;;
  }

  dimension: viewing_region {
    label: "Region of viewing"
    description: "UN M49 region of the country of viewing"
    type: string
    sql: COALESCE(${country.region}, 'Unknown') ;;
  }

  dimension: column_title_key {
    hidden: yes
    type: number
    sql: ${TABLE}.title_key ;;
  }

  dimension: column_subscriber_key {
    hidden: yes
    type: number
    sql: ${TABLE}.subscriber_key ;;
  }

  dimension: column_device_key {
    hidden: yes
    type: number
    sql: ${TABLE}.device_key ;;
  }

  dimension: column_country_key {
    hidden: yes
    type: number
    sql: ${TABLE}.country_key ;;
  }

  dimension: column_date_key {
    hidden: yes
    type: number
    sql: ${TABLE}.date_key ;;
  }

  dimension: column_completion {
    hidden: yes
    type: number
    sql: ${TABLE}.completion ;;
  }

  dimension: is_in_completed_plays {
    hidden: yes
    type: yesno
    sql: ${TABLE}.is_completed ;;
  }

  dimension_group: day {
    label: "Day"
    description: "day of the first event (UTC)"
    type: time
    timeframes: [raw, date, week, month, quarter, year]
    convert_tz: no
    datatype: date
    sql: ${date.date} ;;
  }

  measure: timed_plays {
    label: "Plays of movies"
    description: "viewing sessions of movies whose completion is known. Computed as: count of sessions with a completion"
    value_format: "#,##0"
    type: count
  }

  measure: average_completion {
    label: "Average completion"
    description: "average completion of the plays, 0 to 1, rounded half up. Computed as: sum of completion / plays"
    value_format: "0.0%"
    type: average
    sql: ${TABLE}.completion ;;
  }

  measure: completed_plays {
    label: "Completed plays"
    description: "plays that are completed (is_completed). Computed as: count of plays with is_completed"
    value_format: "#,##0"
    type: count
    filters: [is_in_completed_plays: "yes"]
  }

  measure: completed_share {
    label: "Completed"
    description: "completed plays / plays, 0 to 1, rounded half up. Computed as: completed_plays / plays"
    value_format: "0.0%"
    type: number
    sql: 1.0 * ${completed_plays} / NULLIF(${timed_plays}, 0) ;;
  }
}
