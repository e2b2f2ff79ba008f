# Made from metrics/definitions by ./lakehouse generate looker.

view: taste_types_by_age {
  derived_table: {
    sql: WITH `now` AS (
  SELECT
    COALESCE(`t1`.`age_band`, 'Unknown') AS `g1`,
    COALESCE(`t2`.`type`, 'Unknown') AS `g2`,
    CASE
      WHEN COUNT(*) = 0
      THEN CAST(0 AS DECIMAL(38, 0))
      ELSE CAST(SUM(`t`.`watched_seconds`) AS DECIMAL(38, 0))
    END AS `hours_viewed_part`,
    COUNT(DISTINCT `t`.`subscriber_id`) AS `viewers_part`
  FROM @{SCHEMA}.`fact_playback` AS `t`
  INNER JOIN @{SCHEMA}.`dim_subscriber` AS `t1`
    ON `t`.`subscriber_key` = `t1`.`subscriber_key`
  INNER JOIN @{SCHEMA}.`dim_title` AS `t2`
    ON `t`.`title_key` = `t2`.`title_key`
  INNER JOIN @{SCHEMA}.`dim_date` AS `t3`
    ON `t`.`date_key` = `t3`.`date_key`
  GROUP BY
    COALESCE(`t1`.`age_band`, 'Unknown'),
    COALESCE(`t2`.`type`, 'Unknown')
)
SELECT
  CASE
    WHEN `viewers` < 5 OR `people_in_smaller` BETWEEN 1 AND 4
    THEN 'Other (fewer than 5)'
    ELSE `age_band`
  END AS `age_band`,
  `type`,
  SUM(`hours_viewed`) AS `hours_viewed`
FROM (
  SELECT
    `age_band`,
    `type`,
    `hours_viewed`,
    `viewers`,
    SUM(`viewers`) OVER (
      PARTITION BY `type`
      ORDER BY `viewers`, `age_band`
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS `people_in_smaller`
  FROM (
    SELECT
      `now`.`g1` AS `age_band`,
      `now`.`g2` AS `type`,
      CAST(CAST((
        (
          (
            2000000
          ) * (
            CAST(`now`.`hours_viewed_part` AS DECIMAL(38, 0))
          )
        ) + (
          3600
        )
      ) DIV (
        (
          2
        ) * (
          NULLIF(3600, 0)
        )
      ) AS DECIMAL(18, 0)) * CAST(0.000001 AS DECIMAL(6, 6)) AS DECIMAL(18, 6)) AS `hours_viewed`,
      CAST(CAST(`now`.`viewers_part` AS DECIMAL(38, 0)) AS BIGINT) AS `viewers`
    FROM `now`
  ) AS groups
) AS judged
GROUP BY
  1,
  2 ;;
  }

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    sql: CONCAT_WS('|', COALESCE(${TABLE}.age_band, '~'), COALESCE(${TABLE}.type, '~')) ;;
  }

  dimension: age_band {
    label: "Age band"
    description: "13-17, 18-24, 25-34, 35-44, 45-54, 55-64, 65+ or Unknown"
    type: string
    sql: ${TABLE}.age_band ;;
  }

  dimension: type {
    label: "Type"
    description: "Movie or TV Show; Unknown for unknown titles"
    type: string
    sql: ${TABLE}.type ;;
  }

  measure: hours_viewed {
    label: "Hours viewed"
    description: "hours watched, by the bridge weights, rounded half up"
    value_format: "#,##0.00"
    type: number
    sql: SUM(${TABLE}.hours_viewed) ;;
  }
}
