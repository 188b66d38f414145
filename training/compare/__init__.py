"""Candidate against live: comparison.py runs it, verdict.py says whether the candidate may be promoted, report.py shows it."""
