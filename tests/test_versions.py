import json
import multiprocessing
import os
import random
import shutil
import signal
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from policy_themes.errors import ModelDamaged, ModelMissing, PromotionRefused
from policy_themes.store import load_model, save_model
from policy_themes.versions import Promotion, Versions
from training.gate import promote


@pytest.fixture
def versions(small_models: Path, tmp_path: Path) -> Versions:
    """Three versions, alike but for their names, none of them live."""
    source = Versions(small_models)
    model = load_model(source.path(source.names()[0]))
    for name in ("20240101-a", "20240102-b", "20240103-c"):
        save_model(tmp_path / name, model, {}, {})
    return Versions(tmp_path)


def go_live(versions: Versions, name: str, action: str = "promote") -> None:
    versions.go_live(Promotion(name, "2024-01-01T00:00:00+00:00", action))


def test_nothing_is_live_at_first(versions: Versions) -> None:
    assert versions.live() is None
    with pytest.raises(ModelMissing, match="policy-themes train"):
        versions.live_folder()


def test_promotions_are_kept_and_undone_in_turn(versions: Versions) -> None:
    for name in versions.names():
        go_live(versions, name)
    assert versions.live() == "20240103-c"
    go_live(versions, versions.before(), "rollback")
    assert versions.live() == "20240102-b"
    go_live(versions, versions.before(), "rollback")
    assert versions.live() == "20240101-a"
    assert [step.action for step in versions.history()] == ["promote"] * 3 + ["rollback"] * 2
    with pytest.raises(ModelMissing, match="没有更早"):
        versions.before()


def test_a_version_that_does_not_load_never_goes_live(versions: Versions) -> None:
    go_live(versions, "20240101-a")
    (versions.path("20240102-b") / "weights.npz").write_bytes(b"half")
    with pytest.raises(ModelDamaged):
        go_live(versions, "20240102-b")
    assert versions.live() == "20240101-a"
    assert len(versions.history()) == 1


def test_an_unknown_version_is_answered_with_those_there_are(versions: Versions) -> None:
    with pytest.raises(ModelMissing, match="20240103-c"):
        versions.path("../elsewhere")


def test_a_current_file_that_points_elsewhere_is_refused(versions: Versions) -> None:
    (versions.folder / "current").write_text("../../etc\n", "utf-8")
    with pytest.raises(ModelDamaged, match="current"):
        versions.live()


def test_a_promotion_mends_a_damaged_current(versions: Versions) -> None:
    (versions.folder / "current").write_bytes(b"\xff\x00")
    promote(versions, versions.names()[0], "2026-01-01T00:00:00+00:00")
    assert versions.live() == versions.names()[0]
    assert versions.history()[-1].version == versions.names()[0]


def test_half_written_folders_are_not_versions(versions: Versions) -> None:
    shutil.copytree(versions.path("20240101-a"), versions.folder / ".20240104-d.tmp")
    (versions.folder / "20240105-e").mkdir()
    assert len(versions.names()) == 3


def test_who_promoted_is_kept_and_older_lines_still_load(versions: Versions) -> None:
    old = {"version": "20240101-a", "at": "2024-01-01T00:00:00+00:00", "action": "promote", "note": "首版"}
    (versions.folder / "history.jsonl").write_text(json.dumps(old) + "\n", "utf-8")
    (versions.folder / "current").write_text("20240101-a\n", "utf-8")
    versions.go_live(Promotion("20240102-b", "2024-02-01T00:00:00+00:00", "promote", by="李老师"))
    assert versions.roll_back("2024-03-01T00:00:00+00:00", by="王老师", note="演练") == "20240101-a"
    assert [(step.by, step.note) for step in versions.history()] == [("", "首版"), ("李老师", ""), ("王老师", "演练")]
    assert versions.live() == "20240101-a"


def test_a_line_that_is_no_promotion_is_named(versions: Versions) -> None:
    go_live(versions, "20240101-a")
    with (versions.folder / "history.jsonl").open("a") as file:
        file.write('{"version": "x"}\n')
    with pytest.raises(ModelDamaged, match=r"history\.jsonl:2"):
        versions.history()


def test_a_promotion_that_was_cut_short_is_told_and_undoes_nothing(versions: Versions) -> None:
    go_live(versions, "20240101-a")
    go_live(versions, "20240102-b")
    # What a process leaves that is killed after it wrote the history and before it wrote `current`.
    with (versions.folder / "history.jsonl").open("a") as file:
        file.write(json.dumps({"version": "20240103-c", "at": "2024-01-03T00:00:00+00:00", "action": "promote"}) + "\n")
    (versions.folder / ".current.0badcafe.tmp").write_text("20240103-c\n")
    assert versions.live() == "20240102-b"
    assert [step.interrupted for step in versions.history()] == [False, False, True]
    assert versions.roll_back("2024-01-04T00:00:00+00:00") == "20240101-a"
    assert [step.interrupted for step in versions.history()] == [False, False, True, False]
    assert not list(versions.folder.glob(".*.tmp"))
    with pytest.raises(ModelMissing, match="没有更早"):
        versions.before()


def test_what_was_compared_with_another_live_model_does_not_go_live(versions: Versions) -> None:
    go_live(versions, "20240101-a")
    step = Promotion("20240103-c", "2024-01-01T00:00:00+00:00", "promote")
    with pytest.raises(PromotionRefused, match="请重试"):
        versions.go_live(step, over="20240102-b")
    assert versions.live() == "20240101-a"
    assert len(versions.history()) == 1
    versions.go_live(step, over="20240101-a")
    assert versions.live() == "20240103-c"


def test_promoting_the_live_version_again_keeps_the_way_back(versions: Versions) -> None:
    for name in ("20240101-a", "20240102-b", "20240102-b"):
        go_live(versions, name)
    assert versions.before() == "20240101-a"


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Starts processes that have loaded the code already, so that many can be started and killed in a short time."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["test_versions"])
    return context


def keep_promoting(folder: Path, process: int, count: int, acknowledge: Connection) -> None:
    """Promote one version after the other, saying after each that it is done."""
    versions = Versions(folder)
    names = versions.names()
    for number in range(count):
        note = f"{process}-{number}"
        versions.go_live(
            Promotion(names[(process + number) % len(names)], "2024-01-01T00:00:00+00:00", "promote", note)
        )
        acknowledge.send(note)
    acknowledge.close()


def acknowledged(receiver: Connection) -> Iterator[str]:
    """What a process said until it ended or was killed."""
    while True:
        try:
            yield receiver.recv()
        except EOFError:
            return


def test_promotions_in_many_processes_at_once_are_all_kept(versions: Versions, processes: ForkServerContext) -> None:
    started, pipes = [], []
    for number in range(4):
        receiver, sender = processes.Pipe(duplex=False)
        process = processes.Process(target=keep_promoting, args=(versions.folder, number, 15, sender))
        process.start()
        sender.close()
        started.append(process)
        pipes.append(receiver)
    for process, receiver in zip(started, pipes, strict=True):
        assert len(list(acknowledged(receiver))) == 15
        process.join(30)
        assert process.exitcode == 0
    steps = versions.history()
    assert sorted(step.note for step in steps) == sorted(f"{p}-{n}" for p in range(4) for n in range(15))
    for number in range(4):
        own = [step.note for step in steps if step.note.startswith(f"{number}-")]
        assert own == [f"{number}-{at}" for at in range(15)]
    assert steps[-1].version == versions.live()


def test_a_kill_at_any_moment_loses_no_promotion_and_leaves_a_live_model(
    versions: Versions, processes: ForkServerContext
) -> None:
    dice = random.Random(20261123)
    done: list[str] = []
    go_live(versions, "20240101-a")
    for number in range(20):
        receiver, sender = processes.Pipe(duplex=False)
        process = processes.Process(target=keep_promoting, args=(versions.folder, number, 10_000, sender))
        process.start()
        sender.close()
        for _ in range(dice.randint(1, 4)):
            done.append(receiver.recv())
        receiver.poll(dice.uniform(0, 0.02)) if dice.random() < 0.5 else None
        os.kill(process.pid, signal.SIGKILL)
        process.join(30)
        assert process.exitcode == -signal.SIGKILL
        done += acknowledged(receiver)
        steps = [step for step in versions.history() if not step.interrupted]
        kept = [step.note for step in steps[1:]]
        # The last of a killed process may have been done and not yet said; none that was said is missing or out of order.
        assert [note for note in kept if note in done] == done
        assert len(kept) <= len(done) + number + 1
        assert steps[-1].version == versions.live()
        assert load_model(versions.live_folder()).version
        assert len(versions.names()) == 3
    go_live(versions, "20240101-a")
    assert not list(versions.folder.glob(".*.tmp"))
    assert versions.before() != "20240101-a"
