"""What happened, as one line of the log: of JSON, or to be read on a terminal. What strangers wrote can neither break it nor colour it."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from service.watch.tally import Tally

__all__ = ["GONE", "Asked", "json_of", "json_of_record", "plain_of", "plain_of_record"]

GONE = 499  # a status, as nginx has it: the client did not wait for the answer
TEXT = 200  # characters of a text that are shown where texts are asked for
# What ends a line for some program that reads logs, or moves its cursor; JSON itself escapes what is below U+0020.
_BREAKS = {0x7F: "\\u007f", **{code: f"\\u{code:04x}" for code in (*range(0x80, 0xA0), 0x2028, 0x2029)}}
_CONTROLS = _BREAKS | {code: f"\\u{code:04x}" for code in range(0x20)}
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode
_LEVELS = {level: logging.getLevelName(level).lower() for level in (10, 20, 30, 40)}


class Asked(NamedTuple):
    """A request that has been answered. `at` in seconds since 1970, `seconds` it took; sizes of the bodies in bytes."""

    at: float
    level: int
    id: str
    method: str
    path: str
    status: int
    seconds: float
    size_in: int
    size_out: int
    who: str
    tally: Tally | None


def json_of(asked: Asked, with_text: bool) -> str:
    """A line of JSON, without its end. Put together by hand, in a fifth of the time that json takes: the id is of harmless characters
    only (see watched.py), paths and methods are those of the API's description; what may be anything else is quoted by json."""
    at, level, name, method, path, status, seconds, size_in, size_out, who, tally = asked
    line = (
        f'{{"time": "{_second(int(at))}.{int(at % 1 * 1000):03d}Z", "level": "{_LEVELS[level]}", "event": "request", '
        f'"request_id": "{name}", "method": "{method}", "path": "{path}", "status": {status}, "ms": {seconds * 1000:.3f}, '
        f'"in": {size_in}, "out": {size_out}'
    )
    if who:
        line += f', "key": {_quoted(who)}'
    if tally is not None:
        line += f', "model": {_quoted(tally.version)}, "sections": {tally.sections}, "characters": {tally.characters}'
        if with_text and tally.samples:
            line += f', "text": {_ENCODE(tally.samples[0][:TEXT]).translate(_BREAKS)}'
    return line + "}"


def plain_of(asked: Asked, with_text: bool) -> str:
    """The same for a terminal."""
    parts = [_clock(asked.at), asked.method, asked.path, str(asked.status), f"{asked.seconds * 1000:.1f} ms"]
    if tally := asked.tally:
        parts.append(f"{tally.sections} 段 {tally.characters} 字 {tally.version}")
        if with_text and tally.samples:
            parts.append(f"“{tally.samples[0][:TEXT]}”")
    return "  ".join((*parts, asked.who or "-", asked.id)).translate(_CONTROLS)


def json_of_record(record: logging.LogRecord) -> str:
    """What some part of the program logged; a traceback is part of the line."""
    told = {"time": _time(record.created), "level": _level(record.levelno), "event": "log", "logger": record.name}
    if request := getattr(record, "request_id", ""):
        told["request_id"] = request
    told["message"] = record.getMessage()
    if record.exc_info and record.exc_info[0]:
        told["error"] = record.exc_info[0].__name__
        told["traceback"] = "".join(traceback.format_exception(*record.exc_info))
    return _ENCODE(told).translate(_BREAKS)


def plain_of_record(record: logging.LogRecord) -> str:
    """The same for a terminal, with a traceback on lines of its own."""
    request = getattr(record, "request_id", "")
    parts = (_clock(record.created), _level(record.levelno), record.getMessage().translate(_CONTROLS), request)
    line = "  ".join(part for part in parts if part)
    if not record.exc_info or not record.exc_info[0]:
        return line
    lines = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n").split("\n")
    return "\n".join((line, *(one.translate(_CONTROLS) for one in lines)))


@lru_cache(maxsize=1_000)
def _quoted(name: str) -> str:
    return _ENCODE(name).translate(_BREAKS)


@lru_cache(maxsize=4)
def _second(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at).strftime("%H:%M:%S")


def _level(level: int) -> str:
    return logging.getLevelName(level).lower()
