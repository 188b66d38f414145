"""/labels and /codebook of a running service: what is written needs a key, what is wrong is said, nothing is kept by halves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from conftest import write_labels

KEY = "本机密钥-of-the-tests".encode().hex()
AUTH = {"authorization": f"Bearer {KEY}"}


@pytest.fixture
def service(
    serve: Callable[..., httpx.Client], small_models: Path, store_url: str, tmp_path: Path
) -> Iterator[httpx.Client]:
    """A service with a label store of its own, on each of the two databases."""
    with started(serve, small_models, store_url, tmp_path / "labels") as client:
        yield client


@pytest.fixture(scope="module")
def unchanged(
    serve: Callable[..., httpx.Client], small_models: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A service that refuses everything these tests send."""
    folder = tmp_path_factory.mktemp("unchanged")
    with started(serve, small_models, f"sqlite:///{folder / 'store.db'}", folder / "labels") as client:
        yield client


def started(serve: Callable[..., httpx.Client], models: Path, store_url: str, labels: Path) -> httpx.Client:
    write_labels(labels)
    environment = {
        "POLICY_THEMES_LABELS": str(labels),
        "POLICY_THEMES_DATABASE": store_url,
        "POLICY_THEMES_LOCAL_KEY": KEY,
    }
    return serve("--models", models, environment=environment)


def post(service: httpx.Client, *labels: dict[str, object]) -> httpx.Response:
    return service.post("/labels", json={"labels": labels}, headers=AUTH)


def test_the_labels_folder_is_in_the_store_at_first_use(service: httpx.Client) -> None:
    page = service.get("/labels", params={"theme": "幼教", "limit": 15}).json()
    assert (page["total"], len(page["items"])) == (20, 15)
    rest = service.get("/labels", params={"theme": "preschool", "limit": 15, "after": page["next"]}).json()
    assert (len(rest["items"]), rest["next"]) == (5, None)
    assert {one["themes"][0] for one in page["items"] + rest["items"]} == {"学前"}


def test_labels_are_recorded_changed_shown_and_taken_back(service: httpx.Client) -> None:
    label = {
        "text": "拨付校车安全经费。",
        "themes": ["经费", "safety"],
        "annotator": "王芳",
        "document": "计划.docx",
        "model": "m1",
    }
    done = post(service, label).json()
    assert (done["new"], done["changed"], done["same"]) == (1, 0, 0)
    assert post(service, label).json() == {**done, "new": 0, "same": 1}
    (text,) = done["ids"]
    assert post(service, {"id": text, "themes": ["安全"], "annotator": "王芳"}).json()["changed"] == 1
    shown = service.get(f"/labels/{text}").json()
    assert shown["text"]["themes"] == ["安全"]
    assert [one["themes"] for one in shown["history"]] == [["经费", "安全"], ["安全"]]
    assert shown["history"][0]["model"] == "m1"
    gone = service.delete(f"/labels/{text}", params={"annotator": "王芳"}, headers=AUTH).json()
    assert (gone["text"]["state"], gone["history"][-1]["deleted"]) == ("open", True)
    again = service.delete(f"/labels/{text}", params={"annotator": "王芳"}, headers=AUTH)
    assert again.status_code == 404


def test_two_annotators_conflict_is_found_and_settled(service: httpx.Client) -> None:
    text = {"text": "拨付校车安全经费。"}
    post(service, {**text, "themes": ["经费"], "annotator": "甲"}, {**text, "themes": ["安全"], "annotator": "乙"})
    (conflict,) = service.get("/labels", params={"state": "conflict"}).json()["items"]
    assert {one["annotator"] for one in conflict["labels"]} == {"甲", "乙"}
    post(service, {"id": conflict["id"], "themes": ["经费", "安全"], "final": True})
    assert service.get("/labels", params={"state": "conflict"}).json()["total"] == 0


@pytest.mark.parametrize(
    ("labels", "status", "where", "said"),
    [
        ([{"text": "好。", "themes": ["学前", "学钱"]}], 422, "labels.0", "学前"),
        ([{"text": "好。", "themes": ["学前"]}, {"themes": ["学前"]}], 422, "labels.1", "id"),
        ([{"text": "", "themes": []}], 422, "labels.0", "空"),
        ([{"id": 999_999, "themes": []}], 404, "999999", "没有"),
        ([{"text": "字" * 201, "themes": [], "kind": "clause"}], 413, "labels.0", "200"),
        ([{"text": "好。", "themes": "学前"}], 422, "labels.0.themes", "列表"),
        ([{"text": "好。", "themes": [], "kind": "章"}], 422, "labels.0.kind", "section"),
        ([], 422, "labels", "空"),
    ],
)
def test_a_faulty_label_keeps_out_those_sent_with_it(
    unchanged: httpx.Client, labels: list[dict[str, object]], status: int, where: str, said: str
) -> None:
    sound = [{"text": "足额拨付经费。", "themes": ["经费"]}] if labels else []
    answer = post(unchanged, *labels, *sound)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert problem["where"].startswith(where)
    assert said in problem["detail"]
    assert unchanged.get("/labels", params={"words": "足额拨付经费"}).json()["total"] == 0


@pytest.mark.parametrize("given", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic eDp5"}])
def test_without_a_good_key_nothing_is_written(unchanged: httpx.Client, given: dict[str, str]) -> None:
    answer = unchanged.post("/labels", json={"labels": [{"text": "好。", "themes": []}]}, headers=given)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "policy-themes keys create" in answer.json()["detail"]
    assert unchanged.get("/labels", params={"words": "好。"}).json()["total"] == 0


def test_a_new_theme_is_added_renamed_merged_and_its_changes_are_kept(service: httpx.Client) -> None:
    added = service.post(
        "/codebook/themes", json={"id": "childcare", "name": "婴托", "covers": "3岁以下婴幼儿照护"}, headers=AUTH
    ).json()
    assert added["themes"][-1]["name"] == "婴托"
    post(
        service,
        {"text": "新增托位二百个。", "themes": ["婴托"]},
        {"text": "培训育婴员。", "themes": ["childcare", "学前"]},
    )
    renamed = service.patch("/codebook/themes/婴托", json={"name": "托育", "note": "通用叫法"}, headers=AUTH).json()
    assert renamed["themes"][-1]["aliases"] == ["婴托"]
    assert service.get("/labels", params={"theme": "婴托"}).json()["total"] == 2
    effect = service.get("/codebook/themes/托育/effect").json()
    assert (effect["sections"], effect["alone"]) == (2, 1)
    merged = service.post("/codebook/themes/托育/merge", json={"into": "学前"}, headers=AUTH).json()
    assert [theme["name"] for theme in merged["themes"]] == ["学前", "安全", "经费"]
    assert service.get("/labels", params={"theme": "托育"}).json()["total"] == 22
    changes = service.get("/codebook/changes").json()
    assert [(one["theme_id"], one["action"]) for one in changes] == [
        ("childcare", "merge"),
        ("preschool", "merge"),
        ("childcare", "rename"),
        ("childcare", "add"),
    ]
    assert changes[2]["note"] == "通用叫法"


@pytest.mark.parametrize(
    "name", ["安全、卫生", "安全,卫生", "安全;卫生", "安全 卫生", "安全|卫生", "安全\u202e卫生", "  "]
)
def test_a_name_that_would_be_read_as_several_is_refused(unchanged: httpx.Client, name: str) -> None:
    before = unchanged.get("/codebook").json()
    new = {"id": "health", "name": name}
    answers = [
        unchanged.post("/codebook/themes", json=new, headers=AUTH),
        unchanged.post("/codebook/themes", json={**new, "name": "卫生", "aliases": [name]}, headers=AUTH),
        unchanged.patch("/codebook/themes/安全", json={"name": name}, headers=AUTH),
        unchanged.patch("/codebook/themes/安全", json={"aliases": [name]}, headers=AUTH),
    ]
    assert [answer.status_code for answer in answers] == [422] * 4
    assert unchanged.get("/codebook").json() == before


def test_other_names_of_a_theme_are_given_and_taken_away(service: httpx.Client) -> None:
    def aliases(answer: httpx.Response) -> list[str]:
        assert answer.status_code == 200, answer.text
        return answer.json()["themes"][-1]["aliases"]

    theme = {"id": "sports", "name": "体育", "aliases": ["体卫", "体卫", "健身"]}
    assert aliases(service.post("/codebook/themes", json=theme, headers=AUTH)) == ["体卫", "健身"]
    label = {"text": "改建田径场一处。", "themes": ["健身"]}
    assert post(service, label).status_code == 200
    edited = service.patch("/codebook/themes/健身", json={"aliases": ["体质"], "covers": "体育课"}, headers=AUTH)
    assert aliases(edited) == ["体质"]
    assert aliases(service.patch("/codebook/themes/sports", json={"excludes": "卫生"}, headers=AUTH)) == ["体质"]
    assert post(service, {**label, "text": "增设球架。"}).status_code == 422
    taken = service.patch("/codebook/themes/sports", json={"aliases": ["安全"]}, headers=AUTH)
    assert (taken.status_code, "安全" in taken.json()["detail"]) == (422, True)
    assert service.post("/codebook/themes/sports/merge", json={"into": "安全"}, headers=AUTH).status_code == 200


def test_a_retired_theme_can_be_restored_and_a_taken_name_is_refused(service: httpx.Client) -> None:
    retired = service.post("/codebook/themes/安全/retire", json={}, headers=AUTH).json()
    assert [theme["retired"] for theme in retired["themes"]] == [False, True, False]
    assert post(service, {"text": "排查隐患。", "themes": ["安全"]}).status_code == 422
    restored = service.post("/codebook/themes/safety/restore", json={}, headers=AUTH).json()
    assert restored["themes"][1]["sections"] == 20
    taken = service.patch("/codebook/themes/安全", json={"name": "幼教"}, headers=AUTH)
    assert (taken.status_code, "幼教" in taken.json()["detail"]) == (422, True)
