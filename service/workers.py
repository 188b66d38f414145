"""Several worker processes behind one address, by gunicorn: the model is loaded before they part, so that they share its memory."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
from types import FrameType
from typing import Any

from fastapi import FastAPI
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from uvicorn_worker import UvicornWorker

from policy_themes.tagging.tagger import Tagger
from policy_themes.versions import Versions
from service.app import create_app
from service.settings import Settings
from service.shortcut import protocol
from service.watch.board import Board
from service.watch.log import Log
from service.watch.watch import Watch

__all__ = ["serve"]

ENDING = 5  # seconds that a worker whose requests have ended gets to end its jobs and close the store
LOOK = 1  # seconds between a worker's looks whether gunicorn is still there
STOPS = {signal.SIGINT, signal.SIGQUIT, signal.SIGTERM}


class _Worker(UvicornWorker):  # type: ignore[misc]
    """A worker that ends, finishing what it accepted, when gunicorn was killed or interrupted.

    gunicorn's death leaves its workers in possession of the port, and its SIGQUIT (Ctrl+C) means nothing to uvicorn.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.config.timeout_notify = LOOK

    def init_signals(self) -> None:
        """Called by gunicorn soon after the worker parted; what came since then is heard now (see _Arbiter)."""
        super().init_signals()
        if STOPS & signal.sigpending():
            sys.exit(0)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)

    async def callback_notify(self) -> None:
        """Called by uvicorn every second."""
        await super().callback_notify()
        if os.getppid() != self.ppid:
            self.handle_exit(signal.SIGTERM, None)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called on SIGQUIT; uvicorn itself takes SIGTERM."""
        os.kill(os.getpid(), signal.SIGTERM)


class _Arbiter(Arbiter):  # type: ignore[misc]
    """gunicorn, with words to stop held back while a worker parts: Python forgets those that reach a new process before it runs, and the
    next ones would go to gunicorn's own list, which nobody reads there. The worker would serve on until it is killed."""

    def spawn_worker(self) -> int | None:
        """Called by gunicorn; returns in it, but not in the worker."""
        held = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
        try:
            pid: int | None = super().spawn_worker()
            return pid
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, held)


class _Logger(Logger):  # type: ignore[misc]
    """What gunicorn says goes where everything else does: to the handlers of the root logger, which uvicorn gets from here too."""

    def setup(self, cfg: Any) -> None:
        """Called by gunicorn."""
        super().setup(cfg)
        self.error_log.handlers = list(logging.getLogger().handlers)


class _Application(BaseApplication):  # type: ignore[misc]
    """What gunicorn serves, and how."""

    def __init__(self, settings: Settings, options: dict[str, Any], watch: Watch) -> None:
        self._settings, self._options, self._watch = settings, options, watch
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def run(self) -> None:
        """Until told to stop."""
        _Arbiter(self).run()

    def load(self) -> FastAPI:
        """Called by gunicorn, once, before the workers part."""
        versions = Versions(self._settings.models) if self._settings.models else Versions.shipped()
        try:
            ready = Tagger.load(versions.live_folder())
        except Exception:  # whatever it is: each worker says why, and follows what is promoted later
            ready = None
        app = create_app(self._settings, ready, self._watch)
        gc.collect()
        gc.freeze()  # a collector that marks objects would copy the pages they share
        return app


def serve(settings: Settings, listener: socket.socket, log: Log) -> None:
    """Serve until told to stop; a worker that dies is started again."""
    board, master = Board(), os.getpid()
    arguments = {"loop": "auto", "http": protocol(settings), "timeout_graceful_shutdown": settings.shutdown_seconds}
    options = {
        "bind": f"fd://{listener.fileno()}",
        "workers": settings.workers,
        "worker_class": type("_Worker", (_Worker,), {"CONFIG_KWARGS": arguments}),
        "preload_app": True,
        "graceful_timeout": settings.shutdown_seconds + ENDING,
        "keepalive": settings.keep_alive_seconds,
        "timeout": 60,
        "loglevel": "warning",
        "control_socket_disable": True,
        "logger_class": _Logger,
        "child_exit": lambda _, worker: board.fold(worker.pid),
    }
    try:
        _Application(settings, options, Watch(log, board)).run()
    finally:
        if os.getpid() == master:  # a worker that ends comes by here too
            board.remove()
