"""The service answers as soon as its model is loaded, and everything else as soon as it can; told to stop before that, it stops."""

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from running import running

BEHIND = {"fastapi", "jinja2", "sqlalchemy", "alembic", "sklearn", "policy_themes.documents.facts"}


def test_a_service_that_can_tag_has_loaded_nothing_behind_it() -> None:
    code = "import sys, policy_themes.cli, service.server; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert BEHIND & set(done.stdout.split()) == set()


def test_whatever_is_asked_first_is_answered(tmp_path: Path) -> None:
    plain = {"json": {"text": "扩建公办幼儿园两所。"}}
    asks = [
        ("POST", "/classify", plain),
        ("POST", "/classify", {"json": {"text": ""}}),
        ("GET", "/health/live", {}),
        ("GET", "/health/ready", {}),
        ("GET", "/metrics", {}),
        ("GET", "/openapi.json", {}),
        ("GET", "/", {}),
        ("GET", "/nothing", {}),
    ]
    with running(tmp_path) as service, ThreadPoolExecutor(len(asks)) as pool:
        base = service.client.base_url
        told = list(pool.map(lambda ask: httpx.request(ask[0], base.join(ask[1]), timeout=30, **ask[2]), asks))
        assert [one.status_code for one in told] == [200, 422, 200, 200, 200, 200, 200, 404]
        again = [service.client.request(method, path, **more) for method, path, more in asks[:4]]
        assert [one.content for one in again] == [one.content for one in told[:4]]


def test_told_to_stop_as_it_starts_it_stops(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        begun = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(20) in (0, -signal.SIGTERM)
        assert time.monotonic() - begun < 10
