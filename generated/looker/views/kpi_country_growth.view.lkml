# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_country_growth {
  sql_table_name: @{SCHEMA}.kpi_country_growth ;;

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

  dimension: growth {
    hidden: yes
    type: number
    sql: ${TABLE}.growth ;;
  }

  dimension: titles_last_5_years {
    hidden: yes
    type: number
    sql: ${TABLE}.titles_last_5_years ;;
  }

  dimension: titles_previous_5_years {
    hidden: yes
    type: number
    sql: ${TABLE}.titles_previous_5_years ;;
  }
}
