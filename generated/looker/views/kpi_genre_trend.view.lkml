# Made from metrics/definitions by ./lakehouse generate looker.

view: kpi_genre_trend {
  sql_table_name: @{SCHEMA}.kpi_genre_trend ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.genre AS STRING), '~'), COALESCE(CAST(${TABLE}.year_added AS STRING), '~')) ;;
  }

  dimension: genre {
    hidden: yes
    type: string
    sql: ${TABLE}.genre ;;
  }

  dimension: titles {
    hidden: yes
    type: number
    sql: ${TABLE}.titles ;;
  }

  dimension: year_added {
    hidden: yes
    type: number
    sql: ${TABLE}.year_added ;;
  }
}
