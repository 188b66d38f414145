"""The HTTP service. Imports the core, never training."""
