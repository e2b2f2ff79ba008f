# Made from metrics/definitions by ./lakehouse generate looker.

view: cohort_month {
  sql_table_name: @{SCHEMA}.kpi_cohort_retention ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.cohort_month AS STRING), '~'), COALESCE(CAST(${TABLE}.months_since_joining AS STRING), '~')) ;;
  }

  dimension: cohort_month {
    label: "Month of joining"
    description: "first day of the month of joining"
    type: date
    convert_tz: no
    datatype: date
    sql: ${TABLE}.cohort_month ;;
  }

  dimension: months_since_joining {
    label: "Months since joining"
    description: "from 0 to the newest month in which anybody paid"
    type: number
    value_format: "0"
    sql: ${TABLE}.months_since_joining ;;
  }

  measure: cohort_subscribers {
    label: "Subscribers of the cohort"
    description: "subscribers who joined in the cohort month; the same in all its rows. Computed as: count: it is the first month of all"
    required_fields: [months_since_joining]
    value_format: "#,##0"
    type: number
    sql: CASE WHEN COUNT(*) = 0 THEN 0 ELSE SUM(${TABLE}.subscribers) END ;;
  }

  measure: cohort_active_subscribers {
    label: "Active subscribers of the cohort"
    description: "of these, subscribers who are active so many months later. Computed as: count: active in that month, in any spell"
    required_fields: [months_since_joining]
    value_format: "#,##0"
    type: number
    sql: CASE WHEN COUNT(*) = 0 THEN 0 ELSE SUM(${TABLE}.active_subscribers) END ;;
  }

  measure: retention {
    label: "Retention"
    description: "active subscribers / subscribers, 0 to 1, rounded half up. Computed as: active_subscribers / subscribers"
    required_fields: [months_since_joining]
    value_format: "0.0%"
    type: number
    sql: 1.0 * ${cohort_active_subscribers} / NULLIF(${cohort_subscribers}, 0) ;;
  }
}
