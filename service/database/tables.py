"""The tables of labels. Times are ISO 8601 in UTC; themes are kept by id, so a renamed theme touches no label.

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
    MetaData,
    String,
    Table,
    Text,
    text,
)

__all__ = [
    "doubts",
    "extras",
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

doubts = Table(
    "doubts",
    metadata,
    Column("text_id", ForeignKey(texts.c.id), primary_key=True),
    Column("theme_id", String(40), primary_key=True),
    Column("doubt", Float, nullable=False),  # how probably the live model is wrong about this theme
)
Index("ix_doubts_theme_id", doubts.c.theme_id, doubts.c.doubt)

skips = Table(
    "skips",
    metadata,
    Column("text_id", ForeignKey(texts.c.id), primary_key=True),
    Column("annotator", String(200), primary_key=True),
    Column("at", String(32), nullable=False),
)

extras = Table(
    "extras",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", JSON, nullable=False),
)
