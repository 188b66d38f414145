"""Several worker processes behind one address, by gunicorn: the model is loaded before they part, so that they share its memory."""

from __future__ import annotations

import gc
import os
import signal
import socket
from types import FrameType
from typing import Any

from fastapi import FastAPI
from gunicorn.app.base import BaseApplication
from uvicorn_worker import UvicornWorker

from policy_themes.errors import PolicyThemesError
from policy_themes.tagging.tagger import Tagger
from policy_themes.versions import Versions
from service.app import create_app
from service.protocol import BoundedProtocol
from service.settings import Settings

__all__ = ["serve"]

LOOK = 1  # seconds between a worker's looks whether gunicorn is still there


class _Worker(UvicornWorker):  # type: ignore[misc]
    """A worker that ends, finishing what it accepted, when gunicorn was killed or interrupted.

    gunicorn's death leaves its workers in possession of the port, and its SIGQUIT (Ctrl+C) means nothing to uvicorn.
    """

    CONFIG_KWARGS = {"loop": "auto", "http": BoundedProtocol}  # noqa: RUF012 -- gunicorn's way

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.config.timeout_notify = LOOK

    async def callback_notify(self) -> None:
        """Called by uvicorn every second."""
        await super().callback_notify()
        if os.getppid() != self.ppid:
            self.handle_exit(signal.SIGTERM, None)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called on SIGQUIT; uvicorn itself takes SIGTERM."""
        os.kill(os.getpid(), signal.SIGTERM)


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
        "worker_class": _Worker,
        "preload_app": True,
        "graceful_timeout": grace,
        "keepalive": keep_alive,
        "timeout": 60,
        "loglevel": "warning",
        "control_socket_disable": True,
    }
    _Application(settings, options).run()
