"""kill -9 at random moments of writes, imports, training and promotion: see __main__.py."""
