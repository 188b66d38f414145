"""What every format reads to and writes from: a labelled text, as far as the format knows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from policy_themes.documents.encoding import decoded
from policy_themes.errors import LabelError
from training.labels import Fault, Item

__all__ = ["MAX_FIELD", "MAX_FILE_BYTES", "MAX_ROWS", "Labelled", "json_lines", "labelled", "text_of"]

MAX_FILE_BYTES = 100_000_000
MAX_ROWS = 200_000  # items of one file
MAX_FIELD = 200  # characters of id, source, annotator, date


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and its themes as they are written there, the main one first; "" is what the format or the file does not say.

    `where` is file:line.
    """

    text: str
    themes: tuple[str, ...]
    id: str = ""
    kind: str = ""
    annotator: str = ""
    source: str = ""
    date: str = ""
    where: str = ""

    @classmethod
    def of(cls, item: Item) -> Labelled:
        """An item of the labels folder."""
        return cls(item.text, item.themes, item.id, item.kind, item.annotator, item.source, item.date, where=item.where)


def labelled(text: Any, themes: Any, said: dict[str, Any], where: str) -> Labelled | Fault:
    """An entry from values of JSON: `said` holds the other fields under their names, numbers allowed; a Fault if one has the wrong type."""
    if not isinstance(text, str):
        return Fault(where, "缺少 text,或它不是字符串", "lacks text, or text is not a string")
    if not isinstance(themes, list) or not all(isinstance(one, str) for one in themes):
        return Fault(
            where, '主题应为名称的列表,如 ["学前", "安全"]', 'themes must be a list of names, as ["学前", "安全"]'
        )
    fields = {name: said.get(name) for name in ("id", "kind", "annotator", "source", "date")}
    for name, value in fields.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, (str, int))):
            return Fault(where, f"字段 {name} 应为字符串", f"{name} must be a string")
    told = {name: "" if value is None else str(value) for name, value in fields.items()}
    return Labelled(text, tuple(themes), where=where, **told)


def text_of(data: bytes, name: str) -> str:
    """A text file's content: UTF-8, or another encoding of Chinese offices. Raises DocumentError."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return decoded(data, name)


def json_lines(data: bytes, name: str) -> Iterator[tuple[str, dict[str, Any] | Fault]]:
    """Each line that is not blank: where it stands, and its JSON object or what is wrong with it."""
    for number, line in enumerate(text_of(data, name).split("\n"), 1):
        where = f"{name}:{number}"
        if not line.strip():
            continue
        try:
            entry = parsed(line)
        except LabelError as error:
            yield where, Fault(where, error.zh, error.en)
            continue
        if isinstance(entry, dict):
            yield where, entry
        else:
            yield where, Fault(where, "应为一个 JSON 对象,每行一个", "must be a JSON object, one a line")


def parsed(text: str) -> Any:
    """JSON. Raises LabelError."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LabelError(f"不是合法的 JSON:{error}", f"is not valid JSON: {error}") from error
