# Made from metrics/definitions by ./lakehouse generate looker.
- dashboard: overview
  title: Overview
  description: What was watched, by whom, and what it brought.
  layout: newspaper
  preferred_viewer: dashboards-next
  filters:
  - name: Period
    title: Period
    type: field_filter
    model: lakehouse
    explore: play
    field: play.day_date
    default_value: ''
    allow_multiple_values: true
  - name: Country
    title: Country
    type: field_filter
    model: lakehouse
    explore: play
    field: play.viewing_country
    default_value: ''
    allow_multiple_values: true
  - name: Type
    title: Type
    type: field_filter
    model: lakehouse
    explore: play
    field: play.type
    default_value: ''
    allow_multiple_values: true
  - name: Plan
    title: Plan
    type: field_filter
    model: lakehouse
    explore: subscriber
    field: subscriber.plan
    default_value: ''
    allow_multiple_values: true
  elements:
  - name: headline_hours_viewed
    title: Hours viewed
    model: lakehouse
    explore: play
    type: single_value
    fields:
    - play.hours_viewed
    note_text: hours watched, by the bridge weights, rounded half up
    note_display: hover
    listen:
      Period: play.day_date
      Country: play.viewing_country
      Type: play.type
      Plan: play.plan
    row: 0
    col: 0
    width: 6
    height: 3
  - name: headline_plays
    title: Plays
    model: lakehouse
    explore: play
    type: single_value
    fields:
    - play.plays
    note_text: viewing sessions; a title with several members counts for each
    note_display: hover
    listen:
      Period: play.day_date
      Country: play.viewing_country
      Type: play.type
      Plan: play.plan
    row: 0
    col: 6
    width: 6
    height: 3
  - name: headline_viewers
    title: Viewers
    model: lakehouse
    explore: play
    type: single_value
    fields:
    - play.viewers
    note_text: distinct known subscribers; not additive
    note_display: hover
    listen:
      Period: play.day_date
      Country: play.viewing_country
      Type: play.type
      Plan: play.plan
    row: 0
    col: 12
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
    row: 0
    col: 18
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
    row: 3
    col: 0
    width: 6
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
    col: 6
    width: 6
    height: 3
  - name: headline_titles
    title: Titles
    model: lakehouse
    explore: title
    type: single_value
    fields:
    - title.titles
    note_text: number of titles
    note_display: hover
    listen:
      Type: title.type
    row: 3
    col: 12
    width: 6
    height: 3
  - name: headline_movie_share
    title: Share of movies
    model: lakehouse
    explore: title
    type: single_value
    fields:
    - title.movie_share
    note_text: movies / titles, 0 to 1, rounded half up
    note_display: hover
    listen:
      Type: title.type
    row: 3
    col: 18
    width: 6
    height: 3
  - name: hours-per-day
    title: Hours viewed per day
    model: lakehouse
    explore: play
    type: looker_line
    fields:
    - play.day_date
    - play.hours_viewed
    sorts:
    - play.day_date
    limit: 500
    note_text: Beside the period before
    note_display: below
    listen:
      Period: play.day_date
      Country: play.viewing_country
      Type: play.type
      Plan: play.plan
    row: 6
    col: 0
    width: 16
    height: 6
  - name: growth-by-country
    title: Hours viewed by country
    model: lakehouse
    explore: play
    type: looker_bar
    fields:
    - play.viewing_country
    - play.hours_viewed
    sorts:
    - play.viewing_country
    limit: 500
    note_text: Hours viewed against the period before
    note_display: below
    listen:
      Period: play.day_date
      Country: play.viewing_country
      Type: play.type
      Plan: play.plan
    row: 6
    col: 16
    width: 8
    height: 6
  - name: most-watched
    title: Most watched titles
    model: lakehouse
    explore: play
    type: looker_grid
    fields:
    - play.title
    - play.hours_viewed
    - play.plays
    sorts:
    - play.hours_viewed desc
    limit: 100
    note_text: By hours viewed
    note_display: below
    listen:
      Period: play.day_date
      Country: play.viewing_country
      Type: play.type
      Plan: play.plan
    row: 12
    col: 0
    width: 12
    height: 6
  - name: hours-by-genre
    title: Hours by genre
    model: lakehouse
    explore: play
    type: looker_bar
    fields:
    - play.genre
    - play.hours_viewed
    sorts:
    - play.hours_viewed desc
    limit: 8
    note_text: A title of two genres counts half for each
    note_display: below
    listen:
      Period: play.day_date
      Country: play.viewing_country
      Type: play.type
      Plan: play.plan
    row: 12
    col: 12
    width: 12
    height: 6
