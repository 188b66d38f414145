"""The tables. Times are ISO 8601 in UTC; themes are kept by id, so a renamed theme touches no label.

texts 1 --- n labels        every label ever given, newest row of an annotator `current`; taking one back is a row of its own
texts 1 --- n text_themes   what holds for the text today, main theme first: settled from its current labels
themes, theme_changes       the codebook and everything done to it
leases, skips               the queue: who has a text before him, and who passed it over
jobs                        imports and training runs
extras                      boundaries of the codebook; themes.yaml and lexicon.txt as they were read, comments included
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

__all__ = [
    "extras",
    "jobs",
    "keys",
    "labels",
    "leases",
    "metadata",
    "skips",
    "text_themes",
    "texts",
    "theme_changes",
    "themes",
]

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)

texts = Table(
    "texts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),  # the id it is exported under
    Column("digest", String(64), nullable=False, unique=True),  # SHA-256 of the text
    Column("kind", String(10), nullable=False),  # section or clause
    Column("text", Text, nullable=False),
    Column("source", String(200), nullable=False),  # texts of one source never stand on both sides of a fold
    Column("file", String(100), nullable=False),  # the file of labels/ it is exported to
    Column("document", String(400), nullable=False),  # the file it was cut from
    Column("place", String(200), nullable=False),  # its number and heading there
    Column("model", String(80), nullable=False),  # the version that proposed themes for it
    Column("proposed", JSON, nullable=False),  # and what it proposed: theme id -> probability
    Column("protected", Boolean, nullable=False),  # measured on, never trained on
    Column("state", String(10), nullable=False),  # open, labelled, conflict
    Column("uncertainty", Float, nullable=True),
    Column("added_at", String(32), nullable=False),
)
Index("ix_texts_state_uncertainty", texts.c.state, texts.c.uncertainty)
Index("ix_texts_source", texts.c.source)
Index("ix_texts_document", texts.c.document)

labels = Table(
    "labels",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("text_id", ForeignKey(texts.c.id), nullable=False),
    Column("annotator", String(200), nullable=False),
    Column("themes", JSON, nullable=False),  # theme ids, the main one first; an empty list says: none
    Column("deleted", Boolean, nullable=False),  # a tombstone: the annotator took the label back
    Column("final", Boolean, nullable=False),  # settles a conflict
    Column("current", Boolean, nullable=False),
    Column("model", String(80), nullable=False),  # the version whose proposal was seen
    Column("note", String(1000), nullable=False),
    Column("at", String(32), nullable=False),
)
Index(
    "uq_labels_current",
    labels.c.text_id,
    labels.c.annotator,
    unique=True,
    sqlite_where=text("current"),
    postgresql_where=text("current"),
)
Index("ix_labels_text_id", labels.c.text_id)
Index("ix_labels_annotator", labels.c.annotator)

text_themes = Table(
    "text_themes",
    metadata,
    Column("text_id", ForeignKey(texts.c.id), primary_key=True),
    Column("theme_id", String(40), primary_key=True),
    Column("position", Integer, nullable=False),
)
Index("ix_text_themes_theme_id", text_themes.c.theme_id, text_themes.c.text_id)

themes = Table(
    "themes",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("covers", Text, nullable=False),
    Column("excludes", Text, nullable=False),
    Column("aliases", JSON, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("position", Integer, nullable=False),
)

theme_changes = Table(
    "theme_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("theme_id", String(40), nullable=False, index=True),
    Column("action", String(20), nullable=False),  # add, rename, define, merge, retire, restore
    Column("before", JSON, nullable=True),
    Column("after", JSON, nullable=True),
    Column("by", String(200), nullable=False),
    Column("note", String(1000), nullable=False),
    Column("at", String(32), nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("text_id", ForeignKey(texts.c.id), primary_key=True),
    Column("annotator", String(200), nullable=False, index=True),
    Column("until", String(32), nullable=False),
)

skips = Table(
    "skips",
    metadata,
    Column("text_id", ForeignKey(texts.c.id), primary_key=True),
    Column("annotator", String(200), primary_key=True),
    Column("at", String(32), nullable=False),
)

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

extras = Table(
    "extras",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", JSON, nullable=False),
)
