# Made from metrics/definitions by ./lakehouse generate looker.
- dashboard: audience
  title: Audience and revenue
  description: Who subscribes, to what, what it brings, and who stays.
  layout: newspaper
  preferred_viewer: dashboards-next
  filters:
  - name: Plan
    title: Plan
    type: field_filter
    model: lakehouse
    explore: subscriber
    field: subscriber.plan
    default_value: ''
    allow_multiple_values: true
  elements:
  - name: headline_subscribers
    title: Current subscribers
    model: lakehouse
    explore: subscriber
    type: single_value
    fields:
    - subscriber.subscribers
    note_text: subscribers in the latest snapshot
    note_display: hover
    listen:
      Plan: subscriber.plan
    row: 0
    col: 0
    width: 6
    height: 3
  - name: headline_monthly_revenue
    title: Monthly revenue
    model: lakehouse
    explore: subscriber_group
    type: single_value
    fields:
    - subscriber_group.monthly_revenue
    note_text: what current subscribers pay per month; null if all unknown
    note_display: hover
    listen:
      Plan: subscriber_group.plan
    row: 0
    col: 6
    width: 6
    height: 3
  - name: headline_revenue
    title: Revenue
    model: lakehouse
    explore: subscription_month
    type: single_value
    fields:
    - subscription_month.day_month
    - subscription_month.revenue
    sorts:
    - subscription_month.day_month desc
    limit: 1
    hidden_fields:
    - subscription_month.day_month
    note_text: 'The newest month: revenue from active subscribers; null if unknown for all of them'
    note_display: hover
    listen:
      Plan: subscription_month.plan
    row: 0
    col: 12
    width: 6
    height: 3
  - name: headline_average_revenue_per_user
    title: Average revenue per user
    model: lakehouse
    explore: subscription_month
    type: single_value
    fields:
    - subscription_month.day_month
    - subscription_month.average_revenue_per_user
    sorts:
    - subscription_month.day_month desc
    limit: 1
    hidden_fields:
    - subscription_month.day_month
    note_text: 'The newest month: revenue / active subscribers of known revenue; null for 0'
    note_display: hover
    listen:
      Plan: subscription_month.plan
    row: 0
    col: 18
    width: 6
    height: 3
  - name: headline_active_subscribers
    title: Active subscribers
    model: lakehouse
    explore: subscription_month
    type: single_value
    fields:
    - subscription_month.day_month
    - subscription_month.active_subscribers
    sorts:
    - subscription_month.day_month desc
    limit: 1
    hidden_fields:
    - subscription_month.day_month
    note_text: 'The newest month: subscribers between the months of joining and last payment'
    note_display: hover
    listen:
      Plan: subscription_month.plan
    row: 3
    col: 0
    width: 8
    height: 3
  - name: headline_new_subscribers
    title: New subscribers
    model: lakehouse
    explore: subscription_month
    type: single_value
    fields:
    - subscription_month.day_month
    - subscription_month.new_subscribers
    sorts:
    - subscription_month.day_month desc
    limit: 1
    hidden_fields:
    - subscription_month.day_month
    note_text: 'The newest month: subscribers who joined or rejoined in the month'
    note_display: hover
    listen:
      Plan: subscription_month.plan
    row: 3
    col: 8
    width: 8
    height: 3
  - name: headline_churned_subscribers
    title: Churned subscribers
    model: lakehouse
    explore: subscription_month
    type: single_value
    fields:
    - subscription_month.day_month
    - subscription_month.churned_subscribers
    sorts:
    - subscription_month.day_month desc
    limit: 1
    hidden_fields:
    - subscription_month.day_month
    note_text: 'The newest month: subscribers who left after the month before'
    note_display: hover
    listen:
      Plan: subscription_month.plan
    row: 3
    col: 16
    width: 8
    height: 3
  - name: revenue
    title: Revenue by month and plan
    model: lakehouse
    explore: subscription_month
    type: looker_line
    fields:
    - subscription_month.day_month
    - subscription_month.plan
    - subscription_month.revenue
    pivots:
    - subscription_month.plan
    sorts:
    - subscription_month.day_month
    limit: 500
    note_text: The last 24 months
    note_display: below
    listen:
      Plan: subscription_month.plan
    row: 6
    col: 0
    width: 16
    height: 12
  - name: revenue-by-plan
    title: Monthly revenue of current subscribers
    model: lakehouse
    explore: subscriber_group
    type: looker_bar
    fields:
    - subscriber_group.plan
    - subscriber_group.monthly_revenue
    sorts:
    - subscriber_group.monthly_revenue desc
    limit: 10
    note_text: What current subscribers pay in a month, by plan
    note_display: below
    listen:
      Plan: subscriber_group.plan
    row: 6
    col: 16
    width: 8
    height: 6
  - name: plan-by-gender
    title: Plans by gender
    model: lakehouse
    explore: audience_plan_by_gender
    type: looker_bar
    fields:
    - audience_plan_by_gender.gender
    - audience_plan_by_gender.plan
    - audience_plan_by_gender.subscribers
    pivots:
    - audience_plan_by_gender.plan
    sorts:
    - audience_plan_by_gender.gender
    limit: 500
    stacking: percent
    note_text: Share of current subscribers
    note_display: below
    listen: {}
    row: 12
    col: 16
    width: 8
    height: 6
  - name: active
    title: Active subscribers by month and plan
    model: lakehouse
    explore: subscription_month
    type: looker_line
    fields:
    - subscription_month.day_month
    - subscription_month.plan
    - subscription_month.active_subscribers
    pivots:
    - subscription_month.plan
    sorts:
    - subscription_month.day_month
    limit: 500
    note_text: The last 24 months
    note_display: below
    listen:
      Plan: subscription_month.plan
    row: 18
    col: 0
    width: 12
    height: 6
  - name: revenue-per-user
    title: Average revenue per user by month
    model: lakehouse
    explore: subscription_month
    type: looker_line
    fields:
    - subscription_month.day_month
    - subscription_month.average_revenue_per_user
    sorts:
    - subscription_month.day_month
    limit: 500
    note_text: The last 24 months
    note_display: below
    listen:
      Plan: subscription_month.plan
    row: 18
    col: 12
    width: 12
    height: 6
  - name: months
    title: Month by month
    model: lakehouse
    explore: subscription_month
    type: looker_grid
    fields:
    - subscription_month.day_month
    - subscription_month.revenue
    - subscription_month.active_subscribers
    - subscription_month.new_subscribers
    - subscription_month.churned_subscribers
    - subscription_month.average_revenue_per_user
    sorts:
    - subscription_month.day_month desc
    limit: 500
    note_text: The newest first
    note_display: below
    listen:
      Plan: subscription_month.plan
    row: 24
    col: 0
    width: 24
    height: 6
  - name: plan-by-country
    title: Plans by country
    model: lakehouse
    explore: audience_plan_by_country
    type: looker_bar
    fields:
    - audience_plan_by_country.residence_country
    - audience_plan_by_country.plan
    - audience_plan_by_country.subscribers
    pivots:
    - audience_plan_by_country.plan
    sorts:
    - audience_plan_by_country.residence_country
    limit: 500
    stacking: percent
    note_text: Share of current subscribers
    note_display: below
    listen: {}
    row: 30
    col: 0
    width: 12
    height: 6
  - name: plan-by-age
    title: Plans by age
    model: lakehouse
    explore: audience_plan_by_age
    type: looker_bar
    fields:
    - audience_plan_by_age.age_band
    - audience_plan_by_age.plan
    - audience_plan_by_age.subscribers
    pivots:
    - audience_plan_by_age.plan
    sorts:
    - audience_plan_by_age.age_band
    limit: 500
    stacking: percent
    note_text: Share of current subscribers
    note_display: below
    listen: {}
    row: 30
    col: 12
    width: 12
    height: 6
  - name: plan-by-device
    title: Plans by device
    model: lakehouse
    explore: subscriber
    type: looker_bar
    fields:
    - subscriber.device
    - subscriber.plan
    - subscriber.subscribers
    pivots:
    - subscriber.plan
    sorts:
    - subscriber.device
    limit: 500
    stacking: percent
    note_text: Share of current subscribers
    note_display: below
    listen:
      Plan: subscriber.plan
    row: 36
    col: 0
    width: 24
    height: 6
  - name: groups
    title: Groups of subscribers
    model: lakehouse
    explore: audience_groups
    type: looker_grid
    fields:
    - audience_groups.plan
    - audience_groups.residence_country
    - audience_groups.age_band
    - audience_groups.gender
    - audience_groups.subscribers
    - audience_groups.monthly_revenue
    sorts:
    - audience_groups.subscribers desc
    limit: 500
    note_text: By plan, country, age and gender; groups of fewer than five people are put together
    note_display: below
    listen: {}
    row: 42
    col: 0
    width: 24
    height: 6
  - name: retention
    title: 'Who stays: subscribers by month of joining'
    model: lakehouse
    explore: cohort_month
    type: looker_grid
    fields:
    - cohort_month.cohort_month
    - cohort_month.months_since_joining
    - cohort_month.retention
    pivots:
    - cohort_month.months_since_joining
    sorts:
    - cohort_month.cohort_month
    limit: 500
    note_text: Share of those who joined that is active so many months later
    note_display: below
    listen: {}
    row: 48
    col: 0
    width: 24
    height: 6
