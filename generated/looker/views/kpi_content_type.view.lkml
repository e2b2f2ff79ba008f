# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_content_type {
  sql_table_name: @{SCHEMA}.kpi_content_type ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.type ;;
  }

  dimension: share {
    hidden: yes
    type: number
    sql: ${TABLE}.share ;;
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
