# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_event_type {
  sql_table_name: @{SCHEMA}.kpi_event_type ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.event_type ;;
  }

  dimension: event_type {
    hidden: yes
    type: string
    sql: ${TABLE}.event_type ;;
  }

  dimension: events {
    hidden: yes
    type: number
    sql: ${TABLE}.events ;;
  }

  dimension: share {
    hidden: yes
    type: number
    sql: ${TABLE}.share ;;
  }
}
