"""What goes on while processes are killed: people who label, import, train and promote, each in a thread of its own."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections import Counter
from collections.abc import Callable

import httpx

from benchmarks.campaigns.kills.ledger import Ledger

__all__ = ["Work"]

BATCH, ROWS = 5, 200


class Work:
    """People at work on the service at `address`, who write in `ledger` what they were told is done.

    `people` names what each of them does: tag, label, import, train or promote.
    """

    def __init__(
        self,
        address: str,
        key: str,
        ledger: Ledger,
        versions: list[str],
        people: str = "label label import train promote",
    ) -> None:
        self.ledger, self.versions = ledger, itertools.cycle(versions)
        self.over, self.pause = threading.Event(), 0.02
        self.client = httpx.Client(
            base_url=address, timeout=20, trust_env=False, headers={"authorization": f"Bearer {key}"}
        )
        self.answers = Counter[tuple[str, int]]()  # by path and status; 0: the connection broke
        self.client.event_hooks = {"response": [self._answered]}
        does = [getattr(self, f"_{one}") for one in people.split()]
        self.threads = [threading.Thread(target=self._at_work, args=(one,)) for one in does]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Have everybody go home when their request has been answered or has failed."""
        self.over.set()
        for thread in self.threads:
            thread.join()
        self.client.close()

    def _at_work(self, one: Callable[[], None]) -> None:
        while not self.over.wait(self.pause):
            try:
                one()
            except httpx.HTTPError as error:  # what was not answered is not promised; nor is what was refused
                if isinstance(error, httpx.TransportError):
                    self.answers[error.request.url.path, 0] += 1
                self.over.wait(0.2)

    def _answered(self, answer: httpx.Response) -> None:
        self.answers[answer.request.url.path, answer.status_code] += 1

    def _texts(self, count: int) -> tuple[str, list[str]]:
        key = uuid.uuid4().hex
        self.ledger.asked[key] = texts = [f"{uuid.uuid4().hex}院新建门诊楼。" for _ in range(count)]
        return key, texts

    def _tag(self) -> None:
        self.client.post("/classify", json={"text": "新建门诊楼,培训乡村医生。"}).raise_for_status()

    def _label(self) -> None:
        key, texts = self._texts(BATCH)
        labels = [{"text": text, "themes": ["基层医疗"]} for text in texts]
        self.client.post("/labels", json={"labels": labels}).raise_for_status()
        self.ledger.recorded.append(key)

    def _import(self) -> None:
        key, texts = self._texts(ROWS)
        table = "text,themes,annotator\n" + "".join(f"{text},基层医疗,王芳\n" for text in texts)
        answer = self.client.post("/labels/imports", files={"file": ("a.csv", table)}).raise_for_status()
        self.ledger.imports[answer.json()["id"]] = key
        self.over.wait(1)

    def _train(self) -> None:
        answer = self.client.post("/training-runs", json={"force": True}).raise_for_status()
        self.ledger.runs.append(answer.json()["id"])

    def _promote(self) -> None:
        note = uuid.uuid4().hex
        asked = {"force": True, "note": note}
        self.client.post(f"/models/{next(self.versions)}/promote", json=asked).raise_for_status()
        self.ledger.promoted.append(note)
