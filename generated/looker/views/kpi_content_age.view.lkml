# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_content_age {
  sql_table_name: @{SCHEMA}.kpi_content_age ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.type AS STRING), '~'), COALESCE(CAST(${TABLE}.content_age_category AS STRING), '~'), COALESCE(CAST(${TABLE}.country AS STRING), '~')) ;;
  }

  dimension: average_duration {
    hidden: yes
    type: number
    sql: ${TABLE}.average_duration ;;
  }

  dimension: content_age_category {
    hidden: yes
    type: string
    sql: ${TABLE}.content_age_category ;;
  }

  dimension: content_count {
    hidden: yes
    type: number
    sql: ${TABLE}.content_count ;;
  }

  dimension: country {
    hidden: yes
    type: string
    sql: ${TABLE}.country ;;
  }

  dimension: genres {
    hidden: yes
    type: number
    sql: ${TABLE}.genres ;;
  }

  dimension: type {
    hidden: yes
    type: string
    sql: ${TABLE}.type ;;
  }
}
