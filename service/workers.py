"""Several worker processes behind one address, by gunicorn: the model is loaded before they part, so that they share its memory."""

from __future__ import annotations

import gc
import socket
from typing import Any

from fastapi import FastAPI
from gunicorn.app.base import BaseApplication
from uvicorn_worker import UvicornWorker

from policy_themes.errors import PolicyThemesError
from policy_themes.tagging.tagger import Tagger
from policy_themes.versions import Versions
from service.app import create_app
from service.settings import Settings

__all__ = ["serve"]


class _Application(BaseApplication):  # type: ignore[misc]
    """What gunicorn serves, and how."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings, self._options = settings, options
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> FastAPI:
        """Called by gunicorn, once, before the workers part."""
        versions = Versions(self._settings.models) if self._settings.models else Versions.shipped()
        try:
            ready = Tagger.load(versions.live_folder())
        except PolicyThemesError:
            ready = None  # each worker says why, and follows what is promoted later
        app = create_app(self._settings, ready)
        gc.collect()
        gc.freeze()  # a collector that marks objects would copy the pages they share
        return app


def serve(settings: Settings, listener: socket.socket, workers: int, *, grace: int, keep_alive: int) -> None:
    """Serve until told to stop; a worker that dies is started again. `grace` and `keep_alive` are in seconds."""
    options = {
        "bind": f"fd://{listener.fileno()}",
        "workers": workers,
        "worker_class": UvicornWorker,
        "preload_app": True,
        "graceful_timeout": grace,
        "keepalive": keep_alive,
        "timeout": 60,
        "loglevel": "warning",
        "control_socket_disable": True,
    }
    _Application(settings, options).run()
