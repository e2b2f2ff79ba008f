# Made from metrics/definitions by ./lakehouse generate looker.

view: audience_plan_by_country {
  derived_table: {
    sql: WITH `now` AS (
  SELECT
    `merged`.`g1`,
    `merged`.`g2`,
    CASE
      WHEN MAX(`merged`.`group1`) IS NULL
      THEN 0
      ELSE MAX(`merged`.`subscribers_part`)
    END AS `subscribers_part`,
    CASE
      WHEN MAX(`merged`.`group2`) IS NULL
      THEN 0
      ELSE MAX(`merged`.`monthly_revenue_part`)
    END AS `monthly_revenue_part`
  FROM (
    SELECT
      `group1`.`g1`,
      `group1`.`g2`,
      CAST(`group1`.`subscribers_part` AS BIGINT) AS `subscribers_part`,
      1 AS `group1`,
      CAST(NULL AS DECIMAL(38, 0)) AS `monthly_revenue_part`,
      CAST(NULL AS INT) AS `group2`,
      1 AS `is_row`
    FROM (
      SELECT
        COALESCE(`t1`.`country`, 'Unknown') AS `g1`,
        COALESCE(`t2`.`plan`, 'Unknown') AS `g2`,
        COUNT(*) AS `subscribers_part`
      FROM @{SCHEMA}.`dim_subscriber` AS `t`
      INNER JOIN @{SCHEMA}.`dim_country` AS `t1`
        ON `t`.`country_key` = `t1`.`country_key`
      INNER JOIN @{SCHEMA}.`dim_plan` AS `t2`
        ON `t`.`plan_key` = `t2`.`plan_key`
      WHERE
        `t`.`is_current` AND `t`.`subscriber_key` <> -1
      GROUP BY
        COALESCE(`t1`.`country`, 'Unknown'),
        COALESCE(`t2`.`plan`, 'Unknown')
    ) AS `group1`
    UNION ALL
    SELECT
      `group2`.`g1`,
      `group2`.`g2`,
      CAST(NULL AS BIGINT) AS `subscribers_part`,
      CAST(NULL AS INT) AS `group1`,
      CAST(`group2`.`monthly_revenue_part` AS DECIMAL(38, 0)) AS `monthly_revenue_part`,
      1 AS `group2`,
      1 AS `is_row`
    FROM (
      SELECT
        COALESCE(`t`.`country`, 'Unknown') AS `g1`,
        COALESCE(`t`.`plan`, 'Unknown') AS `g2`,
        CASE
          WHEN COUNT(*) = 0
          THEN CAST(0 AS DECIMAL(38, 0))
          ELSE CAST(SUM(CAST(`t`.`monthly_revenue` * 100 AS BIGINT)) AS DECIMAL(38, 0))
        END AS `monthly_revenue_part`
      FROM @{SCHEMA}.`kpi_subscribers` AS `t`
      GROUP BY
        COALESCE(`t`.`country`, 'Unknown'),
        COALESCE(`t`.`plan`, 'Unknown')
    ) AS `group2`
  ) AS `merged`
  GROUP BY
    `merged`.`g1`,
    `merged`.`g2`
)
SELECT
  CASE
    WHEN `subscribers` < 5 OR `people_in_smaller` BETWEEN 1 AND 4
    THEN 'Other (fewer than 5)'
    ELSE `residence_country`
  END AS `residence_country`,
  `plan`,
  SUM(`subscribers`) AS `subscribers`,
  SUM(`monthly_revenue`) AS `monthly_revenue`
FROM (
  SELECT
    `residence_country`,
    `plan`,
    `subscribers`,
    `monthly_revenue`,
    SUM(`subscribers`) OVER (
      PARTITION BY `plan`
      ORDER BY `subscribers`, `residence_country`
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS `people_in_smaller`
  FROM (
    SELECT
      `now`.`g1` AS `residence_country`,
      `now`.`g2` AS `plan`,
      CAST(CAST(`now`.`subscribers_part` AS DECIMAL(38, 0)) AS BIGINT) AS `subscribers`,
      CAST(CAST(CAST(`now`.`monthly_revenue_part` AS DECIMAL(38, 0)) AS DECIMAL(18, 0)) * CAST(0.01 AS DECIMAL(2, 2)) AS DECIMAL(18, 2)) AS `monthly_revenue`
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
    sql: CONCAT_WS('|', COALESCE(${TABLE}.residence_country, '~'), COALESCE(${TABLE}.plan, '~')) ;;
  }

  dimension: residence_country {
    label: "Country of residence"
    description: "country of residence; Unknown if not known"
    type: string
    sql: ${TABLE}.residence_country ;;
  }

  dimension: plan {
    label: "Plan"
    description: "subscription plan; Unknown if not known"
    type: string
    sql: ${TABLE}.plan ;;
  }

  measure: subscribers {
    label: "Current subscribers"
    description: "subscribers in the latest snapshot"
    value_format: "#,##0"
    type: number
    sql: SUM(${TABLE}.subscribers) ;;
  }

  measure: monthly_revenue {
    label: "Monthly revenue of current subscribers"
    description: "what current subscribers pay per month; null if all unknown"
    value_format: "#,##0.00"
    type: number
    sql: SUM(${TABLE}.monthly_revenue) ;;
  }
}
