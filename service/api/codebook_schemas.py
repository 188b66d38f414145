"""The JSON of /codebook."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "ChangeOut",
    "CodebookResponse",
    "CodebookTheme",
    "Effect",
    "GivenMerge",
    "GivenNote",
    "GivenTheme",
    "ThemeEdit",
]

NAME = Field(min_length=1, max_length=100)
MOST_ALIASES = 200
Name = Annotated[str, NAME]


class _Given(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    note: str = Field("", max_length=1_000, description="缘由 (why)")


class GivenTheme(_Given):
    """A new theme."""

    id: str = Field(max_length=40, description="英文 id,小写字母开头 (lower-case letters, digits, - and _)")
    name: str = NAME
    covers: str = Field("", max_length=4_000)
    excludes: str = Field("", max_length=4_000)
    aliases: list[Name] = Field(default_factory=list, max_length=MOST_ALIASES, description="别名 (other names)")


class ThemeEdit(_Given):
    """A new name (the old one stays an alias), a new definition, other names, or several of these."""

    name: str | None = Field(None, min_length=1, max_length=100)
    covers: str | None = Field(None, max_length=4_000)
    excludes: str | None = Field(None, max_length=4_000)
    aliases: list[Name] | None = Field(
        None, max_length=MOST_ALIASES, description="全部别名;不给则不变 (all other names; left out, they stay)"
    )

    @property
    def defines(self) -> bool:
        """Whether more than the name is to be changed."""
        return any(given is not None for given in (self.covers, self.excludes, self.aliases))


class GivenMerge(_Given):
    """The theme that this one becomes part of, by name or id."""

    into: str = NAME


class GivenNote(_Given):
    """Why."""


class Effect(BaseModel):
    """What a change of the theme touches: texts that carry it, by kind, and those that carry no other theme."""

    theme: str
    sections: int
    clauses: int
    alone: int
    said: str


class CodebookTheme(BaseModel):
    """A theme, what it covers, and how many texts carry it."""

    id: str
    name: str
    covers: str
    excludes: str
    aliases: list[str]
    retired: bool
    sections: int
    clauses: int


class CodebookResponse(BaseModel):
    themes: list[CodebookTheme]
    boundaries: list[str]


class ChangeOut(BaseModel):
    """A change of the codebook; `before` and `after` are the theme as it was and is."""

    theme_id: str
    action: Literal["add", "define", "rename", "merge", "retire", "restore"]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    by: str
    note: str
    at: str
