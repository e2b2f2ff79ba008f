# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_genre_completion {
  sql_table_name: @{SCHEMA}.kpi_genre_completion ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.genre ;;
  }

  dimension: average_completion {
    hidden: yes
    type: number
    sql: ${TABLE}.average_completion ;;
  }

  dimension: completed_plays {
    hidden: yes
    type: number
    sql: ${TABLE}.completed_plays ;;
  }

  dimension: completed_share {
    hidden: yes
    type: number
    sql: ${TABLE}.completed_share ;;
  }

  dimension: genre {
    hidden: yes
    type: string
    sql: ${TABLE}.genre ;;
  }

  dimension: plays {
    hidden: yes
    type: number
    sql: ${TABLE}.plays ;;
  }
}
