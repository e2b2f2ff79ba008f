# Made from metrics/definitions by ./lakehouse generate looker.
connection: "bigquery_connection"
label: "Netflix content"
include: "/views/analytics_netflix_current.view.lkml"

explore: analytics_netflix_current {
  label: "Netflix Content Explore"
  description: "Titles of the latest release of the catalogue"
  sql_always_where: ${analytics_netflix_current.in_catalogue} ;;
}
