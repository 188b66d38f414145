"""复核 in a real browser: the queue by keyboard alone, what was labelled, conflicts and agreement, and results handed over."""

import os
import re
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from browser import Browser, Page, Visit, chromium, faults, needs_chromium, screenshot
from conftest import label_lines, write_labels
from playwright.sync_api import expect
from sqlalchemy import delete, insert

from policy_themes.versions import Promotion, Versions
from service.database.database import Database, now
from service.database.office_tables import metadata
from service.database.tables import themes
from service.labels.acts import last_act, undo
from service.labels.entry import Entry
from service.labels.find import history
from service.labels.queue import skip, take
from service.labels.record import record, withdraw
from service.labels.seed import seed
from service.refusals import Conflict
from service.web.initials import initials

pytestmark = needs_chromium
KEY = "key-of-this-machine"
HERE = {"POLICY_THEMES_LOCAL_KEY": KEY}
AUTH = {"authorization": f"Bearer {KEY}"}
NAMES = {"学前": "preschool", "安全": "safety", "经费": "funding"}
HOSTILE = "<script>document.title='taken'</script>\u202e名"
Run = Callable[..., subprocess.CompletedProcess[bytes]]
Serve = Callable[..., httpx.Client]

WORDS = ["城东片区", "河西街道", "老工业区", "山区三乡", "新建小区", "库区移民点", "高铁新城"]
DEEDS = [
    "新建公办幼儿园",
    "排查校园消防隐患",
    "落实生均公用经费",
    "召开读书分享会",
    "组织应急疏散演练",
    "加强教育经费审计",
]


def waiting(number: int) -> list[str]:
    """Texts that wait for a label."""
    return [
        f"{WORDS[at % len(WORDS)]}{DEEDS[at % len(DEEDS)]},并{DEEDS[(at + 2) % len(DEEDS)]},第{at + 1}季度完成。"
        for at in range(number)
    ]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def home(small_labels: Path, small_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a live model and labels."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(small_models, folder / "models")
    write_labels(folder / "labels", label_lines())
    versions = Versions(folder / "models")
    versions.go_live(Promotion(versions.names()[0], "2026-01-01", "promote"))
    return folder


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The settings of the store and results of `desk`."""
    folder = tmp_path_factory.mktemp("place")
    return {"POLICY_THEMES_DATABASE": f"sqlite:///{folder / 'store.db'}", "TMPDIR": str(folder)}


@pytest.fixture(scope="module")
def desk(home: Path, serve: Serve, place: dict[str, str]) -> Iterator[httpx.Client]:
    with serve("--models", home / "models", environment={**HERE, **place}) as client:
        yield client


@pytest.fixture
def office(desk: httpx.Client, home: Path, place: dict[str, str]) -> httpx.Client:
    """A server with nothing in its store but the labels of the folder."""
    store = Database.open(place["POLICY_THEMES_DATABASE"])
    with store.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
        seed(connection, home / "labels")
    store.close()
    return desk


@pytest.fixture
def make_key(run_command: Run, place: dict[str, str]) -> Callable[[str, str], str]:
    """Makes a key with a scope."""

    def make(name: str, scope: str) -> str:
        done = run_command("keys", "create", name, "--scope", scope, env={**os.environ, **place})
        found = re.search(r"ptk_\S+", done.stdout.decode())
        assert found, done.stderr.decode()
        return found[0]

    return make


@pytest.fixture
def visit(browser: Browser, office: httpx.Client) -> Iterator[Visit]:
    visit = Visit(browser, str(office.base_url))
    yield visit
    visit.context.close()


def add(office: httpx.Client, texts: list[str], document: str = "", place: str = "", key: str = KEY) -> None:
    sent = {"texts": [{"text": text, "document": document, "place": place} for text in texts]}
    answer = office.post("/labels/queue/texts", json=sent, headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 200, answer.text


def sign_in(visit: Visit, key: str = KEY, to: str = "/desk/review") -> Page:
    page = visit.open(f"/desk/sign-in?to={to}")
    page.get_by_label("密钥").fill(key)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def asked(page: Page) -> str:
    return page.locator("#text .text").inner_text()


def chosen(page: Page) -> list[str]:
    """The themes chosen, in order."""
    return str(page.locator("#work [name=order]").input_value()).split()


def press_and_wait(page: Page, key: str) -> None:
    """Press a key after which another text is asked about."""
    before = page.locator("#work [name=text]").input_value()
    page.keyboard.press(key)
    expect(page.locator("#work [name=text]")).not_to_have_value(before)


def said(client: httpx.Client, by: str) -> dict[str, list[str]]:
    """What an annotator says: themes by text."""
    found = client.get("/labels", params={"annotator": by, "limit": 200}).json()["items"]
    return {one["text"]: next(label["themes"] for label in one["labels"] if label["annotator"] == by) for one in found}


def test_twenty_texts_are_corrected_by_keyboard_alone_and_found_in_the_store(
    visit: Visit, office: httpx.Client
) -> None:
    add(office, waiting(24), "要点.docx", "二、重点任务")
    page = sign_in(visit)
    expect(page.locator(".path")).to_have_text("要点.docx › 二、重点任务")
    expect(page.locator("#standing")).to_contain_text("今天 0 条")
    expect(page.locator(".ev.lit").first).to_be_visible()
    wanted: dict[str, list[str]] = {}
    ids = {theme: name for name, theme in NAMES.items()}
    for at in range(20):
        text = asked(page)
        if at % 4 == 0 and chosen(page):  # as suggested
            wanted[text] = [ids[theme] for theme in chosen(page)]
            press_and_wait(page, "Enter")
        elif at % 4 == 3:
            wanted[text] = []
            press_and_wait(page, "n")
        else:  # everything away, then by search: initials, name, id
            for _ in chosen(page):
                first = chosen(page)[0]
                number = page.locator("#suggested input").evaluate_all("all => all.map(one => one.value)").index(first)
                page.keyboard.press(str(number + 1))
            assert chosen(page) == []
            page.keyboard.press("j")
            page.keyboard.type("f")
            page.keyboard.press("Enter")
            page.keyboard.press("/")
            page.keyboard.insert_text("学前" if at % 2 else "preschool")
            page.keyboard.press("Enter")
            wanted[text] = ["经费", "学前"]
            page.keyboard.press("Enter") if at == 19 else press_and_wait(page, "Enter")
    expect(page.locator("#standing")).to_contain_text("今天 20 条 · 待标 4 条")
    assert len(wanted) == 20
    assert said(office, "本机") == wanted
    visit.check()


def test_the_main_theme_is_chosen_and_nothing_is_saved_by_mistake(visit: Visit, office: httpx.Client) -> None:
    add(office, ["新建公办幼儿园,落实生均公用经费,排查校园消防隐患。", "召开座谈会。"])
    page = sign_in(visit)
    while asked(page) != "召开座谈会。":
        page.keyboard.press("s")
        expect(page.locator("#said")).to_have_text("已跳过")
    for place in range(len(chosen(page))):
        page.keyboard.press(str(place + 1))
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("没有选主题;确实没有主题,请按 N")
    page.locator("#find").focus()
    page.keyboard.type("aq")
    page.keyboard.press("Enter")
    page.keyboard.type("xq")
    expect(page.get_by_role("listbox").get_by_role("option", name="学前")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    assert chosen(page) == ["safety", "preschool"]
    number = page.locator("#suggested input").evaluate_all("all => all.map(one => one.value)").index("preschool") + 1
    page.keyboard.press(f"Shift+Digit{number}")
    assert chosen(page) == ["preschool", "safety"]
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="按键")).to_be_visible()
    page.keyboard.press("n")  # does nothing while the keys are shown
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    visit.context.set_offline(True)
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("连不上服务,没有保存;您的选择还在")
    assert chosen(page) == ["preschool", "safety"]
    visit.context.set_offline(False)
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("已保存:学前、安全")
    assert said(office, "本机") == {"召开座谈会。": ["学前", "安全"]}
    page.keyboard.press("?")
    page.get_by_label("使用单个字母").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("u")  # does nothing any more
    page.get_by_role("button", name="撤销上一条").click()
    expect(page.locator("#said")).to_have_text("已撤销,请重新选择")
    assert said(office, "本机") == {}
    visit.complaints = [one for one in visit.complaints if "ERR_INTERNET_DISCONNECTED" not in one]
    visit.check()


def test_undo_brings_the_text_and_the_choice_back_and_skip_and_none_are_undone_too(
    visit: Visit, office: httpx.Client
) -> None:
    add(office, waiting(5))
    page = sign_in(visit)
    first = asked(page)
    before = chosen(page)
    press_and_wait(page, "Enter") if before else press_and_wait(page, "n")
    second = asked(page)
    press_and_wait(page, "n")
    third = asked(page)
    press_and_wait(page, "s")
    assert len({first, second, third, asked(page)}) == 4
    assert set(said(office, "本机")) == {first, second}
    expect(page.locator("#undoes")).to_contain_text("跳过")
    press_and_wait(page, "u")
    assert asked(page) == third
    press_and_wait(page, "u")
    assert asked(page) == second
    assert chosen(page) == []
    press_and_wait(page, "u")
    assert asked(page) == first
    assert chosen(page) == before
    assert said(office, "本机") == {}
    expect(page.locator("#standing")).to_contain_text("今天 0 条 · 待标 5 条")
    expect(page.get_by_role("button", name="撤销上一条")).to_have_count(0)
    press_and_wait(page, "n")
    assert said(office, "本机") == {first: []}
    visit.check()


def test_two_people_get_different_texts_and_the_next_comes_quickly(
    browser: Browser, visit: Visit, office: httpx.Client, make_key: Callable[[str, str], str]
) -> None:
    add(office, waiting(300))
    wang, li = make_key("王老师", "label"), make_key("李老师", "label")
    other = Visit(browser, visit.host)
    pages = [sign_in(visit, wang), sign_in(other, li)]
    seen: list[set[str]] = [set(), set()]
    took = []
    for _ in range(8):
        for page, texts in zip(pages, seen, strict=True):
            texts.add(asked(page))
            started = time.perf_counter()
            press_and_wait(page, "n")
            took.append(time.perf_counter() - started)
        assert asked(pages[0]) != asked(pages[1])
    assert [len(texts) for texts in seen] == [8, 8]
    assert not seen[0] & seen[1]
    assert [set(said(office, name)) for name in ("王老师", "李老师")] == seen
    assert statistics.median(took) < 0.2
    for one in (visit, other):
        one.check()
    other.context.close()


def test_only_a_labeller_labels(visit: Visit, office: httpx.Client, make_key: Callable[[str, str], str]) -> None:
    add(office, waiting(2))
    page = visit.open("/desk/review")
    expect(page.locator("main")).to_contain_text("登录后可复核")
    expect(page.locator("main")).to_contain_text("待标 2 条")
    page = sign_in(visit, make_key("训练员", "train"))
    expect(page.get_by_role("alert")).to_contain_text("您的密钥“训练员”没有 label 权限,不能标注。请向管理员申请")
    assert page.locator("#work").count() == 0
    csrf = str(page.locator("body").get_attribute("data-csrf"))
    cookies = {one["name"]: one["value"] for one in visit.context.cookies()}
    with httpx.Client(
        base_url=visit.host, cookies=cookies, trust_env=False, timeout=30, headers={"accept": "text/html"}
    ) as client:
        for path in ("save", "skip", "undo", "again", "add", "conflicts", "labels/1", "labels/1/withdraw"):
            sent = {"csrf": csrf, "text": "61", "none": "1", "result": "example"}
            refused = client.post(f"/desk/review/{path}", data=sent)
            assert refused.status_code == 403, path
            assert "没有 label 权限" in refused.text
    assert said(office, "训练员") == {}
    visit.complaints = [one for one in visit.complaints if "403" not in one]
    visit.check()


def test_a_session_that_ends_in_the_middle_loses_nothing(
    visit: Visit, office: httpx.Client, make_key: Callable[[str, str], str]
) -> None:
    add(office, waiting(4), "某县(试行) 要点+说明.docx")
    key = make_key("王老师", "label")
    page = sign_in(visit, key)
    page.get_by_text("筛选:全部待标文本").click()
    page.get_by_label("文件").select_option("某县(试行) 要点+说明.docx")
    page.get_by_role("button", name="筛选", exact=True).click()
    page.wait_for_url(re.compile("document="))
    text = asked(page)
    page.keyboard.press("/")
    page.keyboard.insert_text("经费" if "funding" not in chosen(page) else "安全")
    page.keyboard.press("Enter")
    wanted = chosen(page)
    visit.context.clear_cookies()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/desk/sign-in"))
    assert said(office, "王老师") == {}
    page.get_by_label("密钥").fill(key)
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    expect(page.locator("#said")).to_contain_text("已保存:")
    expect(page).to_have_url(re.compile(r"/desk/review\?theme=&document="))
    expect(page.get_by_label("文件")).to_have_value("某县(试行) 要点+说明.docx")
    assert {text: [NAMES[name] for name in names] for text, names in said(office, "王老师").items()} == {text: wanted}
    assert asked(page) != text

    # Somebody else at the same desk does not save what was chosen by the one before.
    visit.context.clear_cookies()
    page.keyboard.press("n")
    page.wait_for_url(re.compile("/desk/sign-in"))
    page.get_by_label("密钥").fill(make_key("李老师", "label"))
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("登录的人换了:上一条是“王老师”选的,没有保存")
    assert said(office, "李老师") == {}
    visit.complaints = [one for one in visit.complaints if "401" not in one]
    visit.check()


def test_a_theme_or_a_document_is_looked_for(visit: Visit, office: httpx.Client) -> None:
    add(office, waiting(12), "甲县.docx")
    add(office, ["落实经费与新建幼儿园。"], "乙县.docx")
    page = sign_in(visit, to="/desk/review%3Fdocument%3D%25E4%25B9%2599%25E5%258E%25BF.docx")
    assert asked(page) == "落实经费与新建幼儿园。"
    page.keyboard.press("n")
    expect(page.locator("#text")).to_contain_text("没有符合筛选的待标文本了")
    page.get_by_role("link", name="看全部").first.click()
    page.get_by_text("筛选:全部待标文本").click()
    page.get_by_label("找某个主题的文本").select_option("安全")
    page.get_by_role("button", name="筛选", exact=True).click()
    expect(page.locator(".why")).to_contain_text("您要找“安全”的文本,模型认为这条有")
    visit.check()


def test_all_passed_over_can_be_asked_again(visit: Visit, office: httpx.Client) -> None:
    page = sign_in(visit)
    expect(page.locator("#text")).to_contain_text("队列里还没有待标的文本")
    expect(page.locator("#text")).to_contain_text("送去复核")
    add(office, waiting(1))
    page.reload()
    text = asked(page)
    page.keyboard.press("s")
    expect(page.locator("#text")).to_contain_text("现在没有给您的文本")
    page.get_by_role("button", name="把我跳过的 1 条再拿出来").click()
    expect(page.locator("#text .text")).to_have_text(text)
    page.keyboard.press("n")
    expect(page.locator("#text")).to_contain_text("都标完了")
    visit.check()


def test_without_a_script_the_form_works_by_itself(browser: Browser, office: httpx.Client) -> None:
    add(office, waiting(3))
    visit = Visit(browser, str(office.base_url), java_script_enabled=False)
    page = sign_in(visit)
    text = asked(page)
    for box in page.locator("#suggested input:checked").all():
        box.uncheck()
    if page.locator("#rest input[value=safety]").count():
        page.locator("#all summary").click()
    page.locator("input[value=safety]").check()
    page.get_by_role("button", name="保存,下一条").click()
    assert said(office, "本机") == {text: ["安全"]}
    assert asked(page) != text
    page.get_by_role("button", name="撤销上一条").click()
    assert said(office, "本机") == {}
    visit.check()
    visit.context.close()


def test_a_result_is_handed_to_the_queue(visit: Visit, office: httpx.Client) -> None:
    text = "青石县教育工作要点\n一、办园条件\n1.新建公办幼儿园两所,配齐保教设备。\n2.排查校园消防隐患,按月上报。\n"
    text += f"3.完善经费管理,{'足额拨付' * 1_300}。\n"
    kept = office.post("/desk/results", files={"file": ("要点 & 说明.txt", text.encode())}).json()["url"]
    page = visit.open(kept)
    expect(page.get_by_text("后可送去复核")).to_be_visible()
    page = sign_in(visit, to=kept)
    page.get_by_role("button", name="送去复核").click()
    expect(page.locator(".notice")).to_contain_text("已送来 2 段")
    expect(page.locator(".notice")).to_contain_text("另有 1 段太长")
    expect(page.locator(".path")).to_contain_text("要点 & 说明.txt › ")
    expect(page.locator(".path")).to_contain_text("办园条件")
    page.wait_for_load_state()  # keys work from then on
    page.keyboard.press("n")
    expect(page.locator("#standing")).to_contain_text("待标 1 条")
    visit.open(kept)
    page.get_by_role("button", name="送去复核").click()
    expect(page.locator(".notice").first).to_contain_text("没有新的")
    found = office.get("/labels", params={"document": "要点 & 说明.txt"}).json()["items"]
    assert sorted(one["state"] for one in found) == ["labelled", "open"]
    visit.check()


def test_labels_are_found_corrected_and_taken_back(visit: Visit, office: httpx.Client) -> None:
    add(office, ["召开座谈会。"])
    labels = [
        {"text": "巡查护学岗。", "themes": ["安全"], "annotator": "李老师"},
        {"text": "开办托班。", "themes": ["学前", "经费"]},
    ]
    assert office.post("/labels", json={"labels": labels}, headers=AUTH).status_code == 200
    page = sign_in(visit, to="/desk/review/labels")
    expect(page.locator(".labels > li")).to_have_count(30)
    expect(page.locator(".labels > li").first).to_contain_text("开办托班。")
    page.get_by_role("link", name="更早的").click()
    page.get_by_role("link", name="更早的").click()
    expect(page.locator(".labels > li")).to_have_count(2)
    page.get_by_label("标注人").select_option("李老师")
    page.get_by_role("button", name="查找").click()
    expect(page.locator(".labels > li")).to_have_count(1)
    page.get_by_label("标注人").select_option("")
    page.get_by_label("主题").select_option("学前")
    page.get_by_label("文本里的词").fill("托班")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name="开办托班。").click()
    expect(page.locator(".history li")).to_have_count(1)
    page.get_by_role("checkbox", name="学前").uncheck()
    page.get_by_role("checkbox", name="经费").uncheck()
    page.get_by_label("备注").fill("归到安全")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("没有选主题,没有保存")
    expect(page.get_by_label("备注")).to_have_value("归到安全")
    page.get_by_role("checkbox", name="安全").check()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    expect(page.locator(".history li")).to_have_count(2)
    expect(page.locator(".history li").first).to_contain_text("归到安全")
    assert said(office, "本机") == {"开办托班。": ["安全"]}
    page.get_by_text("收回这条标注").click()
    page.get_by_label("缘由").fill("标错了")
    page.get_by_role("button", name="确认收回").click()
    expect(page.get_by_role("status").first).to_contain_text("已收回。这段文本没有标注了")
    expect(page.locator(".history li").first).to_contain_text("本机 收回了")
    assert said(office, "本机") == {}
    visit.complaints = [one for one in visit.complaints if "422" not in one]
    visit.check()


def test_only_an_administrator_takes_back_what_others_said(
    visit: Visit, office: httpx.Client, make_key: Callable[[str, str], str]
) -> None:
    label = {"text": "巡查护学岗。", "themes": ["安全"], "annotator": "李老师"}
    (text,) = office.post("/labels", json={"labels": [label]}, headers=AUTH).json()["ids"]
    page = sign_in(visit, make_key("王老师", "label"), f"/desk/review/labels/{text}")
    expect(page.get_by_text("收回这条标注")).to_have_count(0)
    cookies = {one["name"]: one["value"] for one in visit.context.cookies()}
    sent = {"csrf": str(page.locator("body").get_attribute("data-csrf")), "annotator": "李老师"}
    path = f"{visit.host}/desk/review/labels/{text}/withdraw"
    assert httpx.post(path, data=sent, cookies=cookies, trust_env=False, timeout=30).status_code == 403
    assert said(office, "李老师") == {"巡查护学岗。": ["安全"]}
    gone = httpx.post(path, data={**sent, "annotator": "王老师"}, cookies=cookies, trust_env=False, timeout=30)
    assert gone.status_code == 404
    visit.check()


def test_conflicts_are_settled_and_agreement_is_told(visit: Visit, office: httpx.Client) -> None:
    page = visit.open("/desk/review/agreement")
    expect(page.locator("main")).to_contain_text("不够")
    labels = []
    for at in range(24):
        labels += [{"text": f"第{at}条工作。", "themes": ["安全"] if at % 2 else ["经费"], "annotator": "王老师"}]
        differs = at in (3, 4, 5)
        second = ["学前"] if differs else labels[-1]["themes"]
        labels += [{"text": f"第{at}条工作。", "themes": second, "annotator": "李老师"}]
    assert office.post("/labels", json={"labels": labels}, headers=AUTH).status_code == 200
    page = sign_in(visit)
    assert asked(page) == "第3条工作。"
    expect(page.locator(".why")).to_have_text("有分歧 2 位标注人说法不同,您的选择就是定稿")
    expect(page.get_by_role("list", name="别人怎么标的").get_by_role("listitem")).to_have_text(
        ["王老师:安全", "李老师:学前"]
    )
    assert chosen(page) == []
    number = page.locator("#suggested input").evaluate_all("all => all.map(one => one.value)").index("safety") + 1
    page.keyboard.press(str(number))
    press_and_wait(page, "Enter")
    expect(page.locator("#said")).to_have_text("已保存:安全")
    page = visit.open("/desk/review/conflicts")
    expect(page.locator(".dispute")).to_have_count(2)
    expect(page.locator(".dispute").first.locator(".readings > li")).to_have_count(2)
    page.get_by_role("button", name="采用这个:王老师 的说法").first.click()
    expect(page.get_by_role("status").first).to_contain_text("已定稿")
    expect(page.locator(".dispute")).to_have_count(1)
    page.get_by_role("link", name="都不对,另选主题").click()
    page.get_by_role("checkbox", name="学前").uncheck()
    page.get_by_role("checkbox", name="经费").check()
    expect(page.get_by_label("定稿")).to_be_checked()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("main")).to_contain_text("定稿为 经费")
    page = visit.open("/desk/review/conflicts")
    expect(page.locator("main")).to_contain_text("没有分歧")
    assert said(office, "本机") == {"第3条工作。": ["安全"], "第4条工作。": ["经费"], "第5条工作。": ["经费"]}
    assert [one["state"] for one in office.get("/labels", params={"words": "第5条"}).json()["items"]] == ["labelled"]
    page = visit.open("/desk/review/agreement")
    expect(page.locator("main")).to_contain_text("24 条文本由不止一个人标过")
    row = page.get_by_role("row").filter(has_text="学前")
    expect(row).to_contain_text("不够,看不出")
    expect(page.get_by_role("row").filter(has_text="安全")).to_contain_text("可以")
    expect(page.get_by_role("row").filter(has_text="李老师 与 王老师")).to_contain_text("24")
    visit.check()


def test_without_a_labels_folder_the_pages_say_what_to_do(home: Path, serve: Serve, tmp_path: Path) -> None:
    store = {"POLICY_THEMES_DATABASE": f"sqlite:///{tmp_path / 'store.db'}"}
    nowhere = {"POLICY_THEMES_LABELS": str(tmp_path / "nowhere")}
    with serve("--models", home / "models", environment={**HERE, **store, **nowhere}) as client:
        for path in ("labels", "conflicts", "agreement"):
            answer = client.get(f"/desk/review/{path}", headers={"accept": "text/html"})
            assert (answer.status_code, 'id="unfilled"' in answer.text) == (200, True), path
            assert "POLICY_THEMES_LABELS" in answer.text
            assert 'aria-current="page">' in answer.text


def test_hostile_text_and_names_are_shown_as_text(visit: Visit, office: httpx.Client, place: dict[str, str]) -> None:
    covers = '"><img src=x onerror="document.title=\'taken\'">{{7*7}}'
    store = Database.open(place["POLICY_THEMES_DATABASE"])
    with store.write() as connection:  # as from a themes.yaml: the API and the page take no such name
        row = {"id": "hostile", "name": HOSTILE, "covers": covers, "excludes": "", "aliases": [], "retired": False}
        connection.execute(insert(themes).values(**row, position=9))
    store.close()
    add(office, [f"{HOSTILE}\u2066<b>排查隐患</b>\n并上报"], f"{HOSTILE}.docx", HOSTILE)
    label = [
        {"text": f"标过{HOSTILE}", "themes": [name], "annotator": f"{by}<b>\u202e"}
        for name, by in ((HOSTILE, "甲"), ("安全", "乙"))
    ]
    (text, _) = office.post("/labels", json={"labels": label}, headers=AUTH).json()["ids"]
    page = sign_in(visit)
    for path in ("", "/labels", f"/labels/{text}", "/conflicts", "/agreement"):
        page = visit.open(f"/desk/review{path}")
        expect(page.locator("main")).to_contain_text("[U+202E]")
        assert page.locator("main script, main img, main b").count() == 0, path
        assert "taken" not in page.title()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page = visit.open("/desk/review")
    page.keyboard.press("/")
    page.keyboard.type("hostile")
    page.keyboard.press("Enter")
    assert page.locator("main script, main img").count() == 0
    assert faults(page) == []
    visit.check()


def test_labels_without_a_model_and_a_model_without_labels(
    browser: Browser, home: Path, serve: Serve, run_command: Run, tmp_path: Path
) -> None:
    assert run_command("init", tmp_path / "one").returncode == 0
    write_labels(tmp_path / "one" / "labels")
    with serve("--home", tmp_path / "one", environment=HERE) as client:
        add(client, waiting(2))
        visit = Visit(browser, str(client.base_url))
        page = sign_in(visit)
        expect(page.locator(".why")).to_contain_text("还没有在用的模型")
        page.keyboard.press("a")
        page.keyboard.type("q")
        page.keyboard.press("Enter")
        press_and_wait(page, "Enter")
        assert list(said(client, "本机").values()) == [["安全"]]
        visit.check()
        visit.context.close()
    shutil.copytree(home / "models", tmp_path / "two" / "models")
    with serve("--models", tmp_path / "two" / "models", environment=HERE) as client:
        visit = Visit(browser, str(client.base_url))
        page = visit.open("/desk/review")
        expect(page.locator("h1")).to_have_text("复核")
        expect(page.get_by_role("alert")).to_contain_text("读不到标注库")
        for path in ("/labels", "/conflicts", "/agreement"):
            visit.open(f"/desk/review{path}")
            expect(page.locator("#unfilled")).to_contain_text("无法读取主题表")
            expect(page.locator("#unfilled")).to_contain_text("POLICY_THEMES_LABELS")
        one = client.get("/desk/review/labels/7", headers={"accept": "text/html"})
        assert one.status_code == 422
        assert "无法读取主题表" in one.text
        visit.check()
        visit.context.close()


def test_pages_are_sound_in_light_and_dark_and_on_a_phone(browser: Browser, serve: Serve, tmp_path: Path) -> None:
    """With the themes, labels and model that came with the program."""
    tasks = [
        "推进县域内校长教师交流轮岗,骨干教师交流比例不低于五分之一。交流期满的教师在职称评审中优先考虑,交通补助从教育附加费中列支。"
        "各乡镇中心校每年六月底前报送轮岗名册,由人事股核对后公示。",
        "每学期至少踏勘一次校车运行路线。驾驶员和照管员实行名单管理,雨雪天停运的线路由学校提前一天通知家长。",
        "保障特殊教育学校生均公用经费,送教上门的学生按同等标准拨付。资金使用情况每年向社会公开一次。",
        "开齐开足体育课,每天锻炼不少于一小时。体育场馆周末向学生开放,由值班教师登记。",
    ]
    store = {"POLICY_THEMES_DATABASE": f"sqlite:///{tmp_path / 'store.db'}"}
    with serve(environment={**HERE, **store}) as client:
        add(client, tasks, "临川区2026年教育工作要点.docx", "三、建强教师队伍 / (二)优化资源配置")
        labels = [
            {"text": "把护学岗排班纳入学校安全管理台账,家长志愿者到岗情况每周公示。", "themes": names, "annotator": by}
            for names, by in ((["安全"], "王敏"), (["安全", "后勤"], "李建国"))
        ]
        assert client.post("/labels", json={"labels": labels}, headers=AUTH).status_code == 200
        for scheme in ("light", "dark"):
            visit = Visit(browser, str(client.base_url), color_scheme=scheme)
            sign_in(visit)
            for name, path in {
                "review": f"?document={'临川区2026年教育工作要点.docx'}",
                "review-labels": "/labels",
                "review-one": "/labels/1",
                "review-conflicts": "/conflicts",
                "review-agreement": "/agreement",
            }.items():
                page = visit.open(f"/desk/review{path}")
                if name == "review":
                    press_and_wait(page, "Enter")
                assert faults(page) == [], name
                screenshot(page, f"{name}-{scheme}")
                page.set_viewport_size({"width": 360, "height": 740})
                assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
                if scheme == "light":
                    assert faults(page) == [], name
                    screenshot(page, f"{name}-phone")
                page.set_viewport_size({"width": 1280, "height": 800})
            visit.check()
            visit.context.close()


def test_undoing_a_change_brings_back_what_was_said_before(store: Database) -> None:
    def saying(*themes: str) -> None:
        with store.write() as connection:
            record(connection, [Entry("排查隐患。", themes, "甲", now())])

    saying("safety")
    saying("funding")
    with store.write() as connection:
        act = last_act(connection, "甲", "2000")
        assert act
        assert undo(connection, act.kind, act.id, "甲", now()).themes == ("funding",)
        assert [one.themes for one in history(connection, act.text) if one.current] == [("safety",)]
        with pytest.raises(Conflict, match="已经撤销过"):
            undo(connection, act.kind, act.id, "甲", now())
        with pytest.raises(Conflict):
            undo(connection, "skip", act.text, "甲", now())
        assert last_act(connection, "甲", "2000") is None  # what came back is not undone in its turn
        assert withdraw(connection, act.text, "甲", now())
        assert [turn.text for turn in take(connection, "甲", 1, now())] == [act.text]
        skip(connection, act.text, "甲", now())
        act = last_act(connection, "甲", "2000")
        assert act
        assert (act.kind, last_act(connection, "乙", "2000")) == ("skip", None)
        undo(connection, "skip", act.id, "甲", now())
        assert [turn.text for turn in take(connection, "甲", 1, now())] == [act.text]
        assert [turn.text for turn in take(connection, "乙", 1, now())] == []


def test_themes_are_found_by_their_initials() -> None:
    assert [initials(name) for name in ("学前", "安全", "经费", "数字化 AI", "骉", "")] == [
        "xq", "aq", "jf", "szhai", "", "",
    ]  # fmt: skip
