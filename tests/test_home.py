"""Another field from nothing: a folder of its own, five themes of health policy, and the same commands and API."""

import csv
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_themes import Codebook, Tagger
from policy_themes.cli import app
from policy_themes.errors import InputError
from policy_themes.home import Home, make_home
from policy_themes.tagging.features import Clause
from policy_themes.versions import Versions
from training.calibrate import calibrate
from training.exchange import read_file
from training.fit import ALWAYS, NEVER, fit, weights_of
from training.folds import fold_of, groups
from training.gate import promote
from training.labels import Item, read_labels
from training.measuring import evaluate, read_test_set
from training.metrics import micro_f1
from training.run import train

HEALTH = Path(__file__).parent.parent / "policy_themes/examples/health"
UNSEEN = [json.loads(line) for line in (HEALTH / "unseen.jsonl").read_text("utf-8").splitlines()]
THEMES = ["基层医疗", "公共卫生", "医保", "中医药", "卫生人才"]
PIECES = {".gitignore", "labels", "models"}
FILES = {"themes.yaml", "lexicon.txt", "README.md"}
Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture(scope="module")
def health(run_command: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The walk-through of the README up to the training: a home with a live model of health policy."""
    home = tmp_path_factory.mktemp("field") / "卫健"
    done = run_command("init", home)
    assert done.returncode == 0, done.stderr.decode()
    for name in ("themes.yaml", "lexicon.txt"):
        (home / "labels" / name).write_bytes((HEALTH / name).read_bytes())
    for words in (["labels", "import", HEALTH / "labels.csv"], ["labels", "check"], ["train"]):
        done = run_command(*words, "--home", home)
        assert done.returncode == 0, done.stderr.decode()
    return home


def test_the_service_answers_with_the_themes_of_the_field(health: Path, serve: Callable[..., httpx.Client]) -> None:
    with serve("--home", health) as client:
        listed = client.get("/themes").json()["themes"]
        answers = [client.post("/classify", json={"text": one["text"]}).json()["themes"] for one in UNSEEN]
    assert [theme["name"] for theme in listed] == THEMES
    assert all(theme["covers"] for theme in listed)
    right = [
        {theme["name"] for theme in found} == set(one["themes"]) for found, one in zip(answers, UNSEEN, strict=True)
    ]
    first = [
        found[0]["name"] in one["themes"] for found, one in zip(answers, UNSEEN, strict=True) if one["themes"] and found
    ]
    assert len(UNSEEN) == 10
    assert sum(right) >= 7
    assert sum(first) >= 8


def test_the_unseen_sections_are_in_no_label(health: Path) -> None:
    labelled = {item.text for item in read_labels(health / "labels").items}
    assert len(labelled) >= 80
    assert not labelled & {one["text"] for one in UNSEEN}
    assert {theme for one in UNSEEN for theme in one["themes"]} == set(THEMES)


def test_every_way_of_naming_the_home_tags_alike(health: Path, run_command: Run, tmp_path: Path) -> None:
    (tmp_path / "段落.jsonl").write_bytes((HEALTH / "unseen.jsonl").read_bytes())
    words = ["tag", tmp_path / "段落.jsonl", "-o", "-"]
    environment = {**os.environ, "POLICY_THEMES_HOME": str(health)}
    after = run_command(*words, "--home", health)
    assert after.returncode == 0, after.stderr.decode()
    rows = [json.loads(line) for line in after.stdout.splitlines()]
    assert len(rows) == len(UNSEEN)
    assert {theme["name"] for row in rows for theme in row["themes"]} == set(THEMES)
    assert run_command("--home", health, *words).stdout == after.stdout
    assert run_command(*words, env=environment).stdout == after.stdout
    assert run_command("--home", tmp_path / "none", *words, "--home", health).stdout == after.stdout


def test_models_evaluate_and_labels_know_the_home(health: Path, run_command: Run) -> None:
    version = Versions(health / "models").live()
    assert f"* {version}" in run_command("models", "list", "--home", health).stdout.decode()
    measured = run_command("evaluate", HEALTH / "unseen.jsonl", "--home", health).stdout.decode()
    assert measured.startswith(f"{version}  10 段")
    assert "83 段" in run_command("--home", health, "labels", "check").stdout.decode()


def test_the_card_and_the_program_speak_of_no_other_field(health: Path, run_command: Run) -> None:
    folder = Versions(health / "models").live_folder()
    told = (folder / "MODEL_CARD.md").read_text("utf-8") + (folder / "report.html").read_text("utf-8")
    told += run_command("--help").stdout.decode() + (health / "labels/README.md").read_text("utf-8")
    told += (health / ".gitignore").read_text("utf-8")
    assert "、".join(THEMES) in told
    assert not [word for word in ("教育", "education", "学前", "义教", "34 个", "34 themes") if word in told]


def test_folders_given_win_over_the_home(health: Path, small_labels: Path, run_command: Run, tmp_path: Path) -> None:
    shown = run_command("labels", "check", "--home", health, "--labels", small_labels).stdout.decode()
    assert shown.startswith(str(small_labels))
    assert "没有模型" in run_command("models", "list", "--home", health, "--models", tmp_path).stdout.decode()
    # A home that is not asked for anything need not be one.
    assert run_command("labels", "check", "--home", tmp_path, "--labels", small_labels).returncode == 0


@pytest.mark.parametrize("words", [["train"], ["serve"]])
def test_a_folder_that_is_no_home_is_refused_with_the_remedy(
    words: list[str], run_command: Run, tmp_path: Path
) -> None:
    done = run_command(*words, "--home", tmp_path)
    assert done.returncode == 2
    assert f"{tmp_path}: 不是工作文件夹".encode() in done.stderr
    assert f"policy-themes init {tmp_path}".encode() in done.stderr
    assert run_command(*words, env={**os.environ, "POLICY_THEMES_HOME": str(tmp_path)}).stderr == done.stderr


def test_a_home_says_what_comes_next_until_there_is_a_model(run_command: Run, tmp_path: Path) -> None:
    home = tmp_path / "新 领域"
    made = run_command("init", home, "--themes", "基层医疗,医保、中医药").stdout.decode()
    commands = [line.split() for line in made.splitlines() if line.startswith("  policy-themes")]
    assert [words[1] for words in commands] == ["labels", "train", "serve"]
    assert all(line.endswith(f"--home '{home}'") for line in made.splitlines() if line.startswith("  policy-themes"))
    assert b"labels import" in run_command("train", "--home", home).stderr
    assert "policy-themes train" in run_command("models", "list", "--home", home).stdout.decode()
    assert b"policy-themes train" in run_command("tag", HEALTH / "unseen.jsonl", "-o", "-", "--home", home).stderr
    assert [theme.name for theme in Codebook.read(home / "labels/themes.yaml").themes] == ["基层医疗", "医保", "中医药"]


def test_a_new_home_is_whole_and_its_codebook_explains_itself(tmp_path: Path) -> None:
    home = make_home(tmp_path / "a/b")
    assert {path.name for path in home.folder.iterdir()} == PIECES
    assert {path.name for path in home.labels.iterdir()} == FILES
    assert not list(home.models.iterdir())
    codebook = (home.labels / "themes.yaml").read_text("utf-8")
    for field in ("id", "covers", "not", "aliases", "retired", "boundaries"):
        assert field in codebook
    lines = codebook.split("\nthemes:\n")[1].split("\n\n")[0].splitlines()
    examples = tmp_path / "themes.yaml"
    examples.write_text("themes:\n" + "\n".join(line.replace("#", " ", 1) for line in lines[1:]), "utf-8")
    assert len(Codebook.read(examples).themes) == 5


@pytest.mark.parametrize("there", ["notes.txt", "labels/a.jsonl", "models/current", ".git/HEAD"])
def test_a_folder_with_content_of_its_own_is_refused_and_left_alone(there: str, tmp_path: Path) -> None:
    (tmp_path / there).parent.mkdir(exist_ok=True)
    (tmp_path / there).write_text("own", "utf-8")
    with pytest.raises(InputError, match=r"已有内容.*policy-themes init"):
        make_home(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / there]


def test_a_home_and_a_file_are_refused(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    with pytest.raises(InputError, match="--home"):
        make_home(home.folder)
    (tmp_path / "file").write_text("own", "utf-8")
    with pytest.raises(InputError, match="不是文件夹"):
        make_home(tmp_path / "file")


KILLED = """
import os, signal, sys
from pathlib import Path
from policy_themes.home import make_home
left = [int(sys.argv[2])]
def step(event, arguments):
    if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(step)
make_home(Path(sys.argv[1]))
"""


def test_killed_at_any_step_it_is_no_home_or_a_whole_one_and_can_be_made_again(tmp_path: Path) -> None:
    steps, killed = 0, True
    while killed:
        steps += 1
        folder = tmp_path / str(steps)
        killed = subprocess.run([sys.executable, "-c", KILLED, folder, str(steps)], check=False).returncode == -9
        if not (folder / "labels").exists():
            with pytest.raises(InputError, match="不是工作文件夹"):
                Home.at(folder)
            make_home(folder)
            assert {path.name for path in folder.iterdir()} == PIECES
        assert {path.name for path in Home.at(folder).labels.iterdir()} == FILES
    assert steps > 10


@given(
    st.lists(
        st.text("医保a-b_1:{}[]#&*!|>'\"%@`\\~？ ,、\n\x85", min_size=1, max_size=6) | st.text(max_size=45), max_size=4
    )
)
def test_any_names_are_kept_as_they_are_or_refused(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    folder = tmp_path_factory.mktemp("names") / "home"
    try:
        home = make_home(folder, names)
    except InputError:
        assert not folder.exists() or not (folder / "labels").exists()
        return
    if names:
        assert [theme.name for theme in Codebook.read(home.labels / "themes.yaml").themes] == names


def commands(group: object, path: str = "") -> list[tuple[str, object]]:
    """Every command below a Typer app, with its path."""
    found = [(f"{path} {one.name or one.callback.__name__}", one.callback) for one in group.registered_commands]
    for one in group.registered_groups:
        found += commands(one.typer_instance, f"{path} {one.name}")
    return found


def test_every_command_that_takes_labels_or_models_takes_a_home(run_command: Run) -> None:
    taking = 0
    for path, _ in commands(app):
        shown = run_command(*path.split(), "--help").stdout.decode()
        if "--labels" in shown or "--models" in shown:
            taking += 1
            assert "--home" in shown, path
    assert taking >= 6


def test_sixty_labels_of_one_file_train_go_live_and_answer(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    (home.labels / "themes.yaml").write_bytes((HEALTH / "themes.yaml").read_bytes())
    codebook = Codebook.read(HEALTH / "themes.yaml")
    rows = random.Random(5).sample(list(read_file(HEALTH / "labels.csv", codebook)), 60)
    said = ["kind", "text", "themes", "source", "annotator", "date"]
    lines = [
        {"id": f"a{at}"} | dict(zip(said, ["section", row.text, list(row.themes), "一份表格", "测试", ""], strict=True))
        for at, row in enumerate(rows)
    ]
    written = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (home.labels / "a.jsonl").write_text(written, "utf-8")
    told: list[str] = []
    candidate = train(home.labels, Versions(home.models), "20260101", report=told.append)
    assert any("按条分折" in line for line in told)
    assert candidate.held_out.items == 60
    assert candidate.held_out.micro_f1 > 0.5
    promote(Versions(home.models), candidate.version, "2026-01-01T00:00:00+00:00")
    tagger = Tagger.load(Versions(home.models).live_folder())
    measured = evaluate(tagger, read_test_set(HEALTH / "unseen.jsonl", tagger.themes))
    assert measured.first_right >= 0.7


def test_sources_are_kept_together_unless_one_fold_would_hold_most() -> None:
    def items(*sources: str) -> list[Item]:
        return [Item(str(at), "section", f"文{at}", (), source, "", "", "") for at, source in enumerate(sources)]

    spread = [f"s{number}" for number in range(6)]
    assert groups(items(*spread)) == spread
    assert groups(items("s0", "s0", "s0", "s1")) == ["文0", "文1", "文2", "文3"]
    assert len({fold_of(f"文{at}") for at in range(60)}) == 5


def test_the_threshold_of_few_texts_is_half_of_the_best_f1() -> None:
    scores, carried = np.linspace(-2, 2, 60, dtype=np.float32)[:, None], (np.arange(60) >= 30)[:, None]
    carried[[5, 55]] = ~carried[[5, 55]]
    found = calibrate(scores, carried)
    best = max(micro_f1(carried, found.probabilities(scores) >= step / 100) for step in range(10, 61))
    assert found.thresholds.tolist() == pytest.approx([best / 2], abs=0.006)


@pytest.mark.parametrize("column", [[1, 1, 1, 1], [0, 0, 0, 0]])
def test_a_theme_that_all_or_no_items_carry_is_learnt_as_that(column: list[int]) -> None:
    texts = ["甲 乙", "乙 丙", "甲 丙", "甲 丁"]
    for carried in (np.array([column]).T, np.array([column, [1, 0, 1, 0]]).T):
        pipeline = fit([[Clause(0, 3, 0, tuple(text.split(" ")))] for text in texts], carried.astype(bool))
        nothing = np.zeros(carried.shape[1])
        weights = weights_of(pipeline, nothing, nothing, nothing)
        assert weights.coefficients.shape[1] == carried.shape[1]
        np.testing.assert_array_equal(
            pipeline.decision_function(texts).reshape(4, -1)[:, 0], [ALWAYS if column[0] else NEVER] * 4
        )


def test_the_example_is_as_large_and_as_varied_as_it_says() -> None:
    with (HEALTH / "labels.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 83
    assert len({row["来源"] for row in rows}) == 13
    for theme in THEMES:
        assert sum(theme in row["主题"].split("、") for row in rows) >= 16
    assert sum(not row["主题"] for row in rows) == 10
