# Made from metrics/definitions by ./lakehouse generate looker.

view: dim_date {
  sql_table_name: @{SCHEMA}.dim_date ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.date_key ;;
  }

  dimension: date {
    hidden: yes
    type: date
    convert_tz: no
    datatype: date
    sql: ${TABLE}.date ;;
  }

  dimension: date_key {
    hidden: yes
    type: number
    sql: ${TABLE}.date_key ;;
  }
}
