# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_events_by_date {
  sql_table_name: @{SCHEMA}.kpi_events_by_date ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.event_date ;;
  }

  dimension: event_date {
    hidden: yes
    type: date
    convert_tz: no
    datatype: date
    sql: ${TABLE}.event_date ;;
  }

  dimension: events {
    hidden: yes
    type: number
    sql: ${TABLE}.events ;;
  }
}
