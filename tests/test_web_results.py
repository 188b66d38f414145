"""The pages without a browser: what is kept and for how long, what is sent with a page, downloads, errors in words."""

import io
import json
import os
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import openpyxl
import pytest

from policy_themes.batch.result import Outcome, Result, Summary
from policy_themes.documents.facts import Facts
from policy_themes.tagging.evidence import Span
from policy_themes.tagging.tagger import Tagger, Tagging, ThemeScore
from service.refusals import NotThere, StoreUnavailable
from service.web import desk, results
from service.web.comparison import compared
from service.web.example import example_of
from service.web.marks import segments_of
from service.web.outline import outline_of
from service.web.palette import COLOURS, Palette
from service.web.results import HOURS, Kept, Results
from service.web.sheet import PART, sheet_of

TEXT = (
    "某县教育局2024年工作要点\n一、办好学前教育\n1.新建公办幼儿园3所,增加普惠学位。\n"
    "二、守牢安全底线\n2.排查校园消防隐患,开展应急演练。\n"
)
PAGE = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture(scope="module")
def server(serve: Callable[..., httpx.Client], tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("kept")
    environment = {"TMPDIR": str(folder), "POLICY_THEMES_MAX_DOCUMENT_BYTES": "200000"}
    with serve(environment=environment) as client:
        yield client


def kept_of(sections: int, name: str = "要点.txt", year: int | None = None) -> Kept:
    def tagged(at: int) -> Result:
        text = f"{at}.排查校园消防隐患。"
        columns = {"document": name, "kind": "section", "number": f"{at}.", "heading": "一、安全", "text": text}
        score = ThemeScore("safety", "安全", 0.9, (Span(0, len(text), text),))
        return Result(f"{name}#{at}", {**columns, "start": 0, "end": len(text)}, Tagging((score,) if at % 2 else ()))

    summary = Summary(name, Facts(year=year))
    return Kept(name, Outcome(tuple(tagged(at) for at in range(1, sections + 1)), (summary,)), "m")


def send(server: httpx.Client, data: bytes = TEXT.encode(), name: str = "要点.txt", **headers: str) -> httpx.Response:
    return server.post("/desk/results", files={"file": (name, data)}, headers=headers)


def test_a_kept_result_is_found_again_whole_and_only_by_its_id(tmp_path: Path) -> None:
    store, kept = Results(tmp_path / "state" / "results"), kept_of(3)
    store.keep(kept)
    assert store.find(kept.id) == kept
    assert len(kept.id) == 32
    assert (tmp_path / "state" / "results").stat().st_mode & 0o077 == 0
    for wrong in ("0" * 32, kept.id[:-1], f"../results/{kept.id}", "", "example"):
        with pytest.raises(NotThere, match="24"):
            store.find(wrong)


def test_results_go_when_their_time_is_over_or_the_room_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "MOST", 3)
    store = Results(tmp_path / "results")
    kept = [kept_of(2) for _ in range(5)]
    for age, one in zip((50, 40, 30, 20, 10), kept, strict=True):
        store.keep(one)
        when = time.time() - age
        os.utime(tmp_path / "results" / f"{one.id}.json.gz", (when, when))
    assert {path.name[:32] for path in (tmp_path / "results").iterdir()} == {one.id for one in kept[2:]}
    old = tmp_path / "results" / f"{kept[4].id}.json.gz"
    os.utime(old, (time.time() - HOURS * 3600 - 1,) * 2)
    with pytest.raises(NotThere):
        store.find(kept[4].id)
    monkeypatch.setattr(results, "MOST_BYTES", 1)
    store.keep(kept_of(2))
    assert len(list((tmp_path / "results").iterdir())) == 1
    assert not old.exists()


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="needs root, to give a folder away")
def test_a_folder_that_somebody_else_made_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    os.chown(tmp_path / "results", 12345, 12345)
    with pytest.raises(StoreUnavailable, match="TMPDIR"):
        Results(tmp_path / "results").keep(kept_of(1))


def test_evidence_cuts_a_text_into_segments_that_are_the_text_again() -> None:
    text = "一二三四五六七八"
    themes = [
        ThemeScore("a", "甲", 0.9, (Span(2, 6, "三四五六"),)),
        ThemeScore("b", "乙", 0.8, (Span(4, 8, "五六七八"), Span(0, 1, "一"))),
    ]
    segments = segments_of(text, themes)
    assert "".join(one.text for one in segments) == text
    assert [(one.text, one.themes, one.first) for one in segments] == [
        ("一", ("b",), ()),
        ("二", (), ()),
        ("三四", ("a",), ("a",)),
        ("五六", ("a", "b"), ("b",)),
        ("七八", ("b",), ()),
    ]
    assert "".join(one.text for one in segments_of("字" * 30_000, ())) == "字" * 20_000


def test_a_very_long_document_comes_in_parts_and_a_theme_from_all_of_them() -> None:
    kept = kept_of(2 * PART + 1)
    palette = Palette(["safety"])
    assert [len(sheet_of(kept, palette, part=at).blocks) for at in (0, 1, 2, 99)] == [PART, PART, 1, 1]
    filtered = sheet_of(kept, palette, theme="safety")
    assert (filtered.parts, filtered.theme.count, filtered.blocks[0].path) == (2, PART + 1, "一、安全")
    assert sheet_of(kept, palette, theme="no-such-theme").theme is None
    with pytest.raises(NotThere):
        sheet_of(kept, palette, document=1)


def test_the_example_is_read_as_a_person_reads_it(tagger: Tagger) -> None:
    sheet = sheet_of(example_of(tagger), Palette([theme.id for theme in tagger.themes]))
    assert sheet.sections == 13
    assert [entry.words[:2] for entry in sheet.outline] == ["一、", "二、", "三、", "四、", "五、"]
    assert {"学前", "安全", "教师", "资助"} <= {one.name for one in sheet.themes}
    assert outline_of([block for block in sheet.blocks if block.kind == "section"])[1].words.startswith("1.")


def test_hues_stay_within_the_palette_and_themes_unknown_to_the_model_have_one() -> None:
    palette = Palette([f"t{at}" for at in range(40)])
    assert palette.hue("t0") == palette.hue("t36") == "hue-0"
    assert int(palette.hue("gone").removeprefix("hue-")) < COLOURS


def test_documents_are_compared_by_the_share_of_their_sections() -> None:
    comparison = compared([kept_of(4, "甲", 2023), kept_of(3, "甲", 2024), kept_of(0, "空")], Palette([]), [])
    assert [line.cells[0].percent for line in comparison.documents] == [50, 67, 0]
    assert [line.cells[0].shade for line in comparison.documents] == [6, 8, 0]
    assert [(line.name, line.sections) for line in comparison.years] == [("2023 年", 4), ("2024 年", 3)]
    assert comparison.chart["lines"][0]["values"] == [50, 67]
    assert compared([kept_of(2, "甲", 2023)], Palette([]), []).years == ()


def test_pages_carry_a_policy_without_exceptions_and_the_api_none(server: httpx.Client) -> None:
    for path in ("/", "/desk/compare", "/desk/results/example", "/static/desk/desk.js"):
        headers = server.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'self'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    assert "content-security-policy" not in server.get("/themes").headers
    for path in ("/", "/desk/results/example"):
        text = server.get(path).text
        assert " style=" not in text
        assert "<script>" not in text
        assert "http://" not in text.replace(str(server.base_url).rstrip("/"), "")


def test_the_bar_shows_the_pages_that_there_are(server: httpx.Client) -> None:
    text = server.get("/").text
    bar = text[text.index("主导航") : text.index("</nav>")]
    assert [part.VIEW.name for part in desk.PAGES if f">{part.VIEW.name}</a>" in bar] == [
        part.VIEW.name for part in desk.PAGES
    ]
    assert all(server.get(part.VIEW.path, headers=PAGE).status_code == 200 for part in desk.PAGES)


def test_every_format_can_be_taken_home(server: httpx.Client) -> None:
    told = send(server, name="二〇二四.txt").json()
    assert (told["documents"], told["sections"], told["problems"]) == (1, 2, [])
    answers = {kind: server.get(f"{told['url']}/download.{kind}") for kind in ("xlsx", "csv", "jsonl", "html")}
    for kind, answer in answers.items():
        assert answer.headers["content-disposition"].startswith("attachment")
        assert f"-%E4%B8%BB%E9%A2%98.{kind}" in answer.headers["content-disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answers["xlsx"].content))
    assert book["文档×主题"]["B2"].value == 2
    assert "学前" in answers["csv"].content.decode("utf-8-sig")
    rows = [json.loads(line) for line in answers["jsonl"].text.splitlines()]
    assert [row["themes"][0]["name"] for row in rows if row["kind"] == "section"] == ["学前", "安全"]
    assert "<mark" in answers["html"].text
    assert server.get(f"{told['url']}/download.exe").status_code == 404


def test_an_archive_is_one_result_with_its_documents_and_what_failed(server: httpx.Client) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("甲.txt", TEXT)
        archive.writestr("乙.txt", TEXT.replace("2024", "2025"))
        archive.writestr("丙.docx", b"PK\x03\x04 broken")
    told = send(server, packed.getvalue(), "文件.zip").json()
    page = server.get(told["url"]).text
    assert told["documents"] == 2
    assert "有 1 份文件没能读取" in page
    assert "丙.docx" in page
    assert "2025年工作要点</h1>" in server.get(f"{told['url']}?d=1").text
    assert server.get(f"{told['url']}?d=2", headers=PAGE).status_code == 404
    assert "2025 年" in server.get(f"/desk/compare?r={told['id']}").text


def test_a_form_without_scripts_works_too(server: httpx.Client) -> None:
    answer = server.post("/desk/results", data={"text": TEXT}, files={"file": ("", b"")}, headers=PAGE)
    assert answer.status_code == 303
    assert "粘贴的文本" in server.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("name", "data", "status", "said"),
    [
        ("空.txt", b"", 422, "空"),
        ("照片.png", b"\x89PNG", 422, "还不会读 .png"),
        ("大.txt", "字".encode() * 100_000, 413, "拆成几份"),
    ],
)
def test_errors_are_pages_in_words_for_people_and_problems_for_scripts(
    server: httpx.Client, name: str, data: bytes, status: int, said: str
) -> None:
    page = send(server, data, name, **PAGE)
    assert page.status_code == status
    assert "回到打标" in page.text
    assert said in page.text
    answer = send(server, data, name, accept="application/json")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_nothing_sent_and_wrong_addresses_say_so(server: httpx.Client) -> None:
    assert "没有收到文件或文字" in server.post("/desk/results", data={"text": " "}, headers=PAGE).text
    assert server.get("/desk/results/example?d=-1", headers=PAGE).status_code == 422
    compare = server.get("/desk/compare?r=0123456789abcdef0123456789abcdef&r=nonsense")
    assert "有 2 份结果打不开" in compare.text
    many = "&".join(f"r={at:032x}" for at in range(101))
    assert "最多比较 100 份" in server.get(f"/desk/compare?{many}", headers=PAGE).text


def test_what_another_site_sends_is_refused(server: httpx.Client) -> None:
    own = str(server.base_url).rstrip("/")
    assert send(server, **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert send(server, origin="https://elsewhere.example").status_code == 403
    assert send(server, origin="null").status_code == 403
    assert send(server, origin=own).status_code == 200
    assert send(server, **{"sec-fetch-site": "same-origin", "origin": own}).status_code == 200


def test_without_a_model_the_first_screen_says_so(serve: Callable[..., httpx.Client], tmp_path: Path) -> None:
    with serve("--models", tmp_path) as client:
        page = client.get("/", headers=PAGE)
        assert page.status_code == 200
        assert "现在不能打标" in page.text
        assert client.get("/desk/results/example", headers=PAGE).status_code == 503


def test_pages_are_no_part_of_the_api_description(server: httpx.Client) -> None:
    assert not [path for path in server.get("/openapi.json").json()["paths"] if path.startswith("/desk")]
