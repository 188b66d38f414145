"""fastText and Annif as speed peers: each a process in its own environment (`make peers`) that tags the texts when it is told to."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["NAMES", "Peer", "annif_service", "peers"]

HERE = Path(__file__).parent
ENVIRONMENTS = Path(".venv-peers")
# Neither has a Chinese analyser: words are cut for them beforehand, which is not timed.
NAMES: Mapping[str, str] = {
    "fastText 0.9.2 predict 不含分词 without segmenting": "fasttext",
    "Annif 1.4.3 suggest (svc) 不含分词 without segmenting": "annif",
}


class Peer:
    """A peer that is ready to tag; `memory` is its peak in MB after it has."""

    def __init__(self, environment: str, folder: Path) -> None:
        command = [_python(environment), HERE / "speed_peer.py", environment, folder]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.memory = 0.0
        self._heard()

    def tagged(self) -> float:
        """Tag all texts: seconds of processor time."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        seconds, self.memory = map(float, self._heard().split())
        return seconds

    def stop(self) -> None:
        """End it."""
        self._process.communicate(timeout=30)

    def _heard(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            raise RuntimeError(f"{' '.join(map(str, self._process.args))} ended")  # type: ignore[arg-type]
        return line


@contextlib.contextmanager
def peers(texts: Sequence[str]) -> Iterator[dict[str, Peer]]:
    """The peers that are installed, taught on labels/, ready to tag `texts`; ended afterwards."""
    installed = {name: environment for name, environment in NAMES.items() if _python(environment).exists()}
    with TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        if installed:
            _write(texts, Path(folder))
        ready = {}
        for name, environment in installed.items():
            ready[name] = Peer(environment, Path(folder))
            stack.callback(ready[name].stop)
        yield ready


@contextlib.contextmanager
def annif_service(texts: Sequence[str]) -> Iterator[tuple[Path, list[str]] | None]:
    """The folder of an Annif project "p" (svc) taught on labels/, and the texts segmented for it; None where Annif is not installed."""
    if not _python("annif").exists():
        yield None
        return
    with TemporaryDirectory() as folder:
        _write(texts, Path(folder))
        command = [_python("annif"), HERE / "annif_peer.py", folder, "svc"]
        subprocess.run(command, check=True, capture_output=True)
        lines = (Path(folder) / "test-0.jsonl").read_text("utf-8").splitlines()
        yield Path(folder) / "annif-svc", [json.loads(line)["segmented"] for line in lines]


def _write(texts: Sequence[str], folder: Path) -> None:
    """The labels and the texts as peers read them."""
    # It brings scikit-learn, and the memory of processes that import this module is measured.
    from benchmarks.peers.run import export
    from training.labels import read_labels

    export(read_labels(Path("labels")), [texts], folder)


def _python(environment: str) -> Path:
    return (ENVIRONMENTS / environment / "bin" / "python").absolute()
