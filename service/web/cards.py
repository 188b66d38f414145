"""The themes as their page shows them: the codebook, with what the labels and the live model say of each theme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policy_themes.themes import Theme
from service.web.figures import Figure
from service.web.known import Known
from service.web.palette import Palette

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from service.labels.carried import Carried
    from service.labels.find import Labelled

__all__ = ["SORTS", "Card", "Example", "cards_of", "cards_without_labels", "examples_of", "sifted"]

SHOWN = 160  # characters of an example
SORTS = {"codebook": "主题表的顺序", "name": "名称", "count": "标注数"}


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled text: its beginning, how many characters it has, whether it is a clause, and (name, hue) of its themes in order."""

    id: int
    text: str
    length: int
    clause: bool
    themes: tuple[tuple[str, str], ...]

    @property
    def cut(self) -> bool:
        """Whether there is more of it."""
        return self.length > len(self.text)


@dataclass(frozen=True, slots=True)
class Card:
    """A theme. `carried` is None where the labels cannot be read; `known_as` is the live model's name for it, None if it has none."""

    theme: Theme
    hue: str
    carried: Carried | None
    known_as: str | None
    figure: Figure | None
    examples: tuple[Example, ...] = ()

    @property
    def count(self) -> int:
        """Texts that carry it."""
        return self.carried.sections + self.carried.clauses if self.carried else 0


def cards_of(connection: Connection, themes: Sequence[Theme], known: Known, palette: Palette, shown: int) -> list[Card]:
    """A card for each theme, each with up to `shown` examples."""
    from service.labels.carried import Carried, carried, examples

    counts = carried(connection)
    found = examples(connection, [theme.id for theme in themes], shown) if shown else {}
    return [
        Card(
            theme,
            palette.hue(theme.id),
            counts.get(theme.id, Carried()),
            known.name_of(theme.id),
            known.figures.get(theme.id),
            examples_of(found.get(theme.id, ()), {one.id: one.name for one in themes}, palette),
        )
        for theme in themes
    ]


def cards_without_labels(known: Known, palette: Palette) -> list[Card]:
    """The themes of the live model, where there is no label store to ask."""
    return [Card(theme, palette.hue(theme.id), None, theme.name, known.figures.get(theme.id)) for theme in known.themes]


def examples_of(texts: Iterable[Labelled], names: Mapping[str, str], palette: Palette) -> tuple[Example, ...]:
    """Labelled texts as they are shown; `names` are those of the themes by id."""
    return tuple(
        Example(
            one.id,
            one.text[:SHOWN],
            len(one.text),
            one.kind == "clause",
            tuple((names.get(theme, theme), palette.hue(theme)) for theme in one.themes),
        )
        for one in texts
    )


def sifted(cards: Iterable[Card], words: str, sort: str) -> list[Card]:
    """The cards that hold all of `words` in name, id, aliases or definition, in the order asked for; retired ones last."""
    wanted = words.casefold().split()
    found = [card for card in cards if all(word in _written(card.theme) for word in wanted)]
    if sort == "name":
        # The national character set has the common characters in the order of their sounds.
        found.sort(key=lambda card: card.theme.name.encode("gb18030", "replace"))
    elif sort == "count":
        found.sort(key=lambda card: -card.count)
    return sorted(found, key=lambda card: card.theme.retired)


def _written(theme: Theme) -> str:
    return "\n".join((theme.name, theme.id, *theme.aliases, theme.covers, theme.excludes)).casefold()
