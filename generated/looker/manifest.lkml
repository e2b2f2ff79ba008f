# Made from metrics/definitions by ./lakehouse generate looker.
project_name: lakehouse

constant: CONNECTION {
  value: "databricks"
  export: override_optional
}

constant: SCHEMA {
  value: "prod.lakehouse_gold"
  export: override_optional
}

constant: BIGQUERY_SCHEMA {
  value: "lakehouse_gold"
  export: override_optional
}
