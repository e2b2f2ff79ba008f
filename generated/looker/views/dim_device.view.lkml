# Made from metrics/definitions by ./lakehouse generate looker.

view: dim_device {
  sql_table_name: @{SCHEMA}.dim_device ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.device_key ;;
  }

  dimension: device {
    hidden: yes
    type: string
    sql: ${TABLE}.device ;;
  }

  dimension: device_key {
    hidden: yes
    type: number
    sql: ${TABLE}.device_key ;;
  }
}
