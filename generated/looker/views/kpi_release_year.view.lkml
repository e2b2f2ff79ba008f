# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_release_year {
  sql_table_name: @{SCHEMA}.kpi_release_year ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.release_year AS STRING), '~'), COALESCE(CAST(${TABLE}.type AS STRING), '~')) ;;
  }

  dimension: release_year {
    hidden: yes
    type: number
    sql: ${TABLE}.release_year ;;
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
}
