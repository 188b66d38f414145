"""What the model that serves knows of the themes, and where the codebook has gone ahead of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import Request

from policy_themes.themes import Theme
from service.state import live_of, state_of
from service.web.figures import Figure, figures_of

__all__ = ["Gap", "Known", "known_of"]


@dataclass(frozen=True, slots=True)
class Gap:
    """Names of themes: those the model was not trained on, those it still gives though they are gone, those it calls otherwise."""

    untrained: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.untrained or self.gone or self.renamed)


@dataclass(frozen=True, slots=True)
class Known:
    """The live model's themes, its figures by theme id, and its folder. Without a model: no version and nothing known."""

    version: str = ""
    themes: tuple[Theme, ...] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)
    folder: Path | None = None

    def name_of(self, theme: str) -> str | None:
        """What the model calls the theme with this id; None if it does not know it."""
        return next((one.name for one in self.themes if one.id == theme), None)

    def gap(self, codebook: Sequence[Theme]) -> Gap:
        """Where `codebook` has gone ahead; none without a model."""
        if not self.version:
            return Gap()
        active = {one.id: one.name for one in codebook if not one.retired}
        names = {one.id: one.name for one in self.themes}
        return Gap(
            untrained=tuple(name for key, name in active.items() if key not in names),
            gone=tuple(name for key, name in names.items() if key not in active),
            renamed=tuple(name for key, name in active.items() if names.get(key, name) != name),
        )


def known_of(request: Request) -> Known:
    """What the version that serves this request knows."""
    served = live_of(request).served
    if served is None:
        return Known()
    tagger = served.tagger
    folder = state_of(request)["versions"].folder / tagger.version
    told = figures_of(folder)
    figures = {theme.id: told[theme.name] for theme in tagger.themes if theme.name in told}
    return Known(tagger.version, tagger.themes, figures, folder)
