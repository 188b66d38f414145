"""The label store: SQLite in WAL mode by default, PostgreSQL by URL, the same tables and tests for both."""
