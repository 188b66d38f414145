"""Migrations by Alembic, run from within the program; `migrations/versions` holds one module a change of the tables."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

__all__ = ["knows", "upgrade"]


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the tables that `connection` sees to the newest version, or to the revision `to`, within its transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def knows(revision: str) -> bool:
    """Whether this program has the revision: it has not if a newer program wrote it."""
    return revision in {one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config
