# Made from metrics/definitions by ./lakehouse generate looker.

view: dim_rating {
  sql_table_name: @{SCHEMA}.dim_rating ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.rating_key ;;
  }

  dimension: audience {
    hidden: yes
    type: string
    sql: ${TABLE}.audience ;;
  }

  dimension: rating {
    hidden: yes
    type: string
    sql: ${TABLE}.rating ;;
  }

  dimension: rating_key {
    hidden: yes
    type: number
    sql: ${TABLE}.rating_key ;;
  }
}
