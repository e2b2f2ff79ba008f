# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_content_trend {
  sql_table_name: @{SCHEMA}.kpi_content_trend ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.release_year AS STRING), '~'), COALESCE(CAST(${TABLE}.type AS STRING), '~')) ;;
  }

  dimension: average_duration {
    hidden: yes
    type: number
    sql: ${TABLE}.average_duration ;;
  }

  dimension: content_count {
    hidden: yes
    type: number
    sql: ${TABLE}.content_count ;;
  }

  dimension: countries {
    hidden: yes
    type: number
    sql: ${TABLE}.countries ;;
  }

  dimension: release_year {
    hidden: yes
    type: number
    sql: ${TABLE}.release_year ;;
  }

  dimension: type {
    hidden: yes
    type: string
    sql: ${TABLE}.type ;;
  }
}
