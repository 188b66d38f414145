"""What tests share. Nothing here stands in for our own code: models are trained, servers run, files are written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, settings
from said import Said

from benchmarks import postgres
from policy_themes import Tagger
from policy_themes.tagging import loops
from policy_themes.versions import Versions
from service.database.database import Database
from training.run import train

ROOT = Path(__file__).parent.parent
# What takes long here is the machine, which other tests share.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")
COMMAND = Path(sys.executable).with_name("policy-themes")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Where CI is set, nothing may be skipped: what a test needs must be installed."""
    report = yield
    if os.environ.get("CI") == "true" and report.skipped:
        report.outcome, report.longrepr = "failed", f"skipped in CI: {report.longrepr}"
    return report


@pytest.fixture(scope="module", params=["compiled", "numpy"])
def either_way(request: pytest.FixtureRequest) -> Iterator[None]:
    """By the loops of tagging that were compiled, if they were, and by what takes their place elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "numpy":
            patch.setattr(loops, "compiled", None)
        yield


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    """The shipped model."""
    return Tagger.load()


@pytest.fixture(scope="session")
def small_labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A labels folder of three themes and sixty items, written for the tests."""
    folder = tmp_path_factory.mktemp("labels")
    write_labels(folder)
    return folder


@pytest.fixture(scope="session")
def small_models(small_labels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with one version, trained on `small_labels`, not yet promoted."""
    folder = tmp_path_factory.mktemp("models")
    train(small_labels, Versions(folder), "20200101")
    return folder


@pytest.fixture(scope="session")
def run_command() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Runs policy-themes as a user does, and gives what it printed and its exit code."""

    def run(*words: str | Path, given: bytes = b"", **options: object) -> subprocess.CompletedProcess[bytes]:
        call = [COMMAND, *map(str, words)]
        return subprocess.run(call, check=False, input=given, capture_output=True, timeout=120, **options)

    return run


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., httpx.Client]]:
    """Starts `policy-themes serve` on a free port and gives a client to it; every server ends with the session."""
    started: list[tuple[subprocess.Popen[str], Said]] = []

    def start(*words: str | Path, environment: dict[str, str] | None = None) -> httpx.Client:
        server = subprocess.Popen(
            [COMMAND, "serve", "--port", "0", *map(str, words)],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONFAULTHANDLER": "1", **(environment or {})},
        )
        started.append((server, Said(server)))
        # The socket listens before the line is printed; the first answer comes when the model has loaded.
        return httpx.Client(base_url=started[-1][1].address, timeout=30, trust_env=False)

    yield start
    for server, _ in started:
        server.terminate()
    for server, said in started:
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGABRT)  # has it say where it hangs
            pytest.fail(said.all()[-20_000:])


@pytest.fixture(scope="session")
def client(serve: Callable[..., httpx.Client], tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client to a server with the shipped model and a label store of its own."""
    store = tmp_path_factory.mktemp("store") / "store.db"
    with serve(environment={"POLICY_THEMES_DATABASE": f"sqlite:///{store}"}) as client:
        yield client


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL server of the tests' own."""
    with postgres.running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty label store, on each of the two databases."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return server.create(f"store_{uuid.uuid4().hex}")


@pytest.fixture
def store(store_url: str) -> Iterator[Database]:
    """An open store."""
    database = Database.open(store_url)
    yield database
    database.close()


THEMES = """version: 1
themes:
  学前: {id: preschool, covers: 幼儿园与保教质量、普惠园, aliases: [幼教]}
  安全: {id: safety, covers: 校园安全、消防演练}
  经费: {id: funding, covers: 教育投入、生均拨款}
"""

PARTS = {
    "学前": ["新建公办幼儿园", "治理幼儿园小学化倾向", "提高普惠园覆盖率", "规范幼儿一日活动", "开展保教质量评估"],
    "安全": ["排查校园消防隐患", "开展防溺水教育", "组织应急疏散演练", "整治校园周边秩序", "落实校车安全责任"],
    "经费": ["落实生均公用经费", "加强教育经费审计", "严格预算绩效管理", "足额拨付学校经费", "化解学校历史债务"],
}
TAILS = ["全年完成三项任务", "各乡镇按月上报进度", "到年底覆盖全部学校", "由基层股牵头落实"]


def label_lines() -> list[dict[str, object]]:
    """Sixty items over three themes, in ten sources."""
    lines = []
    for theme, parts in PARTS.items():
        for at, part in enumerate(parts):
            for number, tail in enumerate(TAILS):
                key = f"{theme}{at}{number}"
                text = f"{part},{tail},责任单位{key * 3}。"
                lines.append(
                    {
                        "id": key,
                        "kind": "section",
                        "text": text,
                        "themes": [theme],
                        "source": f"s{(at * 4 + number) % 10}",
                    }
                    | {"annotator": "测试", "date": "2026-01-01"}
                )
    return lines


def write_labels(folder: Path, lines: list[dict[str, object]] | None = None) -> None:
    """Write a labels folder; by default that of `small_labels`."""
    folder.mkdir(exist_ok=True)
    (folder / "themes.yaml").write_text(THEMES, encoding="utf-8")
    (folder / "lexicon.txt").write_text("普惠园\n", encoding="utf-8")
    written = label_lines() if lines is None else lines
    (folder / "a.jsonl").write_text(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in written), encoding="utf-8"
    )
