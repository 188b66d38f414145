"""The label store"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "extras",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_extras"),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("runner", sa.String(length=200), nullable=False),
        sa.Column("seen_at", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("ended_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_kind_created_at", "jobs", ["kind", "created_at"])
    op.create_index(
        "uq_jobs_one_training",
        "jobs",
        ["kind"],
        unique=True,
        sqlite_where=sa.text("kind = 'training' AND state = 'running'"),
        postgresql_where=sa.text("kind = 'training' AND state = 'running'"),
    )
    op.create_table(
        "keys",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("revoked_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_keys"),
    )
    op.create_table(
        "texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("file", sa.String(length=100), nullable=False),
        sa.Column("document", sa.String(length=400), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("proposed", sa.JSON(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("uncertainty", sa.Float(), nullable=True),
        sa.Column("added_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_texts"),
        sa.UniqueConstraint("digest", name="uq_texts_digest"),
        sa.UniqueConstraint("name", name="uq_texts_name"),
    )
    op.create_index("ix_texts_document", "texts", ["document"])
    op.create_index("ix_texts_source", "texts", ["source"])
    op.create_index("ix_texts_state_uncertainty", "texts", ["state", "uncertainty"])
    op.create_table(
        "theme_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_theme_changes"),
    )
    op.create_index("ix_theme_changes_theme_id", "theme_changes", ["theme_id"])
    op.create_table(
        "themes",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("covers", sa.Text(), nullable=False),
        sa.Column("excludes", sa.Text(), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_themes"),
        sa.UniqueConstraint("name", name="uq_themes_name"),
    )
    op.create_table(
        "doubts",
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.String(length=40), nullable=False),
        sa.Column("doubt", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["text_id"], ["texts.id"], name="fk_doubts_text_id"),
        sa.PrimaryKeyConstraint("text_id", "theme_id", name="pk_doubts"),
    )
    op.create_index("ix_doubts_theme_id", "doubts", ["theme_id", "doubt"])
    op.create_table(
        "labels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("annotator", sa.String(length=200), nullable=False),
        sa.Column("themes", sa.JSON(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["text_id"], ["texts.id"], name="fk_labels_text_id"),
        sa.PrimaryKeyConstraint("id", name="pk_labels"),
    )
    op.create_index("ix_labels_annotator", "labels", ["annotator"])
    op.create_index("ix_labels_text_id", "labels", ["text_id"])
    op.create_index(
        "uq_labels_current",
        "labels",
        ["text_id", "annotator"],
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    )
    op.create_table(
        "leases",
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("annotator", sa.String(length=200), nullable=False),
        sa.Column("until", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["text_id"], ["texts.id"], name="fk_leases_text_id"),
        sa.PrimaryKeyConstraint("text_id", name="pk_leases"),
    )
    op.create_index("ix_leases_annotator", "leases", ["annotator"])
    op.create_table(
        "skips",
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("annotator", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["text_id"], ["texts.id"], name="fk_skips_text_id"),
        sa.PrimaryKeyConstraint("text_id", "annotator", name="pk_skips"),
    )
    op.create_table(
        "text_themes",
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["text_id"], ["texts.id"], name="fk_text_themes_text_id"),
        sa.PrimaryKeyConstraint("text_id", "theme_id", name="pk_text_themes"),
    )
    op.create_index("ix_text_themes_theme_id", "text_themes", ["theme_id", "text_id"])
