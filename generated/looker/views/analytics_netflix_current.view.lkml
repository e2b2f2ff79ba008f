# Made from metrics/definitions by ./lakehouse generate looker.

view: analytics_netflix_current {
  sql_table_name: @{BIGQUERY_SCHEMA}.dim_title ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.title_key ;;
  }

  dimension: show_id {
    description: "the catalogue's own id of the title"
    type: string
    sql: ${TABLE}.show_id ;;
  }

  dimension: type {
    description: "Movie or TV Show"
    type: string
    sql: ${TABLE}.type ;;
  }

  dimension: country {
    description: "the countries of production, in the order of their names"
    type: string
    sql: (SELECT STRING_AGG(c.country, ', ' ORDER BY c.country) FROM @{BIGQUERY_SCHEMA}.bridge_title_country AS b JOIN @{BIGQUERY_SCHEMA}.dim_country AS c ON c.country_key = b.country_key WHERE b.title_key = ${TABLE}.title_key) ;;
  }

  dimension: release_year {
    description: "year in which the title was first shown"
    type: number
    value_format: "0"
    sql: ${TABLE}.release_year ;;
  }

  dimension: in_catalogue {
    hidden: yes
    type: yesno
    sql: ${TABLE}.in_catalogue ;;
  }

  measure: total_titles {
    description: "number of titles"
    type: count
  }
}
