"""Tests of the benchmarks' code; nothing here is timed."""
