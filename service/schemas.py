"""The JSON that goes in and out. Requests are strict: a wrong type or an unknown field is an error, never guessed at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

if TYPE_CHECKING:
    from policy_themes.tagging.tagger import Tagging

__all__ = [
    "BatchItem",
    "BatchRequest",
    "BatchResponse",
    "BatchResult",
    "ClassifyRequest",
    "ClassifyResponse",
    "ModelEntry",
    "ModelsResponse",
    "Problem",
    "SpanOut",
    "ThemeEntry",
    "ThemeOut",
    "ThemesResponse",
    "tagging_out",
]


class _Options(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    top: int | None = Field(None, ge=1, le=1000, description="最多给几个主题 (at most this many themes)")
    threshold: float | None = Field(
        None, ge=0, le=1, description="代替模型阈值的概率 (replaces the model's thresholds)"
    )
    scores: bool = Field(False, description="附上全部主题的概率 (add the probabilities of all themes)")
    evidence: bool = Field(True, description="附上依据句 (add the sentences that carry each theme)")


class ClassifyRequest(_Options):
    """One section."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "实施教师“县管校聘”管理改革。新建公办幼儿园3所,新增学位900个。"}]}
    )

    text: str = Field(description="一段正文 (the text of a section)")


def _sayable(value: str) -> str:
    """What is echoed must be encodable; raises ValueError for a lone surrogate."""
    value.encode()
    return value


class BatchItem(BaseModel):
    """One section of a batch; `id` is given back as it came."""

    model_config = ConfigDict(strict=True, extra="forbid")

    id: Annotated[str, Field(max_length=200), AfterValidator(_sayable)] | int | None = None
    text: str


class BatchRequest(_Options):
    """Sections to tag together. A bad one gets an error of its own; the others are tagged."""

    items: list[Annotated[Any, WithJsonSchema(BatchItem.model_json_schema())]]


class SpanOut(BaseModel):
    """Characters `start` to `end` (exclusive) of the text as given, counted in Unicode code points."""

    start: int
    end: int
    text: str


class ThemeOut(BaseModel):
    """A theme assigned to the text."""

    id: str
    name: str
    probability: float
    evidence: list[SpanOut] | None = None


class ClassifyResponse(BaseModel):
    """The themes, best first; none is a deliberate answer."""

    themes: list[ThemeOut]
    scores: dict[str, float] | None = None
    model: str


class Problem(BaseModel):
    """An error (RFC 9457). `title` and `detail` are Chinese, `detail_en` English; `where` names the field or file."""

    type: str
    title: str
    status: int
    detail: str
    detail_en: str
    where: str | None = None


class BatchResult(BaseModel):
    """What became of one item: themes, or an error."""

    id: str | int | None = None
    themes: list[ThemeOut] | None = None
    scores: dict[str, float] | None = None
    error: Problem | None = None


class BatchResponse(BaseModel):
    """One result an item, in order."""

    results: list[BatchResult]
    model: str


class ThemeEntry(BaseModel):
    id: str
    name: str
    covers: str


class ThemesResponse(BaseModel):
    themes: list[ThemeEntry]
    model: str


class ModelEntry(BaseModel):
    """A version and its figures; `fault` says what is wrong with a version that does not load."""

    version: str
    live: bool
    labels: dict[str, int] = {}
    metrics: dict[str, dict[str, float]] = {}
    fault: str | None = None


class ModelsResponse(BaseModel):
    """`live` is the version promoted last; `fault` tells why it is not the one that serves, if it is not."""

    live: str | None
    fault: str | None = None
    models: list[ModelEntry]


def tagging_out(tagging: Tagging) -> dict[str, Any]:
    """`themes` and `scores` of a tagging, as plain JSON values; what was not asked for is left out."""
    themes = []
    for theme in tagging.themes:
        entry: dict[str, Any] = {"id": theme.id, "name": theme.name, "probability": theme.probability}
        if theme.evidence:
            entry["evidence"] = [{"start": span.start, "end": span.end, "text": span.text} for span in theme.evidence]
        themes.append(entry)
    return {"themes": themes} if tagging.scores is None else {"themes": themes, "scores": dict(tagging.scores)}
