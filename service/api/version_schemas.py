"""The JSON of model versions: what they measured, how two compare, who promoted what."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["ComparisonOut", "GivenPromotion", "GivenRollback", "PromotionOut", "PromotionResponse", "VersionResponse"]


class GivenRollback(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    note: str = Field("", max_length=1_000, description="缘由 (why)")


class GivenPromotion(GivenRollback):
    """Promote; `force` overrules the comparison and needs a note."""

    force: bool = False


class DifferenceOut(BaseModel):
    """A figure of both models, and the interval of candidate minus live."""

    live: float
    candidate: float
    low: float
    high: float


class FiguresOut(BaseModel):
    precision: float
    recall: float
    f1: float


class ThemeDifferenceOut(BaseModel):
    id: str
    name: str
    support: int
    live: FiguresOut
    candidate: FiguresOut
    f1: DifferenceOut


class NewThemeOut(BaseModel):
    id: str
    name: str
    support: int
    figures: FiguresOut


class SetOut(BaseModel):
    """On the protected or the held-out sections, over the themes that both know."""

    name: str
    sections: int
    micro: DifferenceOut
    macro: DifferenceOut
    themes: list[ThemeDifferenceOut]
    new: list[NewThemeOut]


class ChangedOut(BaseModel):
    """A text whose themes change."""

    id: str
    set: str
    text: str
    labelled: list[str]
    before: list[str]
    after: list[str]
    outcome: Literal["better", "worse", "neutral"]


class ReasonOut(BaseModel):
    """One finding in words; `against` if it alone refuses the candidate."""

    against: bool
    zh: str
    en: str


class VerdictOut(BaseModel):
    passes: bool
    reasons: list[ReasonOut]


class ComparisonOut(BaseModel):
    """A candidate against the live model, on sections that neither was trained on."""

    live: str
    candidate: str
    sets: list[SetOut]
    new: list[str]
    removed: list[str]
    changed: list[ChangedOut]
    verdict: VerdictOut


class PromotionOut(BaseModel):
    """Who made which version the live one, when and why; `interrupted` if it never became it."""

    version: str
    at: str
    action: str
    note: str
    by: str
    interrupted: bool


class PromotionResponse(BaseModel):
    """The live version now, and the comparison that let it pass, if one was due."""

    live: str
    comparison: ComparisonOut | None = None


class VersionResponse(BaseModel):
    """A version: its labels, and all its figures by what they were measured on."""

    version: str
    live: bool
    trained: dict[str, Any]
    metrics: dict[str, Any]
    promotions: list[PromotionOut]
