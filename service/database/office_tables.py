"""The tables of the service's own business: jobs, keys, sessions, who wrote what, what was tagged. Times are ISO 8601 in UTC."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Float, Index, Integer, LargeBinary, String, Table, Text, text

from service.database.tables import metadata

__all__ = [
    "audit",
    "intake",
    "jobs",
    "keys",
    "metadata",
    "rates",
    "sessions",
]  # with its own tables registered, this is all of them

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(10), nullable=False),  # import, training, check; held: a file that waits to be confirmed
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

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of what the browser's cookie holds
    Column("key_id", String(16), nullable=True),  # the key that signed in; null: this machine's own
    Column("created_at", String(32), nullable=False),
    Column("expires_at", String(32), nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("who", String(200), nullable=False),
    Column("operation", String(200), nullable=False),  # method and path as in the API's description: POST /labels
    Column("target", Text, nullable=False),  # the path as it was asked for
    Column("status", Integer, nullable=False),  # what was answered
    Column("request_id", String(64), nullable=False),
)
Index("ix_audit_at", audit.c.at)

intake = Table(
    "intake",
    metadata,
    Column("hour", String(13), primary_key=True),  # 2026-11-23T08
    Column("version", String(64), primary_key=True),
    Column("sections", Integer, nullable=False),
    Column("characters", BigInteger, nullable=False),
    # Of a sample of the sections: Chinese characters and words, and those of them that the version does not know.
    Column("sampled_characters", Integer, nullable=False),
    Column("unknown_characters", Integer, nullable=False),
    Column("words", Integer, nullable=False),
    Column("unknown_words", Integer, nullable=False),
)

rates = Table(
    "rates",
    metadata,
    Column("hour", String(13), primary_key=True),
    Column("version", String(64), primary_key=True),
    Column("theme", String(64), primary_key=True),  # its id; empty: sections without any
    Column("assigned", Integer, nullable=False),  # of the hour's sections in `intake`
    Column("probability", Float, nullable=False),  # the sum over those that it was assigned to
)
