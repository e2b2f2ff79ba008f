# Made from metrics/definitions by ./lakehouse generate looker.

view: underwatched_title {
  sql_table_name: @{SCHEMA}.kpi_underwatched_titles ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.title_key AS STRING), '~'), COALESCE(CAST(${TABLE}.title AS STRING), '~'), COALESCE(CAST(${TABLE}.type AS STRING), '~')) ;;
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

  dimension: column_title_key {
    hidden: yes
    type: number
    sql: ${TABLE}.title_key ;;
  }

  measure: less_watched_share {
    label: "Less watched titles"
    description: "share of rated titles with fewer hours: under 0.5. Computed as: rated titles with fewer hours / rated titles, of the catalogue"
    required_fields: [title_key]
    value_format: "0.0%"
    type: average
    sql: ${TABLE}.less_watched_share ;;
  }
}
