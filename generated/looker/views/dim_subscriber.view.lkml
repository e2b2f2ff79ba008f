# Made from metrics/definitions by ./lakehouse generate looker.

view: dim_subscriber {
  sql_table_name: @{SCHEMA}.dim_subscriber ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.subscriber_key ;;
  }

  dimension: plan_key {
    hidden: yes
    type: number
    sql: ${TABLE}.plan_key ;;
  }

  dimension: subscriber_key {
    hidden: yes
    type: number
    sql: ${TABLE}.subscriber_key ;;
  }
}
