"""The label store of the running service, opened when it is first asked for."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from policy_themes.versions import Versions
from service.settings import Settings

if TYPE_CHECKING:
    from service.database.database import Database

__all__ = ["LabelStore", "address"]

FILE = "store.db"


def address(given: str, labels: Path | None) -> str:
    """The URL of the store: the one given, else store.db beside the labels folder."""
    return given or f"sqlite:///{(labels or Versions.shipped().folder.parent / 'labels').parent / FILE}"


class LabelStore:
    """Opens the store once, brings the labels folder into an empty one, and closes it. Tagging alone never opens it."""

    def __init__(self, settings: Settings) -> None:
        models = settings.models or Versions.shipped().folder
        self.models: Path = models
        self.labels: Path = settings.labels or models.parent / "labels"
        self.url = address(settings.database.get_secret_value(), self.labels)
        self._opened: Database | None = None
        self._lock = threading.Lock()

    def open(self) -> Database:
        """The store. Raises StoreUnavailable, and LabelError for labels that cannot be brought in."""
        with self._lock:
            if self._opened is None:
                from service.database.database import Database
                from service.labels.seed import seed

                opened = Database.open(self.url)
                with opened.write() as connection:
                    seed(connection, self.labels)
                self._opened = opened
            return self._opened

    @property
    def exists(self) -> bool:
        """Whether there is a store already, as far as can be told without opening it."""
        return self._opened is not None or not self.url.startswith("sqlite:///") or Path(self.url[10:]).is_file()

    def close(self) -> None:
        """Give its connections back."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None
