"""The tables of the service's own business: jobs under way, and keys. Times are ISO 8601 in UTC."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, LargeBinary, String, Table, Text, text

from service.database.tables import metadata

__all__ = ["jobs", "keys", "metadata"]  # with its own tables registered, this is all of them

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(10), nullable=False),  # import, training
    Column("state", String(10), nullable=False),  # waiting, running, done, failed, cancelled
    Column("by", String(200), nullable=False),
    Column("asked", JSON, nullable=False),  # what was asked for
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("message", Text, nullable=False),
    Column("result", JSON, nullable=True),
    Column("payload", LargeBinary, nullable=True),  # the uploaded file, until the job has ended
    Column("runner", String(200), nullable=False),  # host:pid of the process at work on it
    Column("seen_at", String(32), nullable=False),  # when the runner last gave a sign of life
    Column("created_at", String(32), nullable=False),
    Column("ended_at", String(32), nullable=True),
)
Index("ix_jobs_kind_created_at", jobs.c.kind, jobs.c.created_at)
# One training run at a time, whatever the number of processes and machines.
Index(
    "uq_jobs_one_training",
    jobs.c.kind,
    unique=True,
    sqlite_where=text("kind = 'training' AND state = 'running'"),
    postgresql_where=text("kind = 'training' AND state = 'running'"),
)

keys = Table(
    "keys",
    metadata,
    Column("id", String(16), primary_key=True),  # the public half, by which a key is found
    Column("name", String(100), nullable=False),
    Column("hash", String(64), nullable=False),  # SHA-256 of the secret half, which is 256 random bits
    Column("scopes", JSON, nullable=False),  # of read, label, train, admin
    Column("created_at", String(32), nullable=False),
    Column("revoked_at", String(32), nullable=True),
)
