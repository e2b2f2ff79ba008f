# Made from metrics/definitions by ./lakehouse generate looker.

view: dim_genre {
  sql_table_name: @{SCHEMA}.dim_genre ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.genre_key ;;
  }

  dimension: genre {
    hidden: yes
    type: string
    sql: ${TABLE}.genre ;;
  }

  dimension: genre_key {
    hidden: yes
    type: number
    sql: ${TABLE}.genre_key ;;
  }
}
