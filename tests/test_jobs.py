"""The queue of jobs and the processes that work on them, on each of the two databases. Processes are real, and really killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from conftest import write_labels

from service.database.database import Database
from service.jobs import queue
from service.jobs.identity import alive, identity
from service.jobs.job import Job
from service.jobs.leftovers import clear
from service.jobs.orphans import ATTEMPTS, Orphans
from service.jobs.process import Process
from service.jobs.runner import Runner
from service.labels.find import Filter, count
from service.refusals import Conflict, NotThere
from service.settings import Settings
from service.store import LabelStore

ELSEWHERE = "another-machine|7|7"
OPTIONS = {"format": "", "kind": "section", "source": "", "annotator": "", "replace": False}
OPTIONS |= {"protected": False, "unlabelled": False, "preview": False, "name": "a.csv"}


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def job_of(store: Database, kind: str, job: str) -> Job:
    with store.read() as connection:
        return queue.get(connection, kind, job)


def made(store: Database, kind: str = "import") -> Job:
    with store.write() as connection:
        return queue.create(connection, kind, "王芳", OPTIONS, b"text,themes\n")


def claimed(store: Database, kind: str, runner: str) -> Job | None:
    with store.write() as connection:
        return queue.claim(connection, kind, runner)


@pytest.fixture
def gone() -> str:
    """The identity of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        name = identity(process.pid)
        assert alive(name) is True
        process.kill()
        process.wait()
    assert alive(name) is False
    return name


def test_a_process_is_not_taken_for_another_with_its_number() -> None:
    assert alive(identity()) is True
    host, pid, started = identity().rsplit("|", 2)
    assert alive(f"{host}|{pid}|{int(started) + 1}") is False
    assert alive(f"other-{host}|{pid}|{started}") is None


def test_a_process_that_ended_and_is_not_reaped_is_not_alive() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        name = identity(process.pid)
        until(lambda: alive(name) is False)


def test_imports_are_claimed_once_each_oldest_first(store: Database) -> None:
    jobs = [made(store) for _ in range(12)]
    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(lambda number: claimed(store, "import", f"{ELSEWHERE}{number}"), range(12)))
    assert {job.id for job in taken if job} == {job.id for job in jobs}
    assert claimed(store, "import", "one more") is None
    first = made(store)
    made(store)
    assert claimed(store, "import", ELSEWHERE).id == first.id


def test_one_training_run_at_a_time_however_many_ask(store: Database) -> None:
    def start(number: int) -> str:
        try:
            with store.write() as connection:
                return queue.start(connection, "王芳", {}, f"{ELSEWHERE}{number}").id
        except Conflict as error:
            return f"refused {error.where}"

    with ThreadPoolExecutor(8) as pool:
        told = sorted(pool.map(start, range(8)), key=lambda one: one.startswith("refused"))
    assert told[1:] == [f"refused {told[0]}"] * 7
    with store.write() as connection:
        queue.cancel(connection, "training", told[0])
    assert not start(9).startswith("refused")


def test_only_its_runner_reports_on_a_job_and_not_after_a_cancel(store: Database) -> None:
    job = made(store)
    assert claimed(store, "import", ELSEWHERE).id == job.id
    with store.write() as connection:
        assert queue.report(connection, job.id, ELSEWHERE, done=3, total=9, message="三")
        assert not queue.report(connection, job.id, "somebody", done=5)
        assert not queue.end(connection, job.id, "somebody", "done", "", {})
    told = job_of(store, "import", job.id)
    assert (told.state, told.done, told.total, told.message) == ("running", 3, 9, "三")
    with store.write() as connection:
        assert queue.cancel(connection, "import", job.id).state == "cancelled"
        assert not queue.report(connection, job.id, ELSEWHERE, done=6)
        assert not queue.end(connection, job.id, ELSEWHERE, "done", "", {})
        assert queue.payload_of(connection, job.id) == b""
    with store.write() as connection, pytest.raises(Conflict):
        queue.cancel(connection, "import", job.id)
    with store.read() as connection, pytest.raises(NotThere):
        queue.get(connection, "training", job.id)


def test_jobs_of_dead_processes_are_let_go(store: Database, gone: str) -> None:
    job = made(store)
    claimed(store, "import", gone)
    with store.write() as connection:
        run = queue.start(connection, "王芳", {}, gone)
        Orphans("import").release(connection)
        Orphans("training").release(connection)
    assert job_of(store, "import", job.id).state == "waiting"
    failed = job_of(store, "training", run.id)
    assert failed.state == "failed"
    assert "服务中断" in failed.message
    with store.write() as connection:
        queue.start(connection, "王芳", {}, gone)


def test_jobs_of_this_process_and_of_living_machines_are_left_alone(store: Database) -> None:
    mine, theirs = made(store), made(store)
    claimed(store, "import", identity())
    claimed(store, "import", ELSEWHERE)
    orphans, patient = Orphans("import", silence=0.2), Orphans("import")
    begun = time.monotonic()
    while time.monotonic() < begun + 0.5:
        with store.write() as connection:
            orphans.release(connection)
            patient.release(connection)
            assert queue.report(connection, theirs.id, ELSEWHERE, done=1)
    assert job_of(store, "import", mine.id).state == "running"

    def released() -> bool:
        with store.write() as connection:
            patient.release(connection)
            orphans.release(connection)
        return job_of(store, "import", theirs.id).state == "waiting"

    assert not released()
    until(released, 5)
    assert job_of(store, "import", mine.id).state == "running"


def test_an_import_that_ends_its_process_each_time_is_given_up(store: Database, gone: str) -> None:
    job = made(store)
    for _ in range(ATTEMPTS):
        assert job_of(store, "import", job.id).state == "waiting"
        claimed(store, "import", gone)
        with store.write() as connection:
            Orphans("import").release(connection)
    assert job_of(store, "import", job.id).state == "failed"


@pytest.fixture
def label_store(store_url: str, small_models: Path, tmp_path: Path) -> Iterator[LabelStore]:
    """A store with the small labels in it, and a models folder."""
    write_labels(tmp_path / "labels")
    (tmp_path / "models").mkdir()
    opened = LabelStore(Settings(labels=tmp_path / "labels", models=tmp_path / "models", database=store_url))
    yield opened
    opened.close()


def test_a_runner_takes_up_what_waits_and_stops_when_told(label_store: LabelStore) -> None:
    store = label_store.open()
    with store.write() as connection:
        job = queue.create(connection, "import", "王芳", OPTIONS, "text,themes\n新建幼儿园一所。,学前\n".encode())
    runner = Runner(label_store)
    runner.start()
    until(lambda: job_of(store, "import", job.id).ended)
    ended = job_of(store, "import", job.id)
    assert (ended.state, ended.result["new"]) == ("done", 1)
    with store.read() as connection:
        assert queue.payload_of(connection, job.id) == b""
    begun = time.monotonic()
    runner.stop()
    assert time.monotonic() - begun < 5
    assert not [thread for thread in threading.enumerate() if thread.name in ("import", "training")]


def test_a_stopped_runner_leaves_the_import_for_the_next_and_ends_its_process(label_store: LabelStore) -> None:
    store = label_store.open()
    rows = "".join(f"{number * 7919:x}乡{number * 104729:x}校新建校舍。,经费\n" for number in range(20_000))
    with store.write() as connection:
        job = queue.create(connection, "import", "王芳", OPTIONS, f"text,themes\n{rows}".encode())
    first = Runner(label_store)
    first.start()
    until(lambda: job_of(store, "import", job.id).message)
    first.stop()
    told = job_of(store, "import", job.id)
    assert (told.state, told.runner) == ("waiting", "")
    second = Runner(label_store)
    second.start()
    until(lambda: job_of(store, "import", job.id).ended)
    assert job_of(store, "import", job.id).state == "done"
    second.stop()


def test_a_killed_import_is_begun_anew_but_not_for_ever(label_store: LabelStore) -> None:
    store = label_store.open()
    rows = "".join(f"{number * 7919:x}乡{number * 104729:x}校新建校舍。,经费\n" for number in range(20_000))
    with store.write() as connection:
        before = count(connection, Filter())
        job = queue.create(connection, "import", "王芳", OPTIONS, f"text,themes\n{rows}".encode())
    runner = Runner(label_store)
    runner.start()
    kills = 0
    while not job_of(store, "import", job.id).ended:
        for child in children(os.getpid()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            kills += 1
            until(partial(lambda child: child not in children(os.getpid()), child))
    told = job_of(store, "import", job.id)
    runner.stop()
    assert (told.state, kills) == ("failed", ATTEMPTS)
    assert "不再重试" in told.message
    with store.read() as connection:
        assert count(connection, Filter()) == before


def test_a_fault_outside_holds_up_no_later_look(label_store: LabelStore, caplog: pytest.LogCaptureFixture) -> None:
    """A file stands where the models folder was; it is put right while the run waits."""
    store = label_store.open()
    label_store.models.rmdir()
    label_store.models.write_text("no folder")
    runner = Runner(label_store)
    with store.write() as connection:
        job = queue.start(connection, "王芳", {}, runner.name)
    runner.start()
    until(lambda: "稍后再试" in caplog.text)
    assert not job_of(store, "training", job.id).ended
    label_store.models.unlink()
    label_store.models.mkdir()
    until(lambda: job_of(store, "training", job.id).total)
    runner.stop()


def children(pid: int) -> list[int]:
    """The processes of jobs that a process has started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line, parent = (
                (folder / "cmdline").read_bytes(),
                (folder / "stat").read_text().rpartition(")")[2].split()[1],
            )
        except OSError:
            continue
        if b"service.jobs.child" in line and int(parent) == pid:
            found.append(int(folder.name))
    return found


def test_a_process_ends_with_the_one_that_started_it() -> None:
    code = (
        "import sys, time\n"
        "from service.jobs.process import Process\n"
        "process = Process({'kind': 'training', 'url': 'postgresql://127.0.0.1:1/x', 'job': 'x', 'runner': 'x'})\n"
        "print(process._child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as service:
        child = int(service.stdout.readline())
        name = identity(child)
        service.kill()
    until(lambda: alive(name) is False, 10)


def test_what_dead_runs_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in (".run-1", ".20200101-aaaa.tmp", ".20200102-bbbb.tmp", "20200101-cccc"):
        (tmp_path / name).mkdir()
    os.utime(tmp_path / ".20200101-aaaa.tmp", (0, 0))
    clear(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".20200102-bbbb.tmp", "20200101-cccc"]


def test_lines_of_log_and_messages_are_told_apart() -> None:
    process = Process({"kind": "nothing"})
    said: list[object] = []
    until(lambda: said.extend(process.messages(0.1)) or process.ended, 20)
    said.extend(process.messages(0.1))
    process.stop()
    assert any(isinstance(one, dict) and one["end"] == "failed" for one in said)
    assert any(isinstance(one, str) and "KeyError" in one for one in said)
