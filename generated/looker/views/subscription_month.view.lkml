# Made from metrics/definitions by ./lakehouse generate looker.

view: subscription_month {
  sql_table_name: @{SCHEMA}.fact_subscription_month ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.subscriber_id AS STRING), '~'), COALESCE(CAST(${TABLE}.date_key AS STRING), '~')) ;;
  }

  dimension: plan {
    label: "Plan"
    description: "subscription plan; Unknown if not known"
    type: string
    sql: COALESCE(${plan.plan}, 'Unknown') ;;
  }

  dimension: column_plan_key {
    hidden: yes
    type: number
    sql: ${TABLE}.plan_key ;;
  }

  dimension: column_date_key {
    hidden: yes
    type: number
    sql: ${TABLE}.date_key ;;
  }

  dimension: is_in_revenue {
    hidden: yes
    type: yesno
    sql: ${TABLE}.is_active ;;
  }

  dimension: is_in_active_subscribers {
    hidden: yes
    type: yesno
    sql: ${TABLE}.is_active ;;
  }

  dimension: is_in_new_subscribers {
    hidden: yes
    type: yesno
    sql: ${TABLE}.is_new ;;
  }

  dimension: is_in_churned_subscribers {
    hidden: yes
    type: yesno
    sql: ${TABLE}.is_churned ;;
  }

  dimension: is_in_paying_months {
    hidden: yes
    type: yesno
    sql: ${TABLE}.is_active AND ${TABLE}.revenue IS NOT NULL ;;
  }

  dimension_group: day {
    label: "Day"
    description: "month of the subscription"
    type: time
    timeframes: [raw, date, month, quarter, year]
    convert_tz: no
    datatype: date
    sql: ${date.date} ;;
  }

  measure: revenue {
    label: "Revenue"
    description: "revenue from active subscribers; null if unknown for all of them. Computed as: sum over active months of the known monthly_revenue at the end of the month"
    value_format: "#,##0.00"
    type: number
    sql: CASE WHEN COUNT(CASE WHEN ${is_in_revenue} THEN 1 END) = 0 THEN 0 ELSE SUM(CASE WHEN ${is_in_revenue} THEN ${TABLE}.revenue END) END ;;
  }

  measure: active_subscribers {
    label: "Active subscribers"
    description: "subscribers between the months of joining and last payment. Computed as: count: a spell has first month <= month <= last month; of several months, the last one's"
    required_fields: [day_month]
    value_format: "#,##0"
    type: count
    filters: [is_in_active_subscribers: "yes"]
  }

  measure: new_subscribers {
    label: "New subscribers"
    description: "subscribers who joined or rejoined in the month. Computed as: count: it is the first month of a spell"
    value_format: "#,##0"
    type: count
    filters: [is_in_new_subscribers: "yes"]
  }

  measure: churned_subscribers {
    label: "Churned subscribers"
    description: "subscribers who left after the month before. Computed as: count: a spell's last month is the one before, and it has churned (below)"
    value_format: "#,##0"
    type: count
    filters: [is_in_churned_subscribers: "yes"]
  }

  measure: paying_months {
    label: "Months of known revenue"
    description: "months of active subscribers whose revenue is known. Computed as: count of active months whose revenue is known"
    hidden: yes
    value_format: "#,##0"
    type: count
    filters: [is_in_paying_months: "yes"]
  }

  measure: average_revenue_per_user {
    label: "Average revenue per user"
    description: "revenue / active subscribers of known revenue; null for 0. Computed as: revenue / active subscribers whose revenue is known"
    value_format: "#,##0.00"
    type: number
    sql: 1.0 * ${revenue} / NULLIF(${paying_months}, 0) ;;
  }
}
