# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_top_titles {
  sql_table_name: @{SCHEMA}.kpi_top_titles ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.title_key AS STRING), '~'), COALESCE(CAST(${TABLE}.title AS STRING), '~')) ;;
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

  dimension: starts {
    hidden: yes
    type: number
    sql: ${TABLE}.starts ;;
  }

  dimension: subscribers {
    hidden: yes
    type: number
    sql: ${TABLE}.subscribers ;;
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

  dimension: views {
    hidden: yes
    type: number
    sql: ${TABLE}.views ;;
  }
}
