"""Label Studio's JSON: a list of tasks {"data": {"text"}, "annotations": [{"result": [{"type": "choices", "value": {"choices"}}]}]}.

Its shorter JSON-MIN is read too: {"text", "themes": {"choices": [names]} or a name}. Source: https://labelstud.io/guide/export
What is written imports into a project with <Text name="text" value="$text"/> and <Choices name="themes" toName="text" choice="multiple">.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from policy_themes.errors import LabelError
from policy_themes.themes import Codebook
from training.exchange.labelled import Labelled, labelled, text_of
from training.labels import Fault

__all__ = ["read", "write"]

_META = ("id", "kind", "source", "annotator", "date")
_BETWEEN = re.compile(r"[\s,]*")
_NAMES = ("themes", "choice", "choices", "label", "labels", "sentiment")  # what people call the control


def read(data: bytes, name: str, codebook: Codebook) -> Iterator[Labelled | Fault]:
    """The tasks of the file called `name`; a Fault for one that has no label.

    Raises LabelError if it is not JSON, DocumentError if not text.
    """
    for task, where in _tasks(text_of(data, name), name):
        if not isinstance(task, dict):
            yield Fault(where, "任务应为 JSON 对象", "a task must be a JSON object")
        else:
            yield _full(task, where) if "data" in task else _short(task, where)


def _tasks(text: str, name: str) -> Iterator[tuple[Any, str]]:
    """Each task of the list, with file:line, and #number behind it as a whole export may be one line."""
    decoder = json.JSONDecoder()
    at, line, counted, number = text.find("[") + 1, 1, 0, 0
    while True:
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]
        line, counted = line + text.count("\n", counted, at), at
        if text[at : at + 1] == "]":
            return
        number += 1
        where = f"{name}:{line}#{number}"
        try:
            task, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise LabelError(f"不是合法的 JSON:{error}", f"is not valid JSON: {error}", where=where) from error
        yield task, where


def _full(task: dict[str, Any], where: str) -> Labelled | Fault:
    data, annotations = task["data"], task.get("annotations") or task.get("completions") or []
    if not isinstance(data, dict) or not isinstance(annotations, list):
        return Fault(where, "data 应为对象,annotations 应为列表", "data must be an object, annotations a list")
    done = [one for one in annotations if isinstance(one, dict) and not one.get("was_cancelled")]
    if not done:
        return Fault(where, "尚未标注;请只导出已标注的任务", "is not annotated yet; export annotated tasks only")
    chosen = [_chosen(one.get("result")) for one in done]
    if any(set(one) != set(chosen[0]) for one in chosen):
        return Fault(
            where,
            f"有 {len(done)} 份标注且互不一致,请先定稿",
            f"has {len(done)} annotations that differ; settle on one first",
        )
    by, made = _person(done[0].get("completed_by")), str(done[0].get("created_at") or "")[:10]
    meta = {name: data.get(name) for name in _META}
    meta |= {"annotator": by or meta["annotator"], "date": made or meta["date"]}
    return labelled(data.get("text"), chosen[0], {**meta, "id": meta["id"] or task.get("id")}, where)


def _short(task: dict[str, Any], where: str) -> Labelled | Fault:
    key = next((key for key in _NAMES if key in task), None)
    if key is None:
        return Fault(where, "尚未标注;请只导出已标注的任务", "is not annotated yet; export annotated tasks only")
    chosen = task[key].get("choices") if isinstance(task[key], dict) else task[key]
    meta = {name: task.get(name) for name in _META}
    meta["date"] = meta["date"] or str(task.get("created_at") or "")[:10]
    return labelled(
        task.get("text"),
        [chosen] if isinstance(chosen, str) else chosen,
        {**meta, "annotator": _person(meta["annotator"])},
        where,
    )


def _chosen(result: Any) -> list[str]:
    """The choices of an annotation, in the order they were made."""
    regions = [one for one in result if isinstance(one, dict)] if isinstance(result, list) else []
    values = [one.get("value") for one in regions if one.get("type", "choices") == "choices"]
    listed = [value.get("choices") for value in values if isinstance(value, dict)]
    return [str(one) for names in listed if isinstance(names, list) for one in names]


def _person(said: Any) -> str:
    """Who annotated: a number, an address, or an object that has either."""
    if isinstance(said, dict):
        said = said.get("email") or said.get("id")
    return "" if said is None else str(said)


def write(path: Path, entries: Sequence[Labelled]) -> None:
    """Write `entries` to `path` in UTF-8 as a list of annotated tasks, one a line."""
    tasks = (json.dumps(_task(entry), ensure_ascii=False) for entry in entries)
    path.write_text("[\n" + ",\n".join(tasks) + "\n]\n", encoding="utf-8", newline="\n")


def _task(entry: Labelled) -> dict[str, Any]:
    choice = {"from_name": "themes", "to_name": "text", "type": "choices", "value": {"choices": list(entry.themes)}}
    meta = {name: value for name in _META if (value := getattr(entry, name))}
    return {"data": {"text": entry.text, **meta}, "annotations": [{"result": [choice] if entry.themes else []}]}
