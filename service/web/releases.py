"""The versions there are, each with its figures; which of them serves, which may come next, and who promoted what."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from policy_themes.errors import ModelError, ModelMissing
from policy_themes.store import load_manifest
from policy_themes.versions import Promotion, Versions
from service.web.progress import local

__all__ = ["ACTIONS", "Measured", "Release", "Standing", "Step", "release_of", "standing_of"]

ACTIONS = {"promote": "上线", "force": "强制上线", "rollback": "退回"}
SHOWN = 30  # steps of the history


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures (0 to 1) on `items` sections."""

    items: int
    micro: float
    macro: float


@dataclass(frozen=True, slots=True)
class Release:
    """A version: the labels it was trained on, its figures where it has them, or the `fault` for which it cannot be read."""

    version: str
    sections: int = 0
    clauses: int = 0
    held_out: Measured | None = None
    protected: Measured | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A promotion of the past, in words, by whom and when (local time)."""

    version: str
    action: str
    by: str
    note: str
    at: datetime
    interrupted: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """`live` serves since `since`, and `before` did before it; `candidate` is the newest, if that is another. Newest first, both
    `releases` and `steps`; `fault` says why they cannot be read."""

    live: Release | None
    since: Step | None
    before: str
    candidate: Release | None
    releases: tuple[Release, ...]
    steps: tuple[Step, ...]
    fault: str = ""


def standing_of(versions: Versions) -> Standing:
    """From the models folder; a damaged one is told, not raised."""
    live, steps, before, faults = None, list[Promotion](), "", list[str]()
    try:
        live = versions.live()
    except ModelError as error:
        faults.append(error.zh)
    try:
        steps = versions.history()
        with contextlib.suppress(ModelMissing):
            before = versions.before()
    except ModelError as error:
        faults.append(error.zh)
    names = _newest_first(versions)
    candidate = names[0] if names and names[0] != live else None
    since = next((one for one in reversed(steps) if one.version == live and not one.interrupted), None)
    return Standing(
        live=release_of(versions, live) if live else None,
        since=_step(since) if since else None,
        before=before,
        candidate=release_of(versions, candidate) if candidate else None,
        releases=tuple(release_of(versions, name) for name in names[:SHOWN]),
        steps=tuple(map(_step, steps[: -SHOWN - 1 : -1])),
        fault=";".join(faults),
    )


def release_of(versions: Versions, version: str) -> Release:
    """A version by its name."""
    try:
        manifest: dict[str, Any] = load_manifest(versions.path(version))
    except ModelError as error:
        return Release(version, fault=error.zh)
    labels = manifest.get("labels", {})
    held_out = _measured(manifest.get("metrics", {}).get("held_out"))
    sections, clauses = int(labels.get("sections", 0)), int(labels.get("clauses", 0))
    return Release(version, sections, clauses, held_out, _measured(manifest.get("protected")))


def _newest_first(versions: Versions) -> list[str]:
    """By when they were written: of those of one day the name does not tell."""

    def written(name: str) -> tuple[str, int]:
        try:
            return name[:8], (versions.folder / name / "manifest.json").stat().st_mtime_ns
        except OSError:  # removed meanwhile
            return name[:8], 0

    return sorted(versions.names(), key=written, reverse=True)


def _measured(figures: Mapping[str, Any] | None) -> Measured | None:
    if not figures:
        return None
    return Measured(int(figures.get("items", 0)), float(figures["micro_f1"]), float(figures["macro_f1"]))


def _step(one: Promotion) -> Step:
    return Step(one.version, ACTIONS.get(one.action, one.action), one.by, one.note, local(one.at), one.interrupted)
