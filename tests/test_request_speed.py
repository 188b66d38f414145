"""The ways a request can take (at once, through FastAPI, in another process) give the same answer; large ones hold nobody up."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from service.schemas import BatchRequest, ClassifyRequest

TEXT = "落实义务教育生均公用经费,扩建公办幼儿园两所。"
JSON = {"content-type": "application/json"}

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "text": st.text(st.characters(), max_size=5) | values,
        "items": st.lists(values, max_size=3) | values,
        "top": st.integers(-1, 1001) | values,
        "threshold": st.floats(-0.1, 1.1) | st.sampled_from([0, 1]) | values,
        "scores": st.booleans() | values,
        "evidence": st.booleans() | values,
        "more": values,
    },
)


@pytest.mark.parametrize("model", [ClassifyRequest, BatchRequest])
@given(body=bodies, ascii_only=st.booleans(), cut=st.integers(0, 3))
def test_what_pydantic_reads_at_once_is_what_fastapi_reads(model, body, ascii_only: bool, cut: int) -> None:
    """FastAPI parses with json, then validates. Reading at once may refuse more (the request then goes that way), never take another."""
    text = json.dumps(body, ensure_ascii=ascii_only)
    raw = text[: len(text) - cut].encode("utf-8", "surrogatepass")
    try:
        read = model.model_validate_json(raw)
    except ValidationError:
        return
    assert repr(model.model_validate(json.loads(raw))) == repr(read)


@pytest.mark.parametrize(
    "options", [{}, {"evidence": False}, {"scores": True, "top": 2}, {"threshold": 0.2}, {"threshold": 1}]
)
def test_all_three_ways_give_the_same_answer(client: httpx.Client, options: dict) -> None:
    body = {"text": TEXT, **options}
    direct = client.post("/classify", json=body)
    # A charset sends it FastAPI's way, padding makes it a large one.
    ordinary = client.post(
        "/classify", content=json.dumps(body), headers={"content-type": "application/json; charset=utf-8"}
    )
    large = client.post("/classify", content=json.dumps(body) + " " * 20_000, headers=JSON)
    assert direct.status_code == 200
    assert direct.content == ordinary.content == large.content
    assert direct.headers["content-type"] == ordinary.headers["content-type"] == large.headers["content-type"]


@pytest.mark.parametrize("address", ["/classify", "/classify/batch"])
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"text": "\xff"}',
        b"\xff\xfe[",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"text": 3, "items": 3}',
        b'{"text": "\\ud800", "items": []}',
        b'{"text": " ", "items": [], "top": 1.5}',
        b'{"text": "abc"}',
        b'{"items": "abc"}',
        b'{"text": "x", "items": [], "threshold": 2}',
        b'{"text": "x", "items": [], "threshold": NaN}',
        b'{"text": "x", "items": [], "threshold": Infinity}',
    ],
)
def test_a_large_faulty_request_is_told_what_a_small_one_is(client: httpx.Client, address: str, body: bytes) -> None:
    small = client.post(address, content=body, headers=JSON)
    large = client.post(address, content=b" " * 20_000 + body, headers=JSON)
    assert (large.status_code, large.headers["content-type"]) == (small.status_code, small.headers["content-type"])
    assert _told(large) == _told(small)


def _told(answer: httpx.Response) -> dict:
    """An error without the place in the JSON, which the padding moves."""
    return {key: value for key, value in answer.json().items() if "JSON" not in str(value)}


def test_requests_that_come_together_get_what_each_gets_alone(client: httpx.Client) -> None:
    """More at once than are tagged in one call, with various options, and faulty ones in their midst."""
    kinds = [{}, {"evidence": False}, {"scores": True}, {"top": 1, "threshold": 0.1}]
    parts = ("落实生均公用经费", "扩建幼儿园两所", "排查校舍隐患", "培训班主任", "开展劳动实践", "配齐校医")
    bodies = [{"text": f"{one},{other}。", **kinds[at % 4]} for at, one in enumerate(parts) for other in parts]
    bodies[7] = {"text": " "}
    bodies[20] = {"text": 7}
    alone = [client.post("/classify", json=body) for body in bodies]

    async def together() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=len(bodies) * 2)
        async with httpx.AsyncClient(base_url=client.base_url, limits=limits, timeout=30, trust_env=False) as many:
            return await asyncio.gather(*(many.post("/classify", json=body) for body in bodies * 2))

    for one, other in zip(alone * 2, asyncio.run(together()), strict=True):
        assert one.status_code == other.status_code
        assert other.json() == _about(one.json())


def _about(told: dict) -> dict:
    """An answer as it is but for the last digit of its probabilities, which depends on what is added up first."""
    for theme in told.get("themes", ()):
        theme["probability"] = pytest.approx(theme["probability"], abs=2e-4)
    if "scores" in told:
        told["scores"] = pytest.approx(told["scores"], abs=2e-4)
    return told


def test_a_batch_gives_the_same_in_place_and_elsewhere(client: httpx.Client) -> None:
    items = [{"id": 1, "text": TEXT}, {"id": "b", "text": ""}, 3, {"text": TEXT, "id": "\ud800"}]
    few = client.post("/classify/batch", content=json.dumps({"items": items}), headers=JSON).json()
    many = client.post("/classify/batch", content=json.dumps({"items": items * 5}), headers=JSON).json()
    assert [result.get("themes") for result in many["results"]] == [
        result.get("themes") for result in few["results"]
    ] * 5
    assert many["results"][: len(items)] == few["results"]
    assert many["model"] == few["model"]


def test_health_answers_at_once_while_the_largest_requests_are_worked_on(client: httpx.Client) -> None:
    """They are read, tagged and written in other processes."""
    section = "各区教育局每学期开展一次食堂安全检查,检查结果向家长公布。" * 7
    long = {"text": (section * 600)[:100_000]}
    batch = {"items": [{"text": section}] * 1000}
    client.post("/classify", json=long).raise_for_status()  # the process has started
    with ThreadPoolExecutor(2) as pool:
        working = [pool.submit(client.post, "/classify", json=long) for _ in range(3)]
        working += [pool.submit(client.post, "/classify/batch", json=batch) for _ in range(3)]
        waits = []
        while not all(job.done() for job in working):
            start = time.perf_counter()
            client.get("/health/live").raise_for_status()
            waits.append(time.perf_counter() - start)
        assert all(job.result().status_code == 200 for job in working)
    assert len(waits) > 20
    assert sorted(waits)[len(waits) // 2] < 0.05
