# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_monthly_revenue {
  sql_table_name: @{SCHEMA}.kpi_monthly_revenue ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.month AS STRING), '~'), COALESCE(CAST(${TABLE}.plan AS STRING), '~')) ;;
  }

  dimension: active_subscribers {
    hidden: yes
    type: number
    sql: ${TABLE}.active_subscribers ;;
  }

  dimension: average_revenue_per_user {
    hidden: yes
    type: number
    sql: ${TABLE}.average_revenue_per_user ;;
  }

  dimension: churned_subscribers {
    hidden: yes
    type: number
    sql: ${TABLE}.churned_subscribers ;;
  }

  dimension: month {
    hidden: yes
    type: date
    convert_tz: no
    datatype: date
    sql: ${TABLE}.month ;;
  }

  dimension: new_subscribers {
    hidden: yes
    type: number
    sql: ${TABLE}.new_subscribers ;;
  }

  dimension: plan {
    hidden: yes
    type: string
    sql: ${TABLE}.plan ;;
  }

  dimension: revenue {
    hidden: yes
    type: number
    sql: ${TABLE}.revenue ;;
  }
}
