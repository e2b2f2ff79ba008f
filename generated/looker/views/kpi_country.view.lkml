# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_country {
  sql_table_name: @{SCHEMA}.kpi_country ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.country ;;
  }

  dimension: country {
    hidden: yes
    type: string
    sql: ${TABLE}.country ;;
  }

  dimension: movies {
    hidden: yes
    type: number
    sql: ${TABLE}.movies ;;
  }

  dimension: titles {
    hidden: yes
    type: number
    sql: ${TABLE}.titles ;;
  }

  dimension: tv_shows {
    hidden: yes
    type: number
    sql: ${TABLE}.tv_shows ;;
  }
}
