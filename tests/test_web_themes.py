"""主题 and 帮助 in a real browser: the codebook looked at and changed, in our field and in another; the guide of the first screen."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import yaml
from browser import Browser, Page, Visit, chromium, faults, needs_chromium, screenshot
from conftest import ROOT, label_lines, write_labels
from playwright.sync_api import expect
from sqlalchemy import insert

from policy_themes.themes import Codebook, Theme
from policy_themes.versions import Promotion, Versions
from service.database.database import Database
from service.database.tables import themes
from service.labels.carried import Carried, carried, carry_both, examples
from service.labels.entry import Entry
from service.labels.record import record
from service.labels.themes import codebook_of, write_codebook

pytestmark = needs_chromium
KEY = "key-of-this-machine"
HERE = {"POLICY_THEMES_LOCAL_KEY": KEY}
HEALTH = ROOT / "policy_themes/examples/health"
HOSTILE = "<script>document.title='taken'</script>\u202e名"
Run = Callable[..., subprocess.CompletedProcess[bytes]]
Serve = Callable[..., httpx.Client]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def home(small_labels: Path, small_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a live model and labels, of which one carries two themes."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(small_models, folder / "models")
    lines = label_lines()
    lines[0]["themes"] = ["学前", "安全"]
    write_labels(folder / "labels", lines)
    versions = Versions(folder / "models")
    versions.go_live(Promotion(versions.names()[0], "2026-01-01", "promote"))
    return folder


@pytest.fixture
def office(home: Path, serve: Serve, tmp_path: Path) -> Iterator[httpx.Client]:
    """A server whose store a test may change."""
    store = {"POLICY_THEMES_DATABASE": f"sqlite:///{tmp_path / 'store.db'}"}
    with serve("--models", home / "models", environment={**HERE, **store}) as client:
        yield client


@pytest.fixture(scope="module")
def library(home: Path, serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server for tests that change nothing."""
    store = {"POLICY_THEMES_DATABASE": f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.db'}"}
    with serve("--models", home / "models", environment={**HERE, **store}) as client:
        yield client


@pytest.fixture
def look(browser: Browser, library: httpx.Client) -> Iterator[Visit]:
    visit = Visit(browser, str(library.base_url))
    yield visit
    visit.context.close()


@pytest.fixture
def visit(browser: Browser, office: httpx.Client) -> Iterator[Visit]:
    visit = Visit(browser, str(office.base_url))
    yield visit
    visit.context.close()


def sign_in(visit: Visit, key: str = KEY) -> None:
    page = visit.open("/desk/sign-in?to=/desk/themes")
    page.get_by_label("密钥").fill(key)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1, name="主题")).to_be_visible()


def named(client: httpx.Client) -> dict[str, dict[str, object]]:
    """The themes of the store by name, as the API tells them."""
    return {theme["name"]: theme for theme in client.get("/codebook").json()["themes"]}


def card(page: Page, name: str) -> object:
    return page.locator(".card").filter(has=page.get_by_role("heading", name=name, exact=True))


def test_themes_are_shown_with_counts_examples_and_what_the_model_knows(look: Visit) -> None:
    page = look.open("/desk/themes")
    first = card(page, "学前")
    expect(first).to_contain_text("幼儿园与保教质量、普惠园")
    expect(first).to_contain_text("幼教")
    expect(first).to_contain_text("标注 20(首要 20,次要 0)")
    expect(first.get_by_role("list", name="例子").get_by_role("listitem")).to_have_count(2)
    expect(card(page, "安全")).to_contain_text("标注 21(首要 20,次要 1)")
    expect(card(page, "安全")).to_contain_text("留出文本上判对")
    expect(page.get_by_role("link", name="增加主题")).to_have_count(0)
    page.get_by_label("查找").press_sequentially("演练")
    expect(page.locator(".card")).to_have_count(1)
    expect(page.get_by_role("status").first).to_contain_text("1 个主题含“演练”,共 3 个")
    page.get_by_label("查找").fill("没有的词")
    expect(page.locator("#cards")).to_contain_text("没有主题含“没有的词”")
    page.get_by_label("查找").fill("")
    page.get_by_label("排序").select_option("count")
    expect(page.locator(".card h2").first).to_have_text("安全")
    page.get_by_label("排序").select_option("name")
    expect(page.locator(".card h2")).to_have_text(["安全", "经费", "学前"])
    page.get_by_role("link", name="学前").click()
    expect(page.locator(".texts li")).to_have_count(12)
    expect(page.locator(".words")).to_contain_text("幼儿园")
    page.get_by_role("link", name="再看一些").click()
    expect(page.locator(".texts li")).to_have_count(8)
    page.get_by_role("link", name="登录后可").or_(page.locator("main").get_by_role("link", name="登录")).click()
    expect(page).to_have_url(re.compile("/desk/sign-in"))
    look.check()


def test_a_theme_is_added_once_its_effect_has_been_seen(visit: Visit, office: httpx.Client) -> None:
    sign_in(visit)
    page = visit.page
    page.get_by_role("link", name="增加主题").click()
    page.get_by_label("名称", exact=True).fill("安全")
    page.get_by_label("包括", exact=True).fill("数字校园\n与智慧课堂")
    page.get_by_label("不包括").fill("网络安全归安全")
    page.get_by_label("别名").fill("信息化、智慧教育")
    page.get_by_label("缘由").fill("工作变多了")
    page.get_by_role("button", name="看看会怎样").click()
    expect(page.get_by_role("alert")).to_contain_text("“安全”同时指主题“安全”和“安全”")
    expect(page.get_by_label("包括", exact=True)).to_have_value("数字校园\n与智慧课堂")
    expect(page.get_by_label("缘由")).to_have_value("工作变多了")
    expect(page.get_by_label("名称", exact=True)).to_be_focused()
    page.get_by_label("名称", exact=True).fill("数字 化")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("名称里不能有空格")
    page.get_by_label("名称", exact=True).fill("数字化")
    page.keyboard.press("Enter")
    expect(page.locator("#effect")).to_contain_text("重新训练")
    assert "数字化" not in named(office)
    page.get_by_role("button", name="返回修改").click()
    expect(page.get_by_label("不包括")).to_have_value("网络安全归安全")
    page.get_by_role("button", name="看看会怎样").click()
    page.get_by_role("button", name="确认增加主题").click()
    expect(page.locator("#done")).to_contain_text("已增加主题“数字化”")
    expect(page.locator("#done").get_by_role("link", name="去训练")).to_have_attribute("href", "/desk/train")
    added = named(office)["数字化"]
    assert (added["id"], added["covers"], added["aliases"]) == (
        "theme-1",
        "数字校园\n与智慧课堂",
        ["信息化", "智慧教育"],
    )
    change = office.get("/codebook/changes").json()[0]
    assert (change["action"], change["by"], change["note"]) == ("add", "本机", "工作变多了")
    page.get_by_role("link", name="全部主题").click()
    expect(card(page, "数字化")).to_contain_text("未训练")
    expect(page.locator(".notice")).to_contain_text("在用模型还不认识“数字化”")
    visit.complaints = [said for said in visit.complaints if "422" not in said]  # what was refused on purpose
    visit.check()


def test_a_theme_is_defined_and_renamed_and_its_old_name_stays_an_alias(visit: Visit, office: httpx.Client) -> None:
    sign_in(visit)
    page = visit.open("/desk/themes/preschool")
    page.get_by_role("link", name="改定义和别名").click()
    page.get_by_role("button", name="看看会怎样").click()
    expect(page.get_by_role("alert")).to_contain_text("没有改动:与现在的内容相同")
    page.get_by_label("不包括").fill("小学归别处")
    page.get_by_label("别名").fill("幼儿教育")
    page.get_by_role("button", name="看看会怎样").click()
    expect(page.locator("#effect")).to_contain_text("去掉别名 幼教")
    page.get_by_role("button", name="确认改定义和别名").click()
    expect(page.locator("#done")).to_contain_text("标注没有变")
    page.get_by_role("link", name="改名").click()
    page.get_by_label("新名称").fill("学前教育")
    page.get_by_role("button", name="看看会怎样").click()
    expect(page.locator("#effect")).to_contain_text("20 段")
    assert "学前教育" not in named(office)
    page.get_by_role("button", name="确认改名").click()
    expect(page.locator("#done")).to_contain_text("已把“学前”改名为“学前教育”")
    expect(page.locator(".steps-taken li").first).to_contain_text("学前 → 学前教育")
    there = named(office)["学前教育"]
    assert (there["id"], there["aliases"], there["sections"]) == ("preschool", ["幼儿教育", "学前"], 20)
    page.get_by_role("link", name="全部主题").click()
    expect(card(page, "学前教育")).to_contain_text("模型里叫“学前”")
    visit.complaints = [said for said in visit.complaints if "422" not in said]
    visit.check()


def test_a_theme_is_merged_by_keyboard_and_one_is_retired_and_restored(visit: Visit, office: httpx.Client) -> None:
    sign_in(visit)
    page = visit.open("/desk/themes/preschool/merge")
    page.get_by_label("并入").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#effect")).to_contain_text("20 段、0 句)改为“安全”;其中 1 条本来两者都有")
    assert set(named(office)) == {"学前", "安全", "经费"}
    page.get_by_role("button", name="确认并入").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_contain_text("改写了 20 条标注")
    expect(page).to_have_url(re.compile("/desk/themes/safety"))
    assert {name: theme["sections"] for name, theme in named(office).items()} == {"安全": 40, "经费": 20}
    assert office.get("/labels", params={"theme": "学前"}).json()["total"] == 40  # its name is an alias now
    page = visit.open("/desk/themes/preschool")
    expect(page).to_have_url(re.compile("/desk/themes/safety$"))

    page = visit.open("/desk/themes/funding")
    page.get_by_role("link", name="停用").click()
    page.get_by_role("button", name="看看会怎样").click()
    expect(page.locator("#effect")).to_contain_text("其中 20 条只有这一个主题")
    assert not named(office)["经费"]["retired"]
    page.get_by_role("button", name="确认停用").click()
    expect(page.locator("#done")).to_contain_text("已停用“经费”")
    assert named(office)["经费"]["retired"]
    page = visit.open("/desk/themes")
    expect(page.locator(".notice")).to_contain_text("“学前”“经费”已停用或并入别的主题")
    expect(page.locator(".card").last).to_contain_text("已停用")
    page = visit.open("/desk/themes/funding/retire")
    expect(page.get_by_text("已经停用:可以先恢复它")).to_be_visible()
    page = visit.open("/desk/themes/funding")
    page.get_by_role("link", name="恢复").click()
    page.get_by_role("button", name="看看会怎样").click()
    page.get_by_role("button", name="确认恢复").click()
    expect(page.locator("#done")).to_contain_text("已恢复“经费”")
    assert not named(office)["经费"]["retired"]
    visit.complaints = [said for said in visit.complaints if "409" not in said]  # what was refused on purpose
    visit.check()


def test_only_an_admin_changes_the_codebook(
    visit: Visit, office: httpx.Client, run_command: Run, tmp_path: Path
) -> None:
    page = visit.open("/desk/themes/safety/rename")
    expect(page).to_have_url(re.compile(r"/desk/sign-in\?to=%2Fdesk%2Fthemes%2Fsafety%2Frename"))
    store = {"POLICY_THEMES_DATABASE": f"sqlite:///{tmp_path / 'store.db'}"}
    made = run_command("keys", "create", "标注员", "--scope", "label", env={**os.environ, **store})
    assert made.returncode == 0, made.stderr.decode()
    key = re.search(r"ptk_\S+", made.stdout.decode())
    assert key
    sign_in(visit, key[0])
    expect(page.get_by_text("您的密钥没有 admin 权限")).to_be_visible()
    for other in ("/", "/desk/compare", "/desk/help"):
        expect(visit.open(other).get_by_role("link", name="标注员")).to_be_visible()
    page = visit.open("/desk/themes")
    expect(page.get_by_role("link", name="增加主题")).to_have_count(0)
    page = visit.open("/desk/themes/safety/rename")
    expect(page.get_by_text("没有 admin 权限")).to_be_visible()
    csrf = page.locator("body").get_attribute("data-csrf")
    cookies = {one["name"]: one["value"] for one in visit.context.cookies()}
    sent = {"name": "平安", "step": "do", "csrf": str(csrf)}
    refused = httpx.post(
        f"{visit.host}/desk/themes/safety/rename", data=sent, cookies=cookies, trust_env=False, timeout=30
    )
    assert refused.status_code == 403
    assert "安全" in named(office)
    visit.complaints = [said for said in visit.complaints if "403" not in said]
    visit.check()


def test_a_change_without_the_token_or_of_no_theme_is_refused(look: Visit, library: httpx.Client) -> None:
    sign_in(look)
    cookies = {one["name"]: one["value"] for one in look.context.cookies()}
    csrf = str(look.page.locator("body").get_attribute("data-csrf"))
    sent = {"name": "平安", "step": "do", "into": "没有", "covers": "长" * 4_001}
    statuses = {}
    with httpx.Client(
        base_url=look.host, cookies=cookies, trust_env=False, timeout=30, headers={"accept": "text/html"}
    ) as client:
        for path, data in {
            "safety/rename": sent,
            "none/rename": {**sent, "csrf": csrf},
            "safety/merge": {**sent, "csrf": csrf},
            "safety/define": {**sent, "csrf": csrf},
            "safety/other": {**sent, "csrf": csrf},
        }.items():
            statuses[path] = client.post(f"/desk/themes/{path}", data=data).status_code
        said = client.post("/desk/themes/safety/merge", data={**sent, "covers": "", "csrf": csrf}).text
        itself = client.post("/desk/themes/safety/merge", data={"into": "safety", "csrf": csrf}).text
    assert statuses == {
        "safety/rename": 403,
        "none/rename": 404,
        "safety/merge": 422,
        "safety/define": 422,
        "safety/other": 422,
    }
    assert "没有名为“没有”的主题" in said
    assert "不能并入自身" in itself
    assert set(named(library)) == {"学前", "安全", "经费"}
    assert library.get("/codebook/changes").json() == []


def test_what_was_typed_is_there_again_after_signing_in_anew(visit: Visit, office: httpx.Client) -> None:
    sign_in(visit)
    page = visit.open("/desk/themes/safety/define")
    page.get_by_label("包括", exact=True).fill("校园消防和食品安全")
    page.get_by_label("缘由").fill("界限不清")
    visit.context.clear_cookies()
    page.get_by_role("button", name="看看会怎样").click()
    page.get_by_label("密钥").fill(KEY)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_label("包括", exact=True)).to_have_value("校园消防和食品安全")
    expect(page.get_by_label("缘由")).to_have_value("界限不清")
    page.get_by_role("button", name="看看会怎样").click()
    visit.context.clear_cookies()  # and once more, before it is confirmed
    page.locator("form.confirm button").first.click()
    page.get_by_label("密钥").fill(KEY)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_label("包括", exact=True)).to_have_value("校园消防和食品安全")
    page = visit.open("/desk/themes/safety/define")  # what was kept is not filled in unasked
    expect(page.get_by_label("包括", exact=True)).not_to_have_value("校园消防和食品安全")
    assert office.get("/codebook/changes").json() == []
    visit.check()


def test_hostile_names_and_texts_are_shown_as_text(visit: Visit, office: httpx.Client, tmp_path: Path) -> None:
    key = {"authorization": f"Bearer {KEY}"}
    row = {"id": "hostile", "name": HOSTILE, "covers": "</dd><img src=x onerror=\"document.title='taken'\">{{7*7}}"}
    assert len(office.get("/codebook").json()["themes"]) == 3
    store = Database.open(f"sqlite:///{tmp_path / 'store.db'}")
    with store.write() as connection:  # as from a themes.yaml: the API and the page take no such name
        connection.execute(insert(themes).values(**row, excludes="", aliases=[], retired=False, position=9))
    store.close()
    label = {"text": f"{HOSTILE}\u2066<b>排查隐患</b>并上报", "themes": [HOSTILE], "kind": "section"}
    assert office.post("/labels", json={"labels": [label]}, headers=key).status_code == 200
    sign_in(visit)
    page = visit.page
    shown = HOSTILE.replace("\u202e", "[U+202E]")
    for path in ("", "/hostile", "/hostile/define", "/hostile/rename", "/safety/merge"):
        page = visit.open(f"/desk/themes{path}")
        if path != "/safety/merge":
            expect(page.locator("main")).to_contain_text(shown)
        assert page.locator("main script, main img, main b").count() == 0, path
        assert "taken" not in page.title().replace("'taken'", "")
        if path == "/hostile":
            expect(page.locator(".texts")).to_contain_text("[U+202E]名[U+2066]<b>排查隐患</b>并上报")
    page.get_by_label("并入").select_option("hostile")
    page.get_by_role("button", name="看看会怎样").click()
    expect(page.locator("#effect")).to_contain_text(f"改为“{shown}”")
    page.get_by_role("button", name="确认并入").click()
    expect(page.locator("#done")).to_contain_text(shown)
    assert faults(page) == []
    visit.check()


def test_another_field_shows_its_own_themes_before_and_after_its_first_model(
    browser: Browser, serve: Serve, run_command: Run, tmp_path: Path
) -> None:
    home = tmp_path / "卫健"
    assert run_command("init", home).returncode == 0
    for name in ("themes.yaml", "lexicon.txt"):
        (home / "labels" / name).write_bytes((HEALTH / name).read_bytes())
    assert run_command("labels", "import", HEALTH / "labels.csv", "--home", home).returncode == 0
    themes = list(yaml.safe_load((HEALTH / "themes.yaml").read_text("utf-8"))["themes"])
    with serve("--home", home, environment=HERE) as client:
        visit = Visit(browser, str(client.base_url))
        page = visit.open("/desk/themes")
        expect(page.locator(".card h2")).to_have_text(themes)
        expect(page.locator(".notice")).to_contain_text("还没有在用的模型")
        expect(visit.open("/desk/themes/" + named(client)[themes[0]]["id"]).locator(".texts li").first).to_be_visible()
        assert run_command("train", "--home", home).returncode == 0
        visit.open("/desk/themes")
        page.wait_for_function("() => fetch('/health/ready').then(answer => answer.ok)")
        page = visit.open("/desk/themes")
        expect(page.locator(".notice")).to_have_count(0)
        expect(page.locator(".numbers").first).to_contain_text("判对")
        assert not [word for word in ("教师", "学前", "幼儿园") if word in page.locator("body").inner_text()]
        assert not [
            word for word in ("教育", "学校", "学前") if word in visit.open("/desk/help").locator("main").inner_text()
        ]
        visit.check()
        visit.context.close()


def test_a_model_without_a_labels_folder_still_shows_its_themes(
    browser: Browser, home: Path, serve: Serve, tmp_path: Path
) -> None:
    shutil.copytree(home / "models", tmp_path / "models")
    with serve("--models", tmp_path / "models", environment=HERE) as client:
        visit = Visit(browser, str(client.base_url))
        page = visit.open("/desk/themes")
        expect(page.locator(".card h2")).to_have_text(["学前", "安全", "经费"])
        expect(page.get_by_role("alert")).to_contain_text("读不到标注库")
        assert faults(page) == []
        session = {"policy_themes_session": "of a store that was there before"}
        with httpx.Client(base_url=visit.host, cookies=session, trust_env=False, timeout=30) as signed:
            assert [signed.get(path).status_code for path in ("/", "/desk/compare", "/desk/help")] == [200] * 3
            assert signed.get("/desk/themes", headers={"accept": "text/html"}).status_code < 500
        visit.check()
        visit.context.close()


def test_the_guide_is_followed_by_keyboard_put_away_and_found_again(look: Visit) -> None:
    page = look.open("/")
    guide = page.get_by_role("region", name="第一次用")
    guide.get_by_role("button", name="示范第 1 步").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".lit").first).to_be_visible()
    expect(guide.locator("li").nth(0)).to_have_class("tried")
    expect(guide.locator("[aria-current=step]")).to_contain_text("只看一个主题")
    guide.get_by_role("button", name="示范第 2 步").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("theme="))
    expect(guide.get_by_role("status")).to_contain_text("还有 2 步")
    page.get_by_label("按主题筛选").get_by_role("link", name="全部").click()
    page.locator("#document .outline a").first.click()
    expect(guide.locator("li").nth(2)).to_have_class("tried")
    guide.get_by_role("button", name="去放入文件").click()
    expect(page.locator("#file")).to_be_focused()
    expect(guide.get_by_role("status")).to_contain_text("四步都做过了")
    guide.get_by_role("button", name="收起").focus()
    page.keyboard.press("Escape")
    expect(guide).to_be_hidden()
    expect(page.get_by_role("heading", name="先看一个示例")).to_be_focused()
    page = look.open("/")
    expect(page.get_by_role("article").first).to_be_visible()
    expect(guide).to_be_hidden()
    page.get_by_role("link", name="帮助").click()
    page.get_by_role("link", name="跟着示例走一遍").click()
    expect(guide).to_be_visible()
    expect(guide.locator(".tried")).to_have_count(0)
    assert faults(page) == []
    look.check()


def test_pages_are_sound_in_light_and_dark_and_on_a_phone(browser: Browser, serve: Serve, tmp_path: Path) -> None:
    """With the themes and labels that came with the program."""
    store = {"POLICY_THEMES_DATABASE": f"sqlite:///{tmp_path / 'store.db'}"}
    views = {
        "themes": "/desk/themes",
        "themes-one": "/desk/themes/safety",
        "themes-new": "/desk/new-theme",
        "themes-merge": "/desk/themes/pe/merge",
        "help": "/desk/help",
        "first": "/",  # its faults are looked for in test_web_desk.py
    }
    with serve(environment={**HERE, **store}) as client:
        for scheme in ("light", "dark"):
            visit = Visit(browser, str(client.base_url), color_scheme=scheme)
            sign_in(visit)
            for name, path in views.items():
                page = visit.open(path)
                if name == "themes-merge":
                    page.get_by_label("并入").select_option("arts")
                    page.get_by_role("button", name="看看会怎样").click()
                    page.locator("#effect").wait_for()
                if name == "first":
                    page.locator("#guide").scroll_into_view_if_needed()
                else:
                    assert faults(page) == [], name
                screenshot(page, f"{name}-{scheme}")
                page.set_viewport_size({"width": 360, "height": 740})
                assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
                if scheme == "light":
                    assert name == "first" or faults(page) == [], name
                    screenshot(page, f"{name}-phone")
                page.set_viewport_size({"width": 1280, "height": 800})
            visit.check()
            visit.context.close()


def test_what_the_labels_say_of_each_theme(store: Database) -> None:
    book = Codebook(tuple(Theme(one, name, "") for one, name in (("a", "甲"), ("b", "乙"), ("c", "丙"))))
    given = [
        Entry("幼儿园甲", ("a",), "某", "2026-01-01", source="一"),
        Entry("幼儿园乙", ("a", "b"), "某", "2026-01-01", source="一"),
        Entry("幼儿园丙", ("b", "a"), "某", "2026-01-01", kind="clause", source="二"),
        Entry("幼儿园丁", ("a",), "某", "2026-01-01", source="三"),
        Entry("幼儿园戊", ("c",), "某", "2026-01-01", source="四", protected=True),
    ]
    with store.write() as connection:
        write_codebook(connection, book, "")
        record(connection, given)
    with store.read() as connection:
        assert carried(connection) == {"a": Carried(3, 1, 3, 1), "b": Carried(1, 1, 1, 1), "c": Carried(1, 0, 1, 0)}
        assert carry_both(connection, "a", "b") == 2
        found = examples(connection, [one.id for one in codebook_of(connection).themes], 2)
    assert {theme: [one.text for one in texts] for theme, texts in found.items()} == {
        "a": ["幼儿园甲", "幼儿园丁"],
        "b": ["幼儿园丙", "幼儿园乙"],
        "c": [],
    }
