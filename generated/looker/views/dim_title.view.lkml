# Made from metrics/definitions by ./lakehouse generate looker.

view: dim_title {
  sql_table_name: @{SCHEMA}.dim_title ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.title_key ;;
  }

  dimension: content_age_category {
    hidden: yes
    type: string
    sql: ${TABLE}.content_age_category ;;
  }

  dimension: date_added {
    hidden: yes
    type: date
    convert_tz: no
    datatype: date
    sql: ${TABLE}.date_added ;;
  }

  dimension: rating_key {
    hidden: yes
    type: number
    sql: ${TABLE}.rating_key ;;
  }

  dimension: release_year {
    hidden: yes
    type: number
    sql: ${TABLE}.release_year ;;
  }

  dimension: title {
    hidden: yes
    type: string
    sql: ${TABLE}.title ;;
  }

  dimension: title_key {
    hidden: yes
    type: number
    sql: ${TABLE}.title_key ;;
  }

  dimension: type {
    hidden: yes
    type: string
    sql: ${TABLE}.type ;;
  }
}
