# Made from metrics/definitions by ./lakehouse generate looker.

view: dim_plan {
  sql_table_name: @{SCHEMA}.dim_plan ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.plan_key ;;
  }

  dimension: plan {
    hidden: yes
    type: string
    sql: ${TABLE}.plan ;;
  }

  dimension: plan_key {
    hidden: yes
    type: number
    sql: ${TABLE}.plan_key ;;
  }
}
