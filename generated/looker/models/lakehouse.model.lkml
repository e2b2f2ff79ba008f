# Made from metrics/definitions by ./lakehouse generate looker.
connection: "@{CONNECTION}"
label: "Lakehouse"
include: "/views/*.view.lkml"
include: "/dashboards/*.dashboard.lookml"
include: "/tests/*.lkml"

explore: title {
  label: "Titles in the catalogue"
  description: "Titles in the catalogue: one row per title of the latest release"
  sql_always_where: ${title.column_in_catalogue} AND ${title.column_title_key} <> -1 ;;

  join: rating {
    from: dim_rating
    type: inner
    relationship: many_to_one
    sql_on: ${title.column_rating_key} = ${rating.rating_key} ;;
  }

  join: genres_pairs {
    from: bridge_title_genre
    type: inner
    relationship: one_to_many
    sql_on: ${title.column_title_key} = ${genres_pairs.title_key} ;;
  }

  join: genres {
    from: dim_genre
    type: inner
    relationship: many_to_one
    sql_on: ${genres_pairs.genre_key} = ${genres.genre_key} ;;
  }

  join: countries_pairs {
    from: bridge_title_country
    type: inner
    relationship: one_to_many
    sql_on: ${title.column_title_key} = ${countries_pairs.title_key} ;;
  }

  join: countries {
    from: dim_country
    type: inner
    relationship: many_to_one
    sql_on: ${countries_pairs.country_key} = ${countries.country_key} ;;
  }

  join: directors_pairs {
    from: bridge_title_person
    type: inner
    relationship: one_to_many
    sql_on: ${title.column_title_key} = ${directors_pairs.title_key} AND ${directors_pairs.role} = 'director' ;;
  }

  join: directors {
    from: dim_person
    type: inner
    relationship: many_to_one
    sql_on: ${directors_pairs.person_key} = ${directors.person_key} ;;
  }

  join: actors_pairs {
    from: bridge_title_person
    type: inner
    relationship: one_to_many
    sql_on: ${title.column_title_key} = ${actors_pairs.title_key} AND ${actors_pairs.role} = 'cast' ;;
  }

  join: actors {
    from: dim_person
    type: inner
    relationship: many_to_one
    sql_on: ${actors_pairs.person_key} = ${actors.person_key} ;;
  }

  join: kpi_content_type {
    type: left_outer
    relationship: many_to_one
    sql_on: ${title.type} <=> ${kpi_content_type.type} ;;
  }

  join: kpi_rating {
    type: left_outer
    relationship: many_to_one
    sql_on: ${title.rating} <=> ${kpi_rating.rating} ;;
  }

  join: kpi_genre {
    type: left_outer
    relationship: many_to_one
    sql_on: ${title.genre} <=> ${kpi_genre.genre} ;;
  }

  join: kpi_country {
    type: left_outer
    relationship: many_to_one
    sql_on: ${title.production_country} <=> ${kpi_country.country} ;;
  }

  join: kpi_release_year {
    type: left_outer
    relationship: many_to_one
    sql_on: ${title.release_year} <=> ${kpi_release_year.release_year} AND ${title.type} <=> ${kpi_release_year.type} ;;
  }

  join: kpi_year_added {
    type: left_outer
    relationship: many_to_one
    sql_on: ${title.year_added} <=> ${kpi_year_added.year_added} AND ${title.type} <=> ${kpi_year_added.type} ;;
  }

  join: kpi_genre_trend {
    type: left_outer
    relationship: many_to_one
    sql_on: ${title.genre} <=> ${kpi_genre_trend.genre} AND ${title.year_added} <=> ${kpi_genre_trend.year_added} ;;
  }

  join: kpi_content_age {
    type: left_outer
    relationship: many_to_one
    sql_on: ${title.type} <=> ${kpi_content_age.type} AND ${title.content_age_category} <=> ${kpi_content_age.content_age_category} AND ${title.production_country} <=> ${kpi_content_age.country} ;;
  }

  join: kpi_content_trend {
    type: left_outer
    relationship: many_to_one
    sql_on: ${title.release_year} <=> ${kpi_content_trend.release_year} AND ${title.type} <=> ${kpi_content_trend.type} ;;
  }

  join: kpi_country_growth {
    type: left_outer
    relationship: many_to_one
    sql_on: ${title.production_country} <=> ${kpi_country_growth.country} ;;
  }

  join: kpi_catalogue_depth {
    type: left_outer
    relationship: many_to_one
    sql_on: ${title.type} <=> ${kpi_catalogue_depth.type} ;;
  }
}

explore: rated_title {
  label: "Titles rated at IMDb"
  description: "Titles rated at IMDb: one row per title that is rated, in the catalogue or not"

  join: title {
    from: dim_title
    type: inner
    relationship: many_to_one
    sql_on: ${rated_title.column_title_key} = ${title.title_key} ;;
  }

  join: title_rating {
    from: dim_rating
    type: inner
    relationship: many_to_one
    sql_on: ${title.rating_key} = ${title_rating.rating_key} ;;
  }

  join: title_genres_pairs {
    from: bridge_title_genre
    type: inner
    relationship: one_to_many
    sql_on: ${title.title_key} = ${title_genres_pairs.title_key} ;;
  }

  join: title_genres {
    from: dim_genre
    type: inner
    relationship: many_to_one
    sql_on: ${title_genres_pairs.genre_key} = ${title_genres.genre_key} ;;
  }

  join: title_countries_pairs {
    from: bridge_title_country
    type: inner
    relationship: one_to_many
    sql_on: ${title.title_key} = ${title_countries_pairs.title_key} ;;
  }

  join: title_countries {
    from: dim_country
    type: inner
    relationship: many_to_one
    sql_on: ${title_countries_pairs.country_key} = ${title_countries.country_key} ;;
  }

  join: title_directors_pairs {
    from: bridge_title_person
    type: inner
    relationship: one_to_many
    sql_on: ${title.title_key} = ${title_directors_pairs.title_key} AND ${title_directors_pairs.role} = 'director' ;;
  }

  join: title_directors {
    from: dim_person
    type: inner
    relationship: many_to_one
    sql_on: ${title_directors_pairs.person_key} = ${title_directors.person_key} ;;
  }

  join: title_actors_pairs {
    from: bridge_title_person
    type: inner
    relationship: one_to_many
    sql_on: ${title.title_key} = ${title_actors_pairs.title_key} AND ${title_actors_pairs.role} = 'cast' ;;
  }

  join: title_actors {
    from: dim_person
    type: inner
    relationship: many_to_one
    sql_on: ${title_actors_pairs.person_key} = ${title_actors.person_key} ;;
  }
}

explore: play {
  label: "Viewing sessions"
  description: "Viewing sessions: one row per viewing session"

  join: title {
    from: dim_title
    type: inner
    relationship: many_to_one
    sql_on: ${play.column_title_key} = ${title.title_key} ;;
  }

  join: title_rating {
    from: dim_rating
    type: inner
    relationship: many_to_one
    sql_on: ${title.rating_key} = ${title_rating.rating_key} ;;
  }

  join: title_genres_pairs {
    from: bridge_title_genre
    type: inner
    relationship: one_to_many
    sql_on: ${title.title_key} = ${title_genres_pairs.title_key} ;;
  }

  join: title_genres {
    from: dim_genre
    type: inner
    relationship: many_to_one
    sql_on: ${title_genres_pairs.genre_key} = ${title_genres.genre_key} ;;
  }

  join: title_countries_pairs {
    from: bridge_title_country
    type: inner
    relationship: one_to_many
    sql_on: ${title.title_key} = ${title_countries_pairs.title_key} ;;
  }

  join: title_countries {
    from: dim_country
    type: inner
    relationship: many_to_one
    sql_on: ${title_countries_pairs.country_key} = ${title_countries.country_key} ;;
  }

  join: title_directors_pairs {
    from: bridge_title_person
    type: inner
    relationship: one_to_many
    sql_on: ${title.title_key} = ${title_directors_pairs.title_key} AND ${title_directors_pairs.role} = 'director' ;;
  }

  join: title_directors {
    from: dim_person
    type: inner
    relationship: many_to_one
    sql_on: ${title_directors_pairs.person_key} = ${title_directors.person_key} ;;
  }

  join: title_actors_pairs {
    from: bridge_title_person
    type: inner
    relationship: one_to_many
    sql_on: ${title.title_key} = ${title_actors_pairs.title_key} AND ${title_actors_pairs.role} = 'cast' ;;
  }

  join: title_actors {
    from: dim_person
    type: inner
    relationship: many_to_one
    sql_on: ${title_actors_pairs.person_key} = ${title_actors.person_key} ;;
  }

  join: subscriber {
    from: dim_subscriber
    type: inner
    relationship: many_to_one
    sql_on: ${play.column_subscriber_key} = ${subscriber.subscriber_key} ;;
  }

  join: subscriber_plan {
    from: dim_plan
    type: inner
    relationship: many_to_one
    sql_on: ${subscriber.plan_key} = ${subscriber_plan.plan_key} ;;
  }

  join: device {
    from: dim_device
    type: inner
    relationship: many_to_one
    sql_on: ${play.column_device_key} = ${device.device_key} ;;
  }

  join: country {
    from: dim_country
    type: inner
    relationship: many_to_one
    sql_on: ${play.column_country_key} = ${country.country_key} ;;
  }

  join: date {
    from: dim_date
    type: inner
    relationship: many_to_one
    sql_on: ${play.column_date_key} = ${date.date_key} ;;
  }

  join: kpi_top_titles {
    type: left_outer
    relationship: many_to_one
    sql_on: ${play.title_key} <=> ${kpi_top_titles.title_key} AND ${play.title} <=> ${kpi_top_titles.title} ;;
  }

  join: kpi_device {
    type: left_outer
    relationship: many_to_one
    sql_on: ${play.device} <=> ${kpi_device.device} ;;
  }

  join: kpi_viewing_by_country {
    type: left_outer
    relationship: many_to_one
    sql_on: ${play.viewing_country} <=> ${kpi_viewing_by_country.country} ;;
  }

  join: kpi_watched_genre {
    type: left_outer
    relationship: many_to_one
    sql_on: ${play.genre} <=> ${kpi_watched_genre.name} ;;
  }

  join: kpi_watched_director {
    type: left_outer
    relationship: many_to_one
    sql_on: ${play.director} <=> ${kpi_watched_director.name} ;;
  }

  join: kpi_watched_actor {
    type: left_outer
    relationship: many_to_one
    sql_on: ${play.actor} <=> ${kpi_watched_actor.name} ;;
  }

  join: kpi_regional_performance {
    type: left_outer
    relationship: many_to_one
    sql_on: ${play.viewing_region} <=> ${kpi_regional_performance.region} AND ${play.viewing_country} <=> ${kpi_regional_performance.country} AND ${play.genre} <=> ${kpi_regional_performance.genre} ;;
  }
}

explore: timed_play {
  label: "Viewing sessions of movies"
  description: "Viewing sessions of movies: one row per viewing session whose completion is known"
  sql_always_where: ${timed_play.column_completion} IS NOT NULL ;;

  join: title {
    from: dim_title
    type: inner
    relationship: many_to_one
    sql_on: ${timed_play.column_title_key} = ${title.title_key} ;;
  }

  join: title_rating {
    from: dim_rating
    type: inner
    relationship: many_to_one
    sql_on: ${title.rating_key} = ${title_rating.rating_key} ;;
  }

  join: title_genres_pairs {
    from: bridge_title_genre
    type: inner
    relationship: one_to_many
    sql_on: ${title.title_key} = ${title_genres_pairs.title_key} ;;
  }

  join: title_genres {
    from: dim_genre
    type: inner
    relationship: many_to_one
    sql_on: ${title_genres_pairs.genre_key} = ${title_genres.genre_key} ;;
  }

  join: title_countries_pairs {
    from: bridge_title_country
    type: inner
    relationship: one_to_many
    sql_on: ${title.title_key} = ${title_countries_pairs.title_key} ;;
  }

  join: title_countries {
    from: dim_country
    type: inner
    relationship: many_to_one
    sql_on: ${title_countries_pairs.country_key} = ${title_countries.country_key} ;;
  }

  join: title_directors_pairs {
    from: bridge_title_person
    type: inner
    relationship: one_to_many
    sql_on: ${title.title_key} = ${title_directors_pairs.title_key} AND ${title_directors_pairs.role} = 'director' ;;
  }

  join: title_directors {
    from: dim_person
    type: inner
    relationship: many_to_one
    sql_on: ${title_directors_pairs.person_key} = ${title_directors.person_key} ;;
  }

  join: title_actors_pairs {
    from: bridge_title_person
    type: inner
    relationship: one_to_many
    sql_on: ${title.title_key} = ${title_actors_pairs.title_key} AND ${title_actors_pairs.role} = 'cast' ;;
  }

  join: title_actors {
    from: dim_person
    type: inner
    relationship: many_to_one
    sql_on: ${title_actors_pairs.person_key} = ${title_actors.person_key} ;;
  }

  join: subscriber {
    from: dim_subscriber
    type: inner
    relationship: many_to_one
    sql_on: ${timed_play.column_subscriber_key} = ${subscriber.subscriber_key} ;;
  }

  join: subscriber_plan {
    from: dim_plan
    type: inner
    relationship: many_to_one
    sql_on: ${subscriber.plan_key} = ${subscriber_plan.plan_key} ;;
  }

  join: device {
    from: dim_device
    type: inner
    relationship: many_to_one
    sql_on: ${timed_play.column_device_key} = ${device.device_key} ;;
  }

  join: country {
    from: dim_country
    type: inner
    relationship: many_to_one
    sql_on: ${timed_play.column_country_key} = ${country.country_key} ;;
  }

  join: date {
    from: dim_date
    type: inner
    relationship: many_to_one
    sql_on: ${timed_play.column_date_key} = ${date.date_key} ;;
  }

  join: kpi_genre_completion {
    type: left_outer
    relationship: many_to_one
    sql_on: ${timed_play.genre} <=> ${kpi_genre_completion.genre} ;;
  }
}

explore: event_day {
  label: "Events by day"
  description: "Events by day: one row per day, event type, device and country of viewing"

  join: device {
    from: dim_device
    type: left_outer
    relationship: many_to_one
    sql_on: COALESCE(NULLIF(REGEXP_REPLACE(LOWER(${event_day.column_device_type}), '[^\\p{L}\\p{M}\\p{N}+&]+', ''), ''), LOWER(${event_day.column_device_type})) = COALESCE(NULLIF(REGEXP_REPLACE(LOWER(${device.device}), '[^\\p{L}\\p{M}\\p{N}+&]+', ''), ''), LOWER(${device.device})) ;;
  }

  join: country {
    from: dim_country
    type: left_outer
    relationship: many_to_one
    sql_on: ${event_day.column_country} = ${country.iso_code} ;;
  }

  join: kpi_events_by_date {
    type: left_outer
    relationship: many_to_one
    sql_on: ${event_day.day_raw} <=> ${kpi_events_by_date.event_date} ;;
  }

  join: kpi_event_type {
    type: left_outer
    relationship: many_to_one
    sql_on: ${event_day.event_type} <=> ${kpi_event_type.event_type} ;;
  }

  join: kpi_device {
    type: left_outer
    relationship: many_to_one
    sql_on: ${event_day.device} <=> ${kpi_device.device} ;;
  }

  join: kpi_viewing_by_country {
    type: left_outer
    relationship: many_to_one
    sql_on: ${event_day.viewing_country} <=> ${kpi_viewing_by_country.country} ;;
  }
}

explore: started_title {
  label: "Starts by title"
  description: "Starts by title: one row per title that was watched or started"

  join: title {
    from: dim_title
    type: inner
    relationship: many_to_one
    sql_on: ${started_title.column_title_key} = ${title.title_key} ;;
  }

  join: title_rating {
    from: dim_rating
    type: inner
    relationship: many_to_one
    sql_on: ${title.rating_key} = ${title_rating.rating_key} ;;
  }

  join: title_genres_pairs {
    from: bridge_title_genre
    type: inner
    relationship: one_to_many
    sql_on: ${title.title_key} = ${title_genres_pairs.title_key} ;;
  }

  join: title_genres {
    from: dim_genre
    type: inner
    relationship: many_to_one
    sql_on: ${title_genres_pairs.genre_key} = ${title_genres.genre_key} ;;
  }

  join: title_countries_pairs {
    from: bridge_title_country
    type: inner
    relationship: one_to_many
    sql_on: ${title.title_key} = ${title_countries_pairs.title_key} ;;
  }

  join: title_countries {
    from: dim_country
    type: inner
    relationship: many_to_one
    sql_on: ${title_countries_pairs.country_key} = ${title_countries.country_key} ;;
  }

  join: title_directors_pairs {
    from: bridge_title_person
    type: inner
    relationship: one_to_many
    sql_on: ${title.title_key} = ${title_directors_pairs.title_key} AND ${title_directors_pairs.role} = 'director' ;;
  }

  join: title_directors {
    from: dim_person
    type: inner
    relationship: many_to_one
    sql_on: ${title_directors_pairs.person_key} = ${title_directors.person_key} ;;
  }

  join: title_actors_pairs {
    from: bridge_title_person
    type: inner
    relationship: one_to_many
    sql_on: ${title.title_key} = ${title_actors_pairs.title_key} AND ${title_actors_pairs.role} = 'cast' ;;
  }

  join: title_actors {
    from: dim_person
    type: inner
    relationship: many_to_one
    sql_on: ${title_actors_pairs.person_key} = ${title_actors.person_key} ;;
  }

  join: kpi_top_titles {
    type: left_outer
    relationship: many_to_one
    sql_on: ${started_title.title_key} <=> ${kpi_top_titles.title_key} AND ${started_title.title} <=> ${kpi_top_titles.title} ;;
  }
}

explore: subscriber {
  label: "Current subscribers"
  description: "Current subscribers: one row per current subscriber"
  sql_always_where: ${subscriber.column_is_current} AND ${subscriber.column_subscriber_key} <> -1 ;;

  join: plan {
    from: dim_plan
    type: inner
    relationship: many_to_one
    sql_on: ${subscriber.column_plan_key} = ${plan.plan_key} ;;
  }

  join: device {
    from: dim_device
    type: inner
    relationship: many_to_one
    sql_on: ${subscriber.column_device_key} = ${device.device_key} ;;
  }

  join: kpi_plan_device {
    type: left_outer
    relationship: many_to_one
    sql_on: ${subscriber.device} <=> ${kpi_plan_device.device} AND ${subscriber.plan} <=> ${kpi_plan_device.plan} ;;
  }
}

explore: subscriber_group {
  label: "Current subscribers by group"
  description: "Current subscribers by group: one row per plan, country, age band and gender of current subscribers"
}

explore: subscription_month {
  label: "Months of subscriptions"
  description: "Months of subscriptions: one row per subscriber and month, and one after leaving"

  join: plan {
    from: dim_plan
    type: inner
    relationship: many_to_one
    sql_on: ${subscription_month.column_plan_key} = ${plan.plan_key} ;;
  }

  join: date {
    from: dim_date
    type: inner
    relationship: many_to_one
    sql_on: ${subscription_month.column_date_key} = ${date.date_key} ;;
  }

  join: kpi_monthly_revenue {
    type: left_outer
    relationship: many_to_one
    sql_on: ${subscription_month.day_raw} <=> ${kpi_monthly_revenue.month} AND ${subscription_month.plan} <=> ${kpi_monthly_revenue.plan} ;;
  }
}

explore: cohort_month {
  label: "Cohorts by month"
  description: "Cohorts by month: one row per month of joining and months since then"

  join: kpi_cohort_retention {
    type: left_outer
    relationship: many_to_one
    sql_on: ${cohort_month.cohort_month} <=> ${kpi_cohort_retention.cohort_month} AND ${cohort_month.months_since_joining} <=> ${kpi_cohort_retention.months_since_joining} ;;
  }
}

explore: underwatched_title {
  label: "Well rated, little watched titles"
  description: "Well rated, little watched titles: one row per title of the catalogue that is well rated but little watched"

  join: title {
    from: dim_title
    type: inner
    relationship: many_to_one
    sql_on: ${underwatched_title.column_title_key} = ${title.title_key} ;;
  }

  join: title_rating {
    from: dim_rating
    type: inner
    relationship: many_to_one
    sql_on: ${title.rating_key} = ${title_rating.rating_key} ;;
  }
}

explore: audience_plan_by_gender {
  label: "Audience and revenue: Plans by gender"
  description: "Audience and revenue: Plans by gender; groups of fewer than five people are put together"
}

explore: audience_plan_by_country {
  label: "Audience and revenue: Plans by country"
  description: "Audience and revenue: Plans by country; groups of fewer than five people are put together"
}

explore: audience_plan_by_age {
  label: "Audience and revenue: Plans by age"
  description: "Audience and revenue: Plans by age; groups of fewer than five people are put together"
}

explore: audience_groups {
  label: "Audience and revenue: Groups of subscribers"
  description: "Audience and revenue: Groups of subscribers; groups of fewer than five people are put together"
}

explore: taste_types_by_age {
  label: "Taste and regions: Movies or TV shows, by age"
  description: "Taste and regions: Movies or TV shows, by age; groups of fewer than five people are put together"
}
