"""The process of one job: `python -m service.jobs.child`. Its modules may import training, as the service does not import them."""
