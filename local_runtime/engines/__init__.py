"""The engines: Sail in this process by default, Apache Spark with Delta as the reference. Both speak Spark Connect."""

# Seconds for which a session may be idle: a watch waits for files over a weekend, and a query may take long.
# By default Sail ends a session after a quarter of an hour, and Spark after an hour.
MAX_IDLE_SECONDS = 30 * 24 * 60 * 60
