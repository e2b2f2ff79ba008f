# Made from metrics/definitions by ./lakehouse generate looker.

view: dim_country {
  sql_table_name: @{SCHEMA}.dim_country ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.country_key ;;
  }

  dimension: country {
    hidden: yes
    type: string
    sql: ${TABLE}.country ;;
  }

  dimension: country_key {
    hidden: yes
    type: number
    sql: ${TABLE}.country_key ;;
  }

  dimension: iso_code {
    hidden: yes
    type: string
    sql: ${TABLE}.iso_code ;;
  }

  dimension: region {
    hidden: yes
    type: string
    sql: ${TABLE}.region ;;
  }
}
