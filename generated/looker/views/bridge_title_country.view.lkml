# Made from metrics/definitions by ./lakehouse generate looker.

view: bridge_title_country {
  sql_table_name: @{SCHEMA}.bridge_title_country ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.title_key AS STRING), '~'), COALESCE(CAST(${TABLE}.country_key AS STRING), '~')) ;;
  }

  dimension: country_key {
    hidden: yes
    type: number
    sql: ${TABLE}.country_key ;;
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
