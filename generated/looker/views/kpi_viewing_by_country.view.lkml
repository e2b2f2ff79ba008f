# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_viewing_by_country {
  sql_table_name: @{SCHEMA}.kpi_viewing_by_country ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.country ;;
  }

  dimension: country {
    hidden: yes
    type: string
    sql: ${TABLE}.country ;;
  }

  dimension: events {
    hidden: yes
    type: number
    sql: ${TABLE}.events ;;
  }

  dimension: hours_viewed {
    hidden: yes
    type: number
    sql: ${TABLE}.hours_viewed ;;
  }

  dimension: plays {
    hidden: yes
    type: number
    sql: ${TABLE}.plays ;;
  }

  dimension: subscribers {
    hidden: yes
    type: number
    sql: ${TABLE}.subscribers ;;
  }
}
