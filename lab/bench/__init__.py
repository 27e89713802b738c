"""Benchmarks: each measures its peer in the same run, and prints one table or one JSON object."""
