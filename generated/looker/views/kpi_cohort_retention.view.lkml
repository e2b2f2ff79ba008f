# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_cohort_retention {
  sql_table_name: @{SCHEMA}.kpi_cohort_retention ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.cohort_month AS STRING), '~'), COALESCE(CAST(${TABLE}.months_since_joining AS STRING), '~')) ;;
  }

  dimension: active_subscribers {
    hidden: yes
    type: number
    sql: ${TABLE}.active_subscribers ;;
  }

  dimension: cohort_month {
    hidden: yes
    type: date
    convert_tz: no
    datatype: date
    sql: ${TABLE}.cohort_month ;;
  }

  dimension: months_since_joining {
    hidden: yes
    type: number
    sql: ${TABLE}.months_since_joining ;;
  }

  dimension: retention {
    hidden: yes
    type: number
    sql: ${TABLE}.retention ;;
  }

  dimension: subscribers {
    hidden: yes
    type: number
    sql: ${TABLE}.subscribers ;;
  }
}
