"""`policy-themes tag --engine ray`: a real Ray on this machine."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import COMMAND
from test_folder_runs import journal_of, many, until

pytest.importorskip("ray")


def ray_workers(session: int) -> list[int]:
    """The Ray actors that are tagging (not starting), of the Ray that was started in `session`."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            title = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            if b"MapWorker" in title and b"__init__" not in title:
                own = int((entry / "stat").read_text().rpartition(")")[2].split()[3])
                found += [int(entry.name)] if own == session else []
        except (OSError, ValueError, IndexError):
            continue
    return found


@pytest.fixture
def short() -> Iterator[str]:
    """A folder with a short path: Ray keeps sockets in it."""
    with tempfile.TemporaryDirectory(prefix="ray") as folder:
        yield folder


@pytest.mark.timeout(240)
def test_ray_gives_the_same_bytes_even_when_a_worker_is_killed(run_command, tmp_path: Path, short: str) -> None:
    top, out, whole = many(tmp_path / "many", 400), tmp_path / "out.jsonl", tmp_path / "whole.jsonl"
    assert run_command("tag", top, "-o", whole).returncode == 0
    process = subprocess.Popen(
        [COMMAND, "tag", top, "-o", out, "--engine", "ray", "--workers", "2"],
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "RAY_TMPDIR": short},
    )
    victims: list[int] = []
    until(lambda: bool(victims.extend(ray_workers(process.pid)) or victims), process)
    os.kill(victims[0], signal.SIGKILL)
    assert journal_of(out).read_bytes().count(b"\n") < 400, "the run was over before the worker was killed"
    told = process.communicate()[1].decode()
    assert process.returncode == 0, told
    assert out.read_bytes() == whole.read_bytes()


def test_a_cluster_that_does_not_answer_is_named(run_command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("新建幼儿园三所。", "utf-8")
    told = run_command(
        "tag", tmp_path / "a.txt", "-o", tmp_path / "o.jsonl", "--engine", "ray", "--ray-address", "127.0.0.1:1"
    )
    assert told.returncode == 2
    assert "127.0.0.1:1" in told.stderr.decode()
    assert "Traceback" not in told.stderr.decode()
