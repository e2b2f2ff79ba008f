# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_genre {
  sql_table_name: @{SCHEMA}.kpi_genre ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.genre ;;
  }

  dimension: genre {
    hidden: yes
    type: string
    sql: ${TABLE}.genre ;;
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
}
