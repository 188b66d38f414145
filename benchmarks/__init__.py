"""Measurements, each a command: accuracy and speed, side by side in one run."""
