# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_catalogue_depth {
  sql_table_name: @{SCHEMA}.kpi_catalogue_depth ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.type ;;
  }

  dimension: titles {
    hidden: yes
    type: number
    sql: ${TABLE}.titles ;;
  }

  dimension: type {
    hidden: yes
    type: string
    sql: ${TABLE}.type ;;
  }

  dimension: unwatched_share {
    hidden: yes
    type: number
    sql: ${TABLE}.unwatched_share ;;
  }

  dimension: unwatched_titles {
    hidden: yes
    type: number
    sql: ${TABLE}.unwatched_titles ;;
  }

  dimension: watched_titles {
    hidden: yes
    type: number
    sql: ${TABLE}.watched_titles ;;
  }
}
