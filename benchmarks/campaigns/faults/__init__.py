"""Faults of what is around the service: its disk, database, clock, workers and models."""
