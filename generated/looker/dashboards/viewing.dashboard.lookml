# Made from metrics/definitions by ./lakehouse generate looker.
- dashboard: viewing
  title: Viewing
  description: What is watched, when, on what, and where.
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
  - name: Device
    title: Device
    type: field_filter
    model: lakehouse
    explore: play
    field: play.device
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
  - name: Event type
    title: Event type
    type: field_filter
    model: lakehouse
    explore: event_day
    field: event_day.event_type
    default_value: ''
    allow_multiple_values: true
  elements:
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
      Device: play.device
      Type: play.type
    row: 0
    col: 0
    width: 6
    height: 3
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
      Device: play.device
      Type: play.type
    row: 0
    col: 6
    width: 6
    height: 3
  - name: headline_events
    title: Events
    model: lakehouse
    explore: event_day
    type: single_value
    fields:
    - event_day.events
    note_text: number of events, in sessions or not
    note_display: hover
    listen:
      Period: event_day.day_date
      Country: event_day.viewing_country
      Device: event_day.device
      Event type: event_day.event_type
    row: 0
    col: 12
    width: 6
    height: 3
  - name: headline_completed_share
    title: Completed
    model: lakehouse
    explore: timed_play
    type: single_value
    fields:
    - timed_play.completed_share
    note_text: completed plays / plays, 0 to 1, rounded half up
    note_display: hover
    listen:
      Period: timed_play.day_date
      Country: timed_play.viewing_country
      Device: timed_play.device
      Type: timed_play.type
    row: 0
    col: 18
    width: 6
    height: 3
  - name: events
    title: Events per day
    model: lakehouse
    explore: event_day
    type: looker_line
    fields:
    - event_day.day_date
    - event_day.events
    sorts:
    - event_day.day_date
    limit: 500
    note_text: All types, unless one is chosen, beside the period before
    note_display: below
    listen:
      Period: event_day.day_date
      Country: event_day.viewing_country
      Device: event_day.device
      Event type: event_day.event_type
    row: 3
    col: 0
    width: 16
    height: 6
  - name: event-types
    title: Types of events
    model: lakehouse
    explore: event_day
    type: looker_bar
    fields:
    - event_day.event_type
    - event_day.events
    sorts:
    - event_day.events desc
    limit: 10
    note_text: Events; the table has their shares
    note_display: below
    listen:
      Period: event_day.day_date
      Country: event_day.viewing_country
      Device: event_day.device
      Event type: event_day.event_type
    row: 3
    col: 16
    width: 8
    height: 6
  - name: top-titles
    title: Most watched titles
    model: lakehouse
    explore: play
    type: looker_grid
    fields:
    - play.title
    - play.plays
    - play.hours_viewed
    - play.viewers
    sorts:
    - play.plays desc
    - play.hours_viewed desc
    limit: 100
    note_text: By plays
    note_display: below
    listen:
      Period: play.day_date
      Country: play.viewing_country
      Device: play.device
      Type: play.type
    row: 9
    col: 0
    width: 16
    height: 12
  - name: starts
    title: Most started titles
    model: lakehouse
    explore: started_title
    type: looker_bar
    fields:
    - started_title.title
    - started_title.starts
    sorts:
    - started_title.starts desc
    limit: 5
    note_text: PLAY_START events, of all time
    note_display: below
    listen:
      Type: started_title.type
    row: 9
    col: 16
    width: 8
    height: 6
  - name: countries
    title: Countries
    model: lakehouse
    explore: play
    type: looker_grid
    fields:
    - play.viewing_country
    - play.hours_viewed
    - play.plays
    - play.viewers
    sorts:
    - play.hours_viewed desc
    limit: 500
    note_text: By hours viewed
    note_display: below
    listen:
      Period: play.day_date
      Country: play.viewing_country
      Device: play.device
      Type: play.type
    row: 15
    col: 16
    width: 8
    height: 6
  - name: country-events
    title: Events by country
    model: lakehouse
    explore: event_day
    type: looker_bar
    fields:
    - event_day.viewing_country
    - event_day.events
    sorts:
    - event_day.events desc
    limit: 10
    note_text: All types, unless one is chosen
    note_display: below
    listen:
      Period: event_day.day_date
      Country: event_day.viewing_country
      Device: event_day.device
      Event type: event_day.event_type
    row: 21
    col: 0
    width: 8
    height: 6
  - name: devices
    title: Devices
    model: lakehouse
    explore: play
    type: looker_grid
    fields:
    - play.device
    - play.plays
    - play.hours_viewed
    - play.viewers
    sorts:
    - play.plays desc
    - play.device
    limit: 500
    note_text: By plays
    note_display: below
    listen:
      Period: play.day_date
      Country: play.viewing_country
      Device: play.device
      Type: play.type
    row: 21
    col: 8
    width: 12
    height: 6
  - name: completion
    title: Which movies are watched to the end
    model: lakehouse
    explore: timed_play
    type: looker_bar
    fields:
    - timed_play.genre
    - timed_play.completed_share
    sorts:
    - timed_play.completed_share desc
    limit: 10
    note_text: Completed plays of movies, by genre
    note_display: below
    listen:
      Period: timed_play.day_date
      Country: timed_play.viewing_country
      Device: timed_play.device
      Type: timed_play.type
    row: 21
    col: 20
    width: 4
    height: 6
