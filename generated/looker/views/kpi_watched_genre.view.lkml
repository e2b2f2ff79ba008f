# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_watched_genre {
  sql_table_name: @{SCHEMA}.kpi_watched_genre ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.name ;;
  }

  dimension: hours_viewed {
    hidden: yes
    type: number
    sql: ${TABLE}.hours_viewed ;;
  }

  dimension: name {
    hidden: yes
    type: string
    sql: ${TABLE}.name ;;
  }

  dimension: plays {
    hidden: yes
    type: number
    sql: ${TABLE}.plays ;;
  }
}
