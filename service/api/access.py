"""Who may write: the holder of a key, or, while no keys are set up, whoever is at this machine and saw the key printed at start."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.jobs.runner import Runner
from service.refusals import Forbidden, Unauthorized
from service.session import LOCAL
from service.store import LabelStore

if TYPE_CHECKING:
    from service.database.database import Database

__all__ = ["ANYBODY", "MAYBE", "folders_of", "is_local", "runner_of", "store_of", "writer"]

_bearer = HTTPBearer(
    auto_error=False,
    description="写操作需要密钥,权限名见各操作 (writing needs a key with the scope the operation names): Authorization: Bearer KEY",
)
# `openapi_extra` of an operation that asks for no key. One that says neither this nor names a `writer` was forgotten: a test finds it.
ANYBODY: dict[str, Any] = {"security": []}
# The same where some need no key and others one with the scope read.
MAYBE: dict[str, Any] = {"security": [{}, {_bearer.scheme_name: ["read"]}]}


def label_store_of(request: Request) -> LabelStore:
    """What opens the store."""
    return cast(LabelStore, request.app.state.label_store)


def store_of(request: Request) -> Database:
    """The label store."""
    return label_store_of(request).open()


def runner_of(request: Request) -> Runner:
    """What works on imports and training runs."""
    return cast(Runner, request.app.state.runner)


def folders_of(request: Request) -> tuple[Path, Path]:
    """The labels folder and the models folder."""
    store = label_store_of(request)
    return store.labels, store.models


def writer(scope: str) -> Callable[..., str]:
    """A dependency that gives the name of who writes. It raises Unauthorized without a good key, Forbidden without `scope`.

    The API's description names the scope beside the key.
    """

    def named(request: Request, given: HTTPAuthorizationCredentials | None = Security(_bearer, scopes=[scope])) -> str:
        from service.keys import any_key, holder

        key = given.credentials if given else ""
        with store_of(request).read() as connection:
            if is_local(request, key) and not any_key(connection):
                request.state.key_id = request.state.who = LOCAL
                return LOCAL
            found = holder(connection, key) if key else None
        if found is None:
            raise Unauthorized(
                "需要有效的密钥:请在请求头中带 Authorization: Bearer 密钥;本机密钥在服务启动时显示,"
                "正式密钥由管理员用 policy-themes keys create 建立",
                "needs a key: send Authorization: Bearer KEY; the one for this machine is printed at start, "
                "others are made by `policy-themes keys create`",
            )
        request.state.who = found.name  # for the log and the audit
        if not found.allows(scope):
            raise Forbidden(
                f"密钥“{found.name}”没有 {scope} 权限,请向管理员申请",
                f"the key {found.name!r} does not have the scope {scope}; ask the administrator",
            )
        request.state.key_id = found.id  # for service/gate.py: what it does counts as this key's
        return found.name

    return named


def is_local(request: Request, key: str) -> bool:
    """Whether the request comes from this machine with the key that this start printed."""
    local = request.app.state.settings.local_key
    if local is None or request.client is None or not ipaddress.ip_address(request.client.host).is_loopback:
        return False
    return hmac.compare_digest(key.encode(), local.get_secret_value().encode())
