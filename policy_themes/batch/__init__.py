"""Many texts: the run (order, progress, faults) and the writers (one format a file)."""
