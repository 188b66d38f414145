"""The JSON and the form fields of POST /documents."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from policy_themes.tagging.tagger import Options
from service.schemas import Problem, ThemeOut

__all__ = ["DocumentOptions", "DocumentsResponse"]


class DocumentOptions(BaseModel):
    """The form fields beside `file`; they come as text."""

    model_config = ConfigDict(extra="forbid")

    top: int | None = Field(None, ge=1, le=1000, description="每段最多给几个主题 (at most this many themes a section)")
    threshold: float | None = Field(
        None, ge=0, le=1, allow_inf_nan=False, description="代替模型阈值的概率 (replaces the model's thresholds)"
    )
    evidence: bool = Field(True, description="附上依据句 (add the sentences that carry each theme)")

    def options(self) -> Options:
        """As the tagger takes them."""
        return Options(self.top, self.threshold, self.evidence)


class SectionOut(BaseModel):
    """A piece of a document. Only `section` is tagged; `start` and `end` are its span in the text as read from the file."""

    kind: Literal["title", "heading", "section", "boilerplate"]
    number: str
    heading: str
    start: int
    end: int
    text: str
    themes: list[ThemeOut]
    error: Problem | None = None


class ThemeCount(BaseModel):
    """A theme with the number of a document's sections that carry it."""

    id: str
    name: str
    sections: int


class DocumentOut(BaseModel):
    """A document: what it says of itself, the number of each repair, its themes and its pieces in order."""

    document: str
    title: str
    issuer: str
    number: str
    date: str
    year: int | None
    repairs: dict[str, int]
    notes: list[str]
    themes: list[ThemeCount]
    sections: list[SectionOut]


class DocumentsResponse(BaseModel):
    """The documents read; what could not be read is under `problems`."""

    documents: list[DocumentOut]
    problems: list[Problem]
    model: str
