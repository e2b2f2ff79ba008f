# Made from metrics/definitions by ./lakehouse generate looker.

view: started_title {
  sql_table_name: @{SCHEMA}.kpi_top_titles ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.title_key AS STRING), '~'), COALESCE(CAST(${TABLE}.title AS STRING), '~')) ;;
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

  dimension: column_title_key {
    hidden: yes
    type: number
    sql: ${TABLE}.title_key ;;
  }

  measure: starts {
    label: "Starts"
    description: "PLAY_START events of the title. Computed as: count of PLAY_START events by the title of each"
    value_format: "#,##0"
    type: sum
    sql: ${TABLE}.starts ;;
  }
}
