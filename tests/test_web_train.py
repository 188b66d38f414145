"""训练 in a real browser: labels brought in, checked, trained on; the candidate compared, promoted, and gone back from."""

import dataclasses
import io
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import openpyxl
import pytest
from browser import Browser, Page, Visit, chromium, faults, needs_chromium, screenshot
from conftest import PARTS, ROOT, label_lines, write_labels
from playwright.sync_api import expect
from running import AUTH, KEY, Running, running
from test_jobs import children, until

from policy_themes.versions import Promotion, Versions
from service.database.database import Database
from service.web.held import MOST, hold, is_held, take
from service.web.progress import chinese
from service.web.report import report_of
from training.run import train

pytestmark = needs_chromium
Run = Callable[..., subprocess.CompletedProcess[bytes]]
Serve = Callable[..., httpx.Client]
HERE = {"POLICY_THEMES_LOCAL_KEY": KEY}
HOSTILE = "<script>document.title='taken'</script>\u202e名"
DONE = 200_000  # milliseconds within which a run of the small labels must have ended
NEW = {
    "学前": ["增设托班二十个", "评估幼儿园游戏活动", "配齐幼儿园保育员", "普惠园收费实行公示"],
    "安全": ["校门口加装防撞设施", "开展燃气使用检查", "实验室危化品登记入库", "组织防震演练"],
    "经费": ["教育附加费足额征收", "公布学校决算情况", "校舍维修资金专账核算", "资助资金直接发放到卡"],
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def home(small_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder whose one version is live."""
    folder = tmp_path_factory.mktemp("home")
    versions = Versions(Path(shutil.copytree(small_models, folder / "models")))
    versions.go_live(Promotion(versions.names()[0], "2026-01-01T09:00:00+00:00", "promote", "第一个版本", "李老师"))
    return folder


@pytest.fixture
def office(home: Path, tmp_path: Path) -> Iterator[Running]:
    """A service of the test's own, with the live model, and labels that it may change."""
    shutil.copytree(home / "models", tmp_path / "models")
    with running(tmp_path, models=tmp_path / "models", max_import_bytes=200_000) as office:
        yield office


@pytest.fixture
def visit(browser: Browser, office: Running) -> Iterator[Visit]:
    visit = Visit(browser, str(office.client.base_url))
    sign_in(visit)
    yield visit
    visit.context.close()


def sign_in(visit: Visit, key: str = KEY, to: str = "/desk/train") -> None:
    visit.context.clear_cookies()
    page = visit.open(f"/desk/sign-in?to={to}")
    page.get_by_label("密钥").fill(key)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile(re.escape(to)))


def workbook(*rows: tuple[str, ...]) -> dict[str, object]:
    """A spreadsheet to be chosen in a form."""
    book = openpyxl.Workbook()
    for row in (("正文", "主题", "来源"), *rows):
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": "新标注.xlsx", "mimeType": kind, "buffer": held.getvalue()}


def new_rows() -> list[tuple[str, ...]]:
    """Twelve labels that the store does not hold, each of the theme it says."""
    return [(f"{one},{one[::-1]}。", theme, f"t{at}") for theme, every in NEW.items() for at, one in enumerate(every)]


def looked_through(visit: Visit, file: dict[str, object], **ticks: bool) -> Page:
    """The page of an import's preview, ended."""
    page = visit.open("/desk/train/import")
    page.get_by_label("文件", exact=True).set_input_files(files=[file])
    if ticks:
        page.get_by_text("更多选项").click()
    for name in ticks:
        page.locator(f"#{name}").check()
    page.get_by_role("button", name="核对").click()
    expect(page).to_have_url(re.compile("/desk/train/imports/"))
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("正在", timeout=DONE)
    return page


def started(visit: Visit) -> Page:
    page = visit.open("/desk/train")
    page.get_by_role("button", name="开始训练").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("正在训练")
    return page


def labels_in(office: Running) -> int:
    return int(office.client.get("/labels").json()["total"])


def answering(office: Running) -> str:
    """The version that /classify answers with."""
    return str(office.client.post("/classify", json={"text": "新建公办幼儿园。"}).json()["model"])


def excused(visit: Visit, *statuses: str) -> None:
    """Nothing was complained of but what was refused on purpose."""
    visit.complaints = [said for said in visit.complaints if not any(one in said for one in statuses)]
    visit.check()


def test_from_a_spreadsheet_with_faults_to_a_new_live_version_and_back(visit: Visit, office: Running) -> None:
    before, count = answering(office), labels_in(office)
    page = visit.open("/desk/train")
    expect(page.locator("#live")).to_contain_text(before)
    expect(page.locator("#live")).to_contain_text("由 李老师 上线:第一个版本")
    expect(page.locator("#live")).to_contain_text("60 段上的 micro-F1")
    expect(page.locator(".bars li")).to_have_count(3)
    expect(page.locator(".bars li").first).to_contain_text("20 段、0 句 偏少,建议再标 20 段、60 句")
    page.get_by_role("link", name="导入文件").click()

    wrong = [("排查食堂燃气管道。", "平安校园", "甲"), ("", "安全", "甲"), ("开展交通安全劝导。", "安全", "甲")]
    page = looked_through(visit, workbook(*wrong))
    expect(page.get_by_role("heading", level=1)).to_have_text("不能导入")
    expect(page.get_by_role("alert")).to_contain_text("有 2 处错,一条也没有写入")
    expect(page.get_by_role("alert")).to_contain_text("主题表里没有:“平安校园”")
    lines = page.locator(".lines tbody tr")
    expect(lines.nth(0)).to_contain_text("第 2 行主题表里没有“平安校园”")
    expect(lines.nth(0)).to_contain_text("先到“主题”页增加它")
    expect(lines.nth(1)).to_contain_text("第 3 行")
    expect(page.get_by_role("button", name="确认导入")).to_have_count(0)
    assert labels_in(office) == count

    page.get_by_role("link", name="重新选择文件").click()
    page = looked_through(visit, workbook(*new_rows()))
    expect(page.get_by_role("heading", level=1)).to_have_text("可以导入")
    expect(page.locator(".figures")).to_contain_text("新增12 条")
    expect(page.locator("main")).to_contain_text("按主题:学前 4、安全 4、经费 4")
    assert labels_in(office) == count
    preview = page.url
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已导入", timeout=DONE)
    assert labels_in(office) == count + 12
    newest = office.client.get("/labels", params={"words": "组织防震演练"}).json()["items"][0]
    assert (newest["labels"][0]["annotator"], newest["source"]) == ("本机", "t3")
    page.goto(preview)
    expect(page.get_by_text("这个文件已经确认过")).to_be_visible()
    page = looked_through(visit, workbook(*new_rows()))
    expect(page.get_by_role("heading", level=1)).to_have_text("没有新内容")

    page = started(visit)
    expect(page.locator("#log")).to_contain_text("写出标注")
    first = page.locator("#log").inner_text()
    expect(page.get_by_role("heading", level=1)).to_have_text("训练完成", timeout=DONE)
    expect(page.locator("#log")).to_contain_text("留出验证")
    assert page.locator("#log").inner_text().startswith(first)
    assert answering(office) == before
    page.get_by_role("link", name="细看比较").click()
    candidate = page.url.rpartition("/")[2]
    expect(page.locator("#verdict")).to_contain_text("可以上线")
    expect(page.get_by_role("img", name=re.compile("条形图"))).to_be_visible()
    expect(page.locator("canvas")).to_have_count(1)
    expect(page.get_by_role("row", name=re.compile("^学前 20"))).to_be_visible()
    expect(page.locator("main")).to_contain_text(f"现在在用的是 {before}")
    page.get_by_label("理由").fill("补了十二条")
    page.get_by_role("button", name=f"上线 {candidate}").click()
    expect(page.locator("#done")).to_contain_text(f"{candidate} 已上线")
    assert answering(office) == candidate
    page = visit.open("/desk/train")
    expect(page.locator("#live strong").first).to_have_text(candidate)
    expect(page.locator("tbody tr").first).to_contain_text("上线本机补了十二条")

    page.locator("#rollback").click()
    expect(page.locator("main")).to_contain_text(f"退回之后在用 {before}")
    assert answering(office) == candidate
    page.get_by_role("button", name=f"确认退回 {before}").click()
    expect(page.get_by_role("status").first).to_contain_text(f"已退回。现在在用的是 {before}")
    assert answering(office) == before
    expect(page.locator("tbody tr").first).to_contain_text("退回本机")
    page.get_by_role("button", name="开始训练").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("标注没有变化,未训练", timeout=DONE)
    expect(page.get_by_role("button", name="仍要训练")).to_be_visible()
    visit.check()


def test_a_run_is_cancelled_another_dies_and_each_says_so(visit: Visit, office: Running, tmp_path: Path) -> None:
    before = answering(office)
    key = {"text": f"开展{'校车' * 3}检查。", "themes": ["安全"], "annotator": "王芳"}
    office.client.post("/labels", json={"labels": [key]}, headers=AUTH).raise_for_status()
    page = started(visit)
    other = visit.context.new_page()
    other.goto(f"{visit.host}/desk/train")
    expect(other.locator("#step-run")).to_contain_text("一次只能训练一个")
    csrf = str(other.locator("body").get_attribute("data-csrf"))
    cookies = {one["name"]: one["value"] for one in visit.context.cookies()}
    second = httpx.post(
        f"{visit.host}/desk/train/runs", data={"csrf": csrf}, cookies=cookies, trust_env=False, timeout=30
    )
    assert second.headers["location"].endswith("?already=1")
    other.goto(visit.host + second.headers["location"])
    expect(other.locator("main")).to_contain_text("已经有人在训练了")
    other.close()
    page.get_by_role("button", name="取消训练").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已取消")
    expect(page.locator("main")).to_contain_text("没有留下任何版本")
    until(lambda: not children(office.process.pid))

    page.get_by_role("button", name="重新训练").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("正在训练")
    until(lambda: children(office.process.pid))
    for child in children(office.process.pid):
        os.kill(child, signal.SIGKILL)
    expect(page.get_by_role("heading", level=1)).to_have_text("训练没有完成", timeout=DONE)
    expect(page.get_by_role("alert")).to_contain_text("进程意外结束(信号 9)")
    expect(page.get_by_role("button", name="重新训练")).to_be_visible()
    assert answering(office) == before
    assert Versions(tmp_path / "models").names() == [before]
    visit.check()


@pytest.fixture(scope="module")
def two_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A live version, and a newer one trained on labels that are half wrong."""
    folder = tmp_path_factory.mktemp("two")
    lines = label_lines()
    kept, seen = lines[::3], [line for at, line in enumerate(lines) if at % 3]
    wrong = {"学前": "安全", "安全": "经费", "经费": "学前"}
    bad = [line if at % 5 < 2 else {**line, "themes": [wrong[line["themes"][0]]]} for at, line in enumerate(seen)]
    for name, written, date in (("labels", seen, "20200101"), ("wrong", bad, "20200102")):
        write_labels(folder / name, written)
        protected = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in kept)
        (folder / name / "protected.jsonl").write_text(protected, encoding="utf-8")
        train(folder / name, Versions(folder / "models"), date)
    versions = Versions(folder / "models")
    versions.go_live(Promotion(versions.names()[0], "2026-01-01T09:00:00+00:00", "promote"))
    return folder


def test_a_worse_candidate_is_refused_in_words_and_forced_only_with_a_reason(
    browser: Browser, serve: Serve, two_models: Path, tmp_path: Path
) -> None:
    for name in ("models", "labels"):
        shutil.copytree(two_models / name, tmp_path / name)
    good, bad = Versions(tmp_path / "models").names()
    with serve("--models", tmp_path / "models", environment=HERE) as client:
        visit = Visit(browser, str(client.base_url))
        page = visit.open(f"/desk/train/versions/{bad}")
        expect(page.locator("#verdict")).to_contain_text("不宜上线。")
        expect(page.locator("#verdict")).to_contain_text("不通过:")
        expect(page.locator(".moves li").first).to_contain_text("变差")
        expect(page.locator("main")).to_contain_text("登录后可上线")
        sign_in(visit, to=f"/desk/train/versions/{bad}")
        page.get_by_label("理由").fill("")
        page.get_by_role("button", name="上线").click()
        expect(page.locator("#wrong")).to_contain_text("没有上线:它不如在用的模型")
        expect(page.locator("#wrong li").first).to_contain_text("micro-F1")
        assert "--" not in page.locator("#wrong").inner_text()
        page.get_by_label("不管比较结果").check()
        page.get_by_role("button", name="上线").click()
        expect(page.locator("#wrong")).to_contain_text("写明原因")
        expect(page.get_by_label("不管比较结果")).to_be_checked()
        assert client.get("/models").json()["live"] == good
        page.get_by_label("理由").fill(HOSTILE)
        page.get_by_role("button", name="上线").click()
        expect(page.locator("#done")).to_contain_text(f"之前在用的是 {good}")
        page = visit.open("/desk/train")
        expect(page.locator("#live")).to_contain_text("强制上线:" + HOSTILE.replace("\u202e", "[U+202E]"))
        assert page.locator("main script").count() == 0
        assert "taken" not in page.title()
        stale = {"csrf": str(page.locator("body").get_attribute("data-csrf")), "live": good}
        cookies = {one["name"]: one["value"] for one in visit.context.cookies()}
        moved = httpx.post(
            f"{visit.host}/desk/train/rollback", data=stale, cookies=cookies, trust_env=False, timeout=30
        )
        assert (moved.status_code, "有人换了在用的模型" in moved.text) == (409, True)
        assert client.get("/models").json()["live"] == bad
        excused(visit, "409", "422")
        visit.context.close()


def test_what_an_annotator_said_before_is_replaced_only_when_that_is_asked_for(visit: Visit, office: Running) -> None:
    told = {"text": "开展托育服务<b>调查</b>。", "themes": ["学前"], "annotator": "王芳", "kind": "section"}
    office.client.post("/labels", json={"labels": [told]}, headers=AUTH).raise_for_status()
    rows = f"正文,主题,标注人\n{told['text']},经费,王芳\n{HOSTILE}的报告已收到。,,王芳\n"
    page = looked_through(
        visit, {"name": "<b>新</b>\u202e名.csv".replace("/", ""), "mimeType": "text/csv", "buffer": rows.encode()}
    )
    expect(page.get_by_role("alert")).to_contain_text("有 1 处错")
    expect(page.locator(".lines tbody tr")).to_contain_text("第 2 行“王芳”对这段文本已有不同的标注")
    page.get_by_role("button", name="以文件为准,再核对").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("可以导入", timeout=DONE)
    expect(page.locator(".figures")).to_contain_text("更改1 条")
    expect(page.locator("main")).to_contain_text("“<b>新<b>[U+202E]名.csv”")
    assert page.locator("main script, main b").count() == 0
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已导入", timeout=DONE)
    found = office.client.get("/labels", params={"words": "托育服务"}).json()["items"]
    assert [one["themes"] for one in found] == [["经费"]]

    page = looked_through(visit, {"name": "坏.xlsx", "mimeType": "application/zip", "buffer": b"PK\x03\x04no"})
    expect(page.locator(".lines tbody tr")).to_contain_text("坏.xlsx不是可读的 xlsx 工作簿")
    page = visit.open("/desk/train/import")
    page.get_by_label("文件", exact=True).set_input_files(
        files=[{"name": "大.csv", "mimeType": "text/csv", "buffer": b"x" * 300_000}]
    )
    page.get_by_role("button", name="核对").click()
    expect(page.locator("#large")).to_contain_text("请拆成几份")
    page.get_by_label("来源").fill("县教育局")
    page.get_by_label("文件", exact=True).set_input_files(
        files=[{"name": "空.csv", "mimeType": "text/csv", "buffer": b""}]
    )
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_role("alert").first).to_contain_text("文件是空的")
    expect(page.get_by_label("来源")).to_have_value("县教育局")
    excused(visit, "422")


def test_the_checks_name_the_texts_to_look_at_again(visit: Visit, office: Running) -> None:
    text = "每月排查校园消防隐患,建立台账并公示结果。"
    for who, theme in (("王芳", "安全"), ("赵敏", "经费")):
        label = {"text": text, "themes": [theme], "annotator": who, "kind": "section"}
        office.client.post("/labels", json={"labels": [label]}, headers=AUTH).raise_for_status()
    page = visit.open("/desk/train")
    page.get_by_role("link", name="检查标注").click()
    expect(page.locator("main")).to_contain_text("只查不改")
    page.get_by_role("button", name="开始检查").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("检查结果", timeout=DONE)
    expect(page.locator(".tally")).to_contain_text("标注太少的主题 3")
    expect(page.locator(".tally")).to_contain_text("标注者意见不一的文本 1")
    conflict = page.locator("#kind-conflict ~ .findings").first
    expect(conflict).to_contain_text("王芳:安全")
    expect(conflict).to_contain_text(text)
    number = office.client.get("/labels", params={"words": "建立台账并公示"}).json()["items"][0]["id"]
    conflict.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(f"/desk/review/labels/{number}$"))
    expect(page.locator("article")).to_contain_text(text)
    expect(page.locator(".readings")).to_contain_text("王芳")
    expect(page.locator(".readings")).to_contain_text("赵敏")
    expect(page.get_by_role("button", name="保存")).to_be_visible()
    page.go_back()
    page.get_by_label("也找可疑的标注").uncheck()
    page.get_by_role("button", name="再检查一次").click()
    expect(page.get_by_text("这次没有找可疑的标注")).to_be_visible(timeout=DONE)
    visit.check()


def test_only_who_may_label_imports_and_only_who_may_train_trains(
    visit: Visit, office: Running, run_command: Run, tmp_path: Path
) -> None:
    store = {"POLICY_THEMES_DATABASE": f"sqlite:///{tmp_path / 'store.db'}"}
    keys = {}
    for name, scope in (("标注员", "label"), ("看客", "read")):
        made = run_command("keys", "create", name, "--scope", scope, env={**os.environ, **store})
        keys[scope] = re.search(r"ptk_\S+", made.stdout.decode())[0]
    visit.context.clear_cookies()
    page = visit.open("/desk/train")
    expect(page.locator("main")).to_contain_text("登录后可导入标注(label 权限)、训练和上线(train 权限)")
    sign_in(visit, keys["label"])
    expect(page.locator("#step-run")).to_contain_text("您的密钥没有 train 权限,不能训练")
    csrf = str(page.locator("body").get_attribute("data-csrf"))
    cookies = {one["name"]: one["value"] for one in visit.context.cookies()}
    page = visit.open("/desk/train/rollback")
    expect(page.locator("main")).to_contain_text("没有 train 权限,请向管理员申请")
    version = answering(office)
    browser = {"accept": "text/html"}
    with httpx.Client(base_url=visit.host, cookies=cookies, trust_env=False, timeout=30, headers=browser) as client:
        for path in ("runs", f"versions/{version}/promote", "rollback", "runs/0/cancel"):
            refused = client.post(f"/desk/train/{path}", data={"csrf": csrf})
            assert (refused.status_code, "没有 train 权限" in refused.text) == (403, True), path
        assert client.post("/desk/train/checks", data={}).status_code == 403  # without the token
        assert client.get("/desk/train/runs/none").status_code == 404
        assert client.get("/desk/train/versions/none").status_code == 404
        assert client.post("/desk/train/imports/none/confirm", data={"csrf": csrf}).status_code == 404
        assert client.get("/desk/train/rollback", follow_redirects=False).status_code == 403
    sign_in(visit, keys["read"])
    expect(page.locator("main")).to_contain_text("您的密钥既没有 label 也没有 train 权限,只能查看")
    page.get_by_role("link", name="导入文件").click()
    expect(page.locator("main")).to_contain_text("没有 label 权限,请向管理员申请")
    excused(visit, "403")


def test_without_a_model_or_without_labels_the_page_says_what_to_do(
    browser: Browser, serve: Serve, home: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "bare"
    (bare / "models").mkdir(parents=True)
    line = {**label_lines()[0], "text": f"{PARTS['学前'][0]}一所。"}
    write_labels(bare / "labels", [line])
    with serve("--models", bare / "models", environment=HERE) as client:
        visit = Visit(browser, str(client.base_url))
        page = visit.open("/desk/train")
        expect(page.locator("#live")).to_contain_text("还没有在用的模型")
        expect(page.locator("#step-run")).to_contain_text("还不能训练:“安全”“经费”“学前”的标注太少")
        expect(page.locator(".bars")).to_contain_text("不足 5 条,不能训练")
        expect(page.get_by_text("还没有上线过任何版本")).to_be_visible()
        sign_in(visit, to="/desk/train/rollback")
        expect(page.get_by_text("没有更早的上线版本可以退回")).to_be_visible()
        visit.check()
        visit.context.close()
    shutil.copytree(home / "models", tmp_path / "models")
    with serve("--models", tmp_path / "models", environment=HERE) as client:
        visit = Visit(browser, str(client.base_url))
        page = visit.open("/desk/train")
        expect(page.get_by_role("alert")).to_contain_text("读不到标注库")
        expect(page.locator("#live")).to_contain_text("第一个版本")
        version = Versions(tmp_path / "models").names()[0]
        expect(visit.open(f"/desk/train/versions/{version}").locator("main")).to_contain_text("这就是在用的模型")
        assert faults(page) == []
        (tmp_path / "models" / "current").write_text("../x\n")
        expect(visit.open("/desk/train").locator("main")).to_contain_text("模型文件夹有问题")
        visit.check()
        visit.context.close()


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a part of the labels that came with the program, and a live version trained on half of that part."""
    folder = tmp_path_factory.mktemp("field")
    versions = Versions(folder / "models")
    for name, every in (("half", 8), ("labels", 4)):
        (folder / name).mkdir()
        for file in (ROOT / "labels").iterdir():
            if file.suffix == ".jsonl" and file.name not in ("real.jsonl", "protected.jsonl"):
                kept = file.read_text("utf-8").splitlines(keepends=True)[::every]
                (folder / name / file.name).write_text("".join(kept), encoding="utf-8")
            elif file.name in ("themes.yaml", "lexicon.txt", "protected.jsonl"):
                shutil.copy(file, folder / name / file.name)
    train(folder / "half", versions, "20261101")
    versions.go_live(Promotion(versions.names()[0], "2026-11-02T01:30:00+00:00", "promote", "秋季学期的标注", "陈静"))
    return folder


def test_pages_are_sound_in_light_and_dark_and_on_a_phone(browser: Browser, serve: Serve, field: Path) -> None:
    rows = [
        ("成立托育服务指导中心,新增托位三百个。", "学前教育", "县教育局"),
        ("校医室配备急救设备。", "卫生", "县教育局"),
    ]
    with serve("--models", field / "models", environment=HERE) as client:
        visit = Visit(browser, str(client.base_url))
        sign_in(visit)
        faulty = looked_through(visit, workbook(*rows)).url.removeprefix(visit.host)
        visit.open("/desk/train/checks")
        visit.page.get_by_role("button", name="开始检查").click()
        visit.page.get_by_text("取消检查").click()
        expect(visit.page.get_by_text("这次检查取消了")).to_be_visible()
        visit.page.get_by_label("也找可疑的标注").uncheck()
        visit.page.get_by_role("button", name="重新检查").click()
        expect(visit.page.get_by_role("heading", level=1)).to_have_text("检查结果", timeout=DONE)
        visit.open("/desk/train").get_by_role("button", name="开始训练").click()
        visit.page.get_by_text("取消训练").wait_for()
        assert faults(visit.page) == []
        expect(visit.page.get_by_role("heading", level=1)).to_have_text("训练完成", timeout=DONE)
        ended = visit.page.url.removeprefix(visit.host)
        candidate = Versions(field / "models").names()[1]
        visit.check()
        visit.context.close()
        views = {
            "train": "/desk/train",
            "train-import": "/desk/train/import",
            "train-faults": faulty,
            "train-checks": "/desk/train/checks",
            "train-run": ended,
            "train-version": f"/desk/train/versions/{candidate}",
        }
        for scheme in ("light", "dark"):
            seen(browser, str(client.base_url), views, scheme)


def seen(browser: Browser, host: str, views: dict[str, str], scheme: str) -> None:
    """Every page looked at, wide and narrow."""
    visit = Visit(browser, host, color_scheme=scheme)
    sign_in(visit)
    for name, path in views.items():
        page = visit.open(path)
        if name == "train-version":
            expect(page.locator("canvas").first).to_be_visible()
        assert faults(page) == [], name
        screenshot(page, f"{name}-{scheme}")
        if scheme == "light":
            page.set_viewport_size({"width": 360, "height": 740})
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
            assert faults(page) == [], name
            screenshot(page, f"{name}-phone")
            page.set_viewport_size({"width": 1280, "height": 800})
    visit.check()
    visit.context.close()


def test_a_file_waits_to_be_confirmed_once_and_the_oldest_make_room(store: Database) -> None:
    for number in range(MOST + 1):
        with store.write() as connection:
            hold(connection, f"{number:016x}", "王芳", {"name": "表.csv"}, f"文件 {number}".encode())
    with store.write() as connection:
        assert not is_held(connection, f"{0:016x}")
        assert is_held(connection, f"{1:016x}")
        assert take(connection, f"{MOST:016x}") == f"文件 {MOST}".encode()
        assert take(connection, f"{MOST:016x}") is None
        assert not is_held(connection, f"{MOST:016x}")


def test_what_is_told_of_a_job_is_told_in_chinese_and_by_line() -> None:
    assert chinese("已取消 (cancelled)") == "已取消"
    assert chinese("表.csv:1: 没有正文列 (has no text column; name it text or 正文)") == "表.csv:1: 没有正文列"
    assert chinese("留出验证 1/5(12 条)") == "留出验证 1/5(12 条)"
    none = dict.fromkeys(("new", "changed", "same", "unlabelled", "differing", "conflicts", "fault_count", "near"), 0)
    faulty = [{"where": "a.csv:12", "zh": "未知主题“学前教育”,是否为“学前”?", "en": ""}]
    report = report_of({**none, "faults": faulty, "warnings": [], "themes": {}})
    assert report.unknown == ("学前教育",)
    assert report.nothing
    told = dataclasses.astuple(report.faults[0])
    assert told == ("第 12 行", "主题表里没有“学前教育”", "改为“学前”,或先到“主题”页增加它")
