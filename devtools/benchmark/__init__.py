"""Benchmarks: what an event costs in processor time, and in DynamoDB's units. `make bench`."""
