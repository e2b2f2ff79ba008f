# Made from metrics/definitions by ./lakehouse generate looker.

view: play {
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

  dimension: is_in_long_plays {
    hidden: yes
    type: yesno
    sql: ${TABLE}.is_view ;;
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

  measure: hours_viewed {
    label: "Hours viewed"
    description: "hours watched, by the bridge weights, rounded half up. Computed as: sum of watched_seconds / 3600"
    value_format: "#,##0.00"
    type: number
    sql: SUM(${TABLE}.watched_seconds{% if play.genre._in_query %} * ${title_genres_pairs.weight}{% endif %}{% if play.production_country._in_query %} * ${title_countries_pairs.weight}{% endif %}{% if play.director._in_query %} * ${title_directors_pairs.weight}{% endif %}{% if play.actor._in_query %} * ${title_actors_pairs.weight}{% endif %}) / 3600 ;;
  }

  measure: plays {
    label: "Plays"
    description: "viewing sessions; a title with several members counts for each. Computed as: count of sessions"
    value_format: "#,##0"
    type: count
  }

  measure: long_plays {
    label: "Watched plays"
    description: "plays that are watched for at least lakehouse.view_seconds (is_view). Computed as: count of sessions that are views"
    value_format: "#,##0"
    type: count
    filters: [is_in_long_plays: "yes"]
  }

  measure: overlong_spans {
    label: "Overlong spans"
    description: "number of spans of more than 24 hours, which count as 0 seconds. Computed as: sum of overlong_spans of the sessions"
    value_format: "#,##0"
    type: sum
    sql: ${TABLE}.overlong_spans ;;
  }

  measure: viewers {
    label: "Viewers"
    description: "distinct known subscribers; not additive. Computed as: count of distinct subscriber_id"
    value_format: "#,##0"
    type: count_distinct
    sql: ${TABLE}.subscriber_id ;;
  }
}
