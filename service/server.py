"""The application served by uvicorn, by one process or several."""

from __future__ import annotations

import gc
import ipaddress
import secrets
import socket
import sys
from typing import Any

import uvicorn
from pydantic import SecretStr

from policy_themes.errors import InputError
from service.front import Front
from service.settings import Settings
from service.shortcut import protocol
from service.tracing import is_traced, require_tracing
from service.watch.log import Log
from service.watch.watch import Watch

__all__ = ["run"]


def run(settings: Settings, host: str, port: int) -> None:
    """Serve until told to stop (SIGINT, SIGTERM). Port 0 takes a free one.

    Raises InputError if the address cannot be had or traces cannot be sent.

    Of several workers one that dies is started again. Told to stop, the service takes no new connection and finishes what it accepted;
    what is not done in `shutdown_seconds` is answered 503.
    """
    require_tracing()
    gc.disable()  # until the application has loaded: nearly all that is made before then stays
    listener = _listener(host, port)
    address, taken = listener.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address
    sys.stderr.write(f"policy-themes: http://{shown}:{taken}  接口文档 http://{shown}:{taken}/docs  (Ctrl+C 停止)\n")
    if settings.local_key is None:
        key = secrets.token_urlsafe(24)
        settings = settings.model_copy(update={"local_key": SecretStr(key)})
        sys.stderr.write(
            f"本机密钥 {key}  用于在本机标注、训练、上线,直到用 policy-themes keys create 建立密钥 "
            "(this machine's key, good for writing until keys are made)\n"
        )
    if not ipaddress.ip_address(address).is_loopback:
        sys.stderr.write("注意:本机以外也能访问此服务,请只在可信网络中开放 (reachable from other machines)\n")
    log = Log(settings.log_format, settings.log_level, settings.log_text)
    log.attach()
    if settings.workers == 1:
        config = uvicorn.Config(
            _application(settings, Watch(log)),
            lifespan="on",
            log_config=None,
            http=protocol(settings),
            log_level="warning",
            timeout_graceful_shutdown=settings.shutdown_seconds,
            timeout_keep_alive=settings.keep_alive_seconds,
        )
        uvicorn.Server(config).run(sockets=[listener])
        return
    from service.workers import serve

    serve(settings, listener, log)


def _application(settings: Settings, watch: Watch) -> Any:
    """Any: uvicorn and Starlette describe the same callable by types that mypy tells apart."""
    if not is_traced():
        return Front(settings, watch)
    from service.app import create_app

    return create_app(settings, watch=watch)


def _listener(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        raise InputError(
            f"无法监听 {host}:{port}({error.strerror});端口可能已被占用,请换一个:make serve PORT=8001",
            f"cannot listen: {error.strerror}; the port may be in use, try another",
            where=f"{host}:{port}",
        ) from error
    return listener
