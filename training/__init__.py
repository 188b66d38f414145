"""Offline: labels in, a model folder out. Imports the core, never service."""
