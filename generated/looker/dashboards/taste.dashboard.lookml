# Made from metrics/definitions by ./lakehouse generate looker.
- dashboard: taste
  title: Taste and regions
  description: What people like, and where.
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
  - name: Region
    title: Region
    type: field_filter
    model: lakehouse
    explore: play
    field: play.viewing_region
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
  - name: Genre
    title: Genre
    type: field_filter
    model: lakehouse
    explore: title
    field: title.genre
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
      Region: play.viewing_region
      Country: play.viewing_country
      Genre: play.genre
      Type: play.type
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
      Region: play.viewing_region
      Country: play.viewing_country
      Genre: play.genre
      Type: play.type
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
      Region: play.viewing_region
      Country: play.viewing_country
      Genre: play.genre
      Type: play.type
    row: 0
    col: 12
    width: 6
    height: 3
  - name: headline_long_plays
    title: Watched plays
    model: lakehouse
    explore: play
    type: single_value
    fields:
    - play.long_plays
    note_text: plays that are watched for at least lakehouse.view_seconds (is_view)
    note_display: hover
    listen:
      Period: play.day_date
      Region: play.viewing_region
      Country: play.viewing_country
      Genre: play.genre
      Type: play.type
    row: 0
    col: 18
    width: 6
    height: 3
  - name: genres
    title: Genres by hours viewed
    model: lakehouse
    explore: play
    type: looker_bar
    fields:
    - play.genre
    - play.hours_viewed
    sorts:
    - play.hours_viewed desc
    limit: 10
    note_text: A title of two genres counts half for each
    note_display: below
    listen:
      Period: play.day_date
      Region: play.viewing_region
      Country: play.viewing_country
      Genre: play.genre
      Type: play.type
    row: 3
    col: 0
    width: 8
    height: 6
  - name: directors
    title: Directors by hours viewed
    model: lakehouse
    explore: play
    type: looker_bar
    fields:
    - play.director
    - play.hours_viewed
    sorts:
    - play.hours_viewed desc
    limit: 10
    note_text: A title of two directors counts half for each
    note_display: below
    listen:
      Period: play.day_date
      Region: play.viewing_region
      Country: play.viewing_country
      Genre: play.genre
      Type: play.type
    row: 3
    col: 8
    width: 8
    height: 6
  - name: actors
    title: Actors by hours viewed
    model: lakehouse
    explore: play
    type: looker_bar
    fields:
    - play.actor
    - play.hours_viewed
    sorts:
    - play.hours_viewed desc
    limit: 10
    note_text: A title's hours are divided among its actors
    note_display: below
    listen:
      Period: play.day_date
      Region: play.viewing_region
      Country: play.viewing_country
      Genre: play.genre
      Type: play.type
    row: 3
    col: 16
    width: 8
    height: 6
  - name: types-by-country
    title: Movies or TV shows, by country
    model: lakehouse
    explore: play
    type: looker_bar
    fields:
    - play.viewing_country
    - play.type
    - play.hours_viewed
    pivots:
    - play.type
    sorts:
    - play.viewing_country
    limit: 500
    stacking: percent
    note_text: Share of hours viewed
    note_display: below
    listen:
      Period: play.day_date
      Region: play.viewing_region
      Country: play.viewing_country
      Genre: play.genre
      Type: play.type
    row: 9
    col: 0
    width: 12
    height: 6
  - name: types-by-age
    title: Movies or TV shows, by age
    model: lakehouse
    explore: taste_types_by_age
    type: looker_bar
    fields:
    - taste_types_by_age.age_band
    - taste_types_by_age.type
    - taste_types_by_age.hours_viewed
    pivots:
    - taste_types_by_age.type
    sorts:
    - taste_types_by_age.age_band
    limit: 500
    stacking: percent
    note_text: Share of hours viewed
    note_display: below
    listen: {}
    row: 9
    col: 12
    width: 12
    height: 6
  - name: regions-by-genre
    title: What is watched in which region
    model: lakehouse
    explore: play
    type: looker_grid
    fields:
    - play.genre
    - play.viewing_region
    - play.hours_viewed
    pivots:
    - play.viewing_region
    sorts:
    - play.genre
    limit: 500
    note_text: Hours viewed; a title of two genres counts half for each
    note_display: below
    listen:
      Period: play.day_date
      Region: play.viewing_region
      Country: play.viewing_country
      Genre: play.genre
      Type: play.type
    row: 15
    col: 0
    width: 16
    height: 12
  - name: region-growth
    title: Hours viewed by region
    model: lakehouse
    explore: play
    type: looker_bar
    fields:
    - play.viewing_region
    - play.hours_viewed
    sorts:
    - play.viewing_region
    limit: 500
    note_text: Hours viewed against the period before
    note_display: below
    listen:
      Period: play.day_date
      Region: play.viewing_region
      Country: play.viewing_country
      Genre: play.genre
      Type: play.type
    row: 15
    col: 16
    width: 8
    height: 6
  - name: types
    title: Movies or TV shows
    model: lakehouse
    explore: play
    type: looker_bar
    fields:
    - play.type
    - play.hours_viewed
    sorts:
    - play.hours_viewed desc
    limit: 10
    note_text: Hours viewed; the table has their shares
    note_display: below
    listen:
      Period: play.day_date
      Region: play.viewing_region
      Country: play.viewing_country
      Genre: play.genre
      Type: play.type
    row: 21
    col: 16
    width: 8
    height: 6
  - name: regional-performance
    title: Genres by region and country
    model: lakehouse
    explore: play
    type: looker_grid
    fields:
    - play.viewing_region
    - play.viewing_country
    - play.genre
    - play.hours_viewed
    - play.plays
    sorts:
    - play.hours_viewed desc
    limit: 500
    note_text: By hours viewed
    note_display: below
    listen:
      Period: play.day_date
      Region: play.viewing_region
      Country: play.viewing_country
      Genre: play.genre
      Type: play.type
    row: 27
    col: 0
    width: 24
    height: 6
