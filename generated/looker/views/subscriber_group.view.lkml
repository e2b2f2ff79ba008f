# Made from metrics/definitions by ./lakehouse generate looker.

view: subscriber_group {
  sql_table_name: @{SCHEMA}.kpi_subscribers ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.plan AS STRING), '~'), COALESCE(CAST(${TABLE}.country AS STRING), '~'), COALESCE(CAST(${TABLE}.age_band AS STRING), '~'), COALESCE(CAST(${TABLE}.gender AS STRING), '~')) ;;
  }

  dimension: plan {
    label: "Plan"
    description: "subscription plan; Unknown if not known"
    type: string
    sql: COALESCE(${TABLE}.plan, 'Unknown') ;;
  }

  measure: monthly_revenue {
    label: "Monthly revenue of current subscribers"
    description: "what current subscribers pay per month; null if all unknown. Computed as: sum of the known monthly_revenue"
    value_format: "#,##0.00"
    type: number
    sql: CASE WHEN COUNT(*) = 0 THEN 0 ELSE SUM(${TABLE}.monthly_revenue) END ;;
  }
}
