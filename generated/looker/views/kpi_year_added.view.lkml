# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_year_added {
  sql_table_name: @{SCHEMA}.kpi_year_added ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.year_added AS STRING), '~'), COALESCE(CAST(${TABLE}.type AS STRING), '~')) ;;
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

  dimension: year_added {
    hidden: yes
    type: number
    sql: ${TABLE}.year_added ;;
  }
}
