"""The engines: Sail in this process by default, Apache Spark with Delta as the reference. Both speak Spark Connect."""
