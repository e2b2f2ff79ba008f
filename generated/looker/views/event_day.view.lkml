# Made from metrics/definitions by ./lakehouse generate looker.

view: event_day {
  sql_table_name: @{SCHEMA}.playback_event_days ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(CAST(${TABLE}.event_date AS STRING), '~'), COALESCE(CAST(${TABLE}.event_type AS STRING), '~'), COALESCE(CAST(${TABLE}.device_type AS STRING), '~'), COALESCE(CAST(${TABLE}.country AS STRING), '~')) ;;
  }

  dimension: event_type {
    label: "Event type"
    description: "type of event, in upper case; Unknown for events without one"
    type: string
    sql: COALESCE(${TABLE}.event_type, 'Unknown') ;;
  }

  dimension: device {
    label: "Device"
    description: "device; Unknown if not known"
    type: string
    sql: COALESCE(${device.device}, 'Unknown') ;;
  }

  dimension: viewing_country {
    label: "Country of viewing"
    description: "country of viewing; Unknown if not known"
    type: string
    sql: COALESCE(${country.country}, 'Unknown') ;;
  }

  dimension: viewing_region {
    label: "Region of viewing"
    description: "UN M49 region of the country of viewing"
    type: string
    sql: COALESCE(${country.region}, 'Unknown') ;;
  }

  dimension: column_device_type {
    hidden: yes
    type: string
    sql: ${TABLE}.device_type ;;
  }

  dimension: column_country {
    hidden: yes
    type: string
    sql: ${TABLE}.country ;;
  }

  dimension_group: day {
    label: "Day"
    description: "day of the event (UTC)"
    type: time
    timeframes: [raw, date, week, month, quarter, year]
    convert_tz: no
    datatype: date
    sql: ${TABLE}.event_date ;;
  }

  measure: events {
    label: "Events"
    description: "number of events, in sessions or not. Computed as: count of events"
    value_format: "#,##0"
    type: number
    sql: CASE WHEN COUNT(*) = 0 THEN 0 ELSE SUM(${TABLE}.events) END ;;
  }
}
