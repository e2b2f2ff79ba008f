# Made from metrics/definitions by ./lakehouse generate looker.

view: dim_person {
  sql_table_name: @{SCHEMA}.dim_person ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.person_key ;;
  }

  dimension: person {
    hidden: yes
    type: string
    sql: ${TABLE}.person ;;
  }

  dimension: person_key {
    hidden: yes
    type: number
    sql: ${TABLE}.person_key ;;
  }
}
