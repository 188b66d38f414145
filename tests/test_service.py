"""The service over real HTTP, started as a user starts it."""

import json
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from policy_themes.versions import Promotion, Versions

TEXT = "实施教师“县管校聘”管理改革。新建公办幼儿园3所,新增学位900个。"


def assert_problem(answer: httpx.Response, status: int) -> dict:
    """The one shape of errors, in both languages."""
    assert answer.status_code == status, answer.text[:2_000]
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert {"type", "title", "detail", "detail_en"} <= set(body)
    assert any("\u4e00" <= character <= "\u9fff" for character in body["detail"])
    assert body["detail_en"].strip()
    return body


def test_classify_gives_themes_with_evidence(client: httpx.Client) -> None:
    body = client.post("/classify", json={"text": TEXT}).json()
    assert {theme["name"] for theme in body["themes"]} == {"教师", "学前", "基建"}
    for theme in body["themes"]:
        assert set(theme) == {"id", "name", "probability", "evidence"}
        for span in theme["evidence"]:
            assert TEXT[span["start"] : span["end"]] == span["text"]
    assert body["model"] == Versions.shipped().live()


def test_options(client: httpx.Client) -> None:
    body = client.post("/classify", json={"text": TEXT, "top": 1, "scores": True, "evidence": False}).json()
    assert len(body["themes"]) == 1
    assert set(body["themes"][0]) == {"id", "name", "probability"}
    assert len(body["scores"]) == 34
    assert client.post("/classify", json={"text": TEXT, "threshold": 1}).json()["themes"] == []
    assert len(client.post("/classify", json={"text": TEXT, "threshold": 0}).json()["themes"]) == 34


@pytest.mark.parametrize(
    ("body", "status", "where"),
    [
        (b'{"text": ""}', 422, None),
        ('{"text": " \u3000\\n"}'.encode(), 422, None),
        (b'{"text": "\\ud800\\u4e2d"}', 422, None),
        (b'{"text": "\\u0000\\u4e2d"}', 422, None),
        (b'{"text": "hello"}', 422, None),
        (json.dumps({"text": "字" * 350_000}).encode(), 413, None),
        (b'{"text": ', 400, None),
        (b"\xff\xfe", 400, None),
        (b"[" * 100_000, 400, None),
        (b"[]", 422, None),
        (b"{}", 422, "text"),
        (b'{"text": 3}', 422, "text"),
        (b'{"text": null}', 422, "text"),
        (b'{"text": "x", "topp": 1}', 422, "topp"),
        (b'{"text": "x", "top": "1"}', 422, "top"),
        (b'{"text": "x", "top": 0}', 422, "top"),
        (b'{"text": "x", "top": true}', 422, "top"),
        (b'{"text": "x", "threshold": 2}', 422, "threshold"),
        (b'{"text": "x", "threshold": NaN}', 422, "threshold"),
        (b'{"text": "x", "evidence": "no"}', 422, "evidence"),
    ],
)
def test_bad_requests_say_what_and_where(client: httpx.Client, body: bytes, status: int, where: str | None) -> None:
    answer = client.post("/classify", content=body, headers={"content-type": "application/json"})
    assert assert_problem(answer, status).get("where") == where


def test_unknown_addresses_and_methods_answer_in_the_same_shape(client: httpx.Client) -> None:
    assert_problem(client.get("/nothing"), 404)
    assert_problem(client.put("/classify"), 405)


def test_a_body_over_the_limit_is_cut_off(serve: Callable[..., httpx.Client]) -> None:
    with serve(environment={"POLICY_THEMES_MAX_BODY_BYTES": "2000"}) as small:
        assert small.post("/classify", json={"text": "新建学校"}).status_code == 200
        assert_problem(small.post("/classify", json={"text": "字" * 1000}), 413)
        chunks = (b" " * 1000 for _ in range(100))
        assert_problem(small.post("/classify", content=chunks, headers={"content-type": "application/json"}), 413)


def test_a_batch_keeps_order_and_gives_each_bad_item_its_error(client: httpx.Client) -> None:
    items = [
        {"id": "a", "text": TEXT},
        {"id": 2, "text": ""},
        "not an object",
        {"id": "d", "text": "x", "more": 1},
        {"text": "开展消防演练"},
        {"id": [], "text": "新建"},
    ]
    body = client.post("/classify/batch", json={"items": items, "evidence": False}).json()
    results = body["results"]
    assert [result["id"] for result in results] == ["a", 2, None, "d", None, None]
    assert ["error" in result for result in results] == [False, True, True, True, False, True]
    assert [result["error"]["where"] for result in results if "error" in result] == [
        "items.1.text",
        "items.2",
        "items.3.more",
        "items.5.id",
    ]
    assert results[0]["themes"] == client.post("/classify", json={"text": TEXT, "evidence": False}).json()["themes"]


def test_an_id_that_cannot_be_echoed_is_an_error_of_its_own(client: httpx.Client) -> None:
    raw = b'{"items": [{"id": "\\ud800", "text": "\\u65b0\\u5efa\\u5b66\\u6821"}, {"text": "\\u65b0\\u5efa\\u5b66\\u6821"}]}'
    results = client.post("/classify/batch", content=raw, headers={"content-type": "application/json"}).json()[
        "results"
    ]
    assert results[0]["error"]["where"] == "items.0.id"
    assert results[1]["themes"]


def test_a_batch_of_a_thousand_and_no_more(client: httpx.Client) -> None:
    items = [{"id": at, "text": TEXT} for at in range(1000)]
    results = client.post("/classify/batch", json={"items": items}).json()["results"]
    assert [result["id"] for result in results] == list(range(1000))
    assert_problem(client.post("/classify/batch", json={"items": [*items, items[0]]}), 422)


def test_health_keeps_answering_while_large_requests_are_worked_on(client: httpx.Client) -> None:
    long = {"text": "落实生均公用经费,加强审计。" * 7000}
    with ThreadPoolExecutor(4) as pool:
        working = [pool.submit(client.post, "/classify", json=long) for _ in range(4)]
        waits = []
        while not all(job.done() for job in working):
            start = time.perf_counter()
            assert client.get("/health/live").status_code == 200
            waits.append(time.perf_counter() - start)
        assert all(job.result().status_code == 200 for job in working)
    assert len(waits) > 3
    assert sorted(waits)[len(waits) // 2] < 0.5


def test_catalogue(client: httpx.Client) -> None:
    themes = client.get("/themes").json()["themes"]
    assert len(themes) == 34
    assert all(theme["covers"] for theme in themes)
    models = client.get("/models").json()
    assert models["live"] in [model["version"] for model in models["models"] if model["live"]]


def test_without_a_model_the_service_lives_but_is_not_ready(serve: Callable[..., httpx.Client], tmp_path: Path) -> None:
    with serve("--models", tmp_path) as empty:
        assert empty.get("/health/live").status_code == 200
        assert "policy-themes train" in assert_problem(empty.get("/health/ready"), 503)["detail"]
        assert_problem(empty.post("/classify", json={"text": TEXT}), 503)
        shown = empty.get("/models").json()
        assert (shown["live"], shown["models"]) == (None, [])
        assert "policy-themes train" in shown["fault"]


def test_with_a_damaged_model_the_service_says_which_file(
    serve: Callable[..., httpx.Client], small_models: Path, tmp_path: Path
) -> None:
    versions = Versions(Path(shutil.copytree(small_models, tmp_path / "models")))
    name = versions.names()[0]
    versions.go_live(Promotion(name, "2024-01-01T00:00:00+00:00", "promote"))
    (versions.path(name) / "vocabulary.txt").write_text("half", "utf-8")
    with serve("--models", versions.folder) as broken:
        assert "vocabulary.txt" in assert_problem(broken.get("/health/ready"), 503)["where"]


def test_a_taken_port_is_an_error_in_words(client: httpx.Client, run_command) -> None:
    told = run_command("serve", "--port", str(client.base_url.port))
    assert told.returncode == 2
    assert "端口可能已被占用" in told.stderr.decode()


def test_openapi_describes_what_is_served(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert all(operation["summary"] for operations in paths.values() for operation in operations.values())
    assert {"/classify", "/documents", "/labels", "/labels/imports", "/labels/queue", "/training-runs"} < set(paths)
    assert {"/models/{version}", "/models/{version}/promote", "/health/live", "/health/ready"} < set(paths)
