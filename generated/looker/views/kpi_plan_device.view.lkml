# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_plan_device {
  sql_table_name: @{SCHEMA}.kpi_plan_device ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.device AS STRING), '~'), COALESCE(CAST(${TABLE}.plan AS STRING), '~')) ;;
  }

  dimension: device {
    hidden: yes
    type: string
    sql: ${TABLE}.device ;;
  }

  dimension: plan {
    hidden: yes
    type: string
    sql: ${TABLE}.plan ;;
  }

  dimension: share {
    hidden: yes
    type: number
    sql: ${TABLE}.share ;;
  }

  dimension: subscribers {
    hidden: yes
    type: number
    sql: ${TABLE}.subscribers ;;
  }
}
