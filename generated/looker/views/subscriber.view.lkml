# Made from metrics/definitions by ./lakehouse generate looker.

view: subscriber {
  sql_table_name: @{SCHEMA}.dim_subscriber ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.subscriber_key ;;
  }

  dimension: plan {
    label: "Plan"
    description: "subscription plan; Unknown if not known"
    type: string
    sql: COALESCE(${plan.plan}, 'Unknown') ;;
  }

  dimension: device {
    label: "Device"
    description: "device; Unknown if not known"
    type: string
    sql: COALESCE(${device.device}, 'Unknown') ;;
  }

  dimension: column_plan_key {
    hidden: yes
    type: number
    sql: ${TABLE}.plan_key ;;
  }

  dimension: column_device_key {
    hidden: yes
    type: number
    sql: ${TABLE}.device_key ;;
  }

  dimension: column_is_current {
    hidden: yes
    type: yesno
    sql: ${TABLE}.is_current ;;
  }

  dimension: column_subscriber_key {
    hidden: yes
    type: number
    sql: ${TABLE}.subscriber_key ;;
  }

  measure: subscribers {
    label: "Current subscribers"
    description: "subscribers in the latest snapshot. Computed as: count of current versions"
    value_format: "#,##0"
    type: count
  }
}
