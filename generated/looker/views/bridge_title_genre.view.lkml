# Made from metrics/definitions by ./lakehouse generate looker.

view: bridge_title_genre {
  sql_table_name: @{SCHEMA}.bridge_title_genre ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.title_key AS STRING), '~'), COALESCE(CAST(${TABLE}.genre_key AS STRING), '~')) ;;
  }

  dimension: genre_key {
    hidden: yes
    type: number
    sql: ${TABLE}.genre_key ;;
  }

  dimension: title_key {
    hidden: yes
    type: number
    sql: ${TABLE}.title_key ;;
  }

  dimension: weight {
    hidden: yes
    type: number
    sql: ${TABLE}.weight ;;
  }
}
