"""Campaigns: long runs that try to break the service. Each is a command with its length as an argument; tests run a short form of each."""
