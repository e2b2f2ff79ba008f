# Made from metrics/definitions by ./lakehouse generate looker.

view: bridge_title_person {
  sql_table_name: @{SCHEMA}.bridge_title_person ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.title_key AS STRING), '~'), COALESCE(CAST(${TABLE}.person_key AS STRING), '~'), COALESCE(CAST(${TABLE}.role AS STRING), '~')) ;;
  }

  dimension: person_key {
    hidden: yes
    type: number
    sql: ${TABLE}.person_key ;;
  }

  dimension: role {
    hidden: yes
    type: string
    sql: ${TABLE}.role ;;
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
