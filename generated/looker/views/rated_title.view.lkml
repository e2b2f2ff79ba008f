# Made from metrics/definitions by ./lakehouse generate looker.

view: rated_title {
  sql_table_name: @{SCHEMA}.fact_title_rating ;;

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

  measure: average_rating {
    label: "Average rating"
    description: "average of the titles' ratings at IMDb, 1 to 10. Computed as: sum of ratings / rated titles"
    value_format: "0.0"
    type: average
    sql: ${TABLE}.average_rating ;;
  }

  measure: votes {
    label: "Votes"
    description: "number of ratings at IMDb. Computed as: sum of the ratings that users gave"
    value_format: "#,##0"
    type: sum
    sql: ${TABLE}.votes ;;
  }

  measure: rated_titles {
    label: "Rated titles"
    description: "titles with a rating at IMDb. Computed as: count of titles that are rated, in the catalogue or not"
    value_format: "#,##0"
    type: count
  }
}
