# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_rating {
  sql_table_name: @{SCHEMA}.kpi_rating ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.rating ;;
  }

  dimension: rating {
    hidden: yes
    type: string
    sql: ${TABLE}.rating ;;
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
