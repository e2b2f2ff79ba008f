# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_regional_performance {
  sql_table_name: @{SCHEMA}.kpi_regional_performance ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.region AS STRING), '~'), COALESCE(CAST(${TABLE}.country AS STRING), '~'), COALESCE(CAST(${TABLE}.genre AS STRING), '~')) ;;
  }

  dimension: country {
    hidden: yes
    type: string
    sql: ${TABLE}.country ;;
  }

  dimension: genre {
    hidden: yes
    type: string
    sql: ${TABLE}.genre ;;
  }

  dimension: hours_viewed {
    hidden: yes
    type: number
    sql: ${TABLE}.hours_viewed ;;
  }

  dimension: plays {
    hidden: yes
    type: number
    sql: ${TABLE}.plays ;;
  }

  dimension: region {
    hidden: yes
    type: string
    sql: ${TABLE}.region ;;
  }
}
