"""The JSON of /labels."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from service.labels.shapes import LONGEST, ONE_LINE

__all__ = [
    "GivenLabel",
    "HistoryResponse",
    "LabelOut",
    "LabelsRequest",
    "LabelsResponse",
    "RecordedResponse",
    "TextOut",
]


class GivenLabel(BaseModel):
    """What one annotator says of one text, which is named by `id` (a text of the store) or given by `text`."""

    model_config = ConfigDict(strict=True, extra="forbid")

    id: int | None = Field(None, ge=1, le=2**31 - 1, description="库中文本的编号 (a text of the store)")
    text: str | None = Field(None, max_length=5_000, description="新文本 (a new text)")
    themes: list[str] = Field(
        max_length=100,
        description="主题名或 id,主要主题在前;空列表表示无主题 (names or ids, the main one first; [] says: none)",
    )
    annotator: str | None = Field(
        None, min_length=1, max_length=LONGEST, pattern=ONE_LINE, description="标注人,默认为密钥的名称"
    )
    kind: Literal["section", "clause"] = "section"
    source: str = Field(
        "",
        max_length=LONGEST,
        pattern=ONE_LINE,
        description="来源;同一来源的文本不会分在两折 (kept together by the folds)",
    )
    document: str = Field("", max_length=400, description="出自的文件 (the file it comes from)")
    place: str = Field("", max_length=LONGEST, description="在文件中的编号与标题 (number and heading there)")
    model: str = Field("", max_length=80, description="标注时看到的模型版本 (the version whose proposal was seen)")
    note: str = Field("", max_length=1_000)
    final: bool = Field(False, description="定稿,了结不同意见 (settles a conflict)")


class LabelsRequest(BaseModel):
    """Labels that are recorded together, or, if one is faulty, not at all."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        json_schema_extra={"examples": [{"labels": [{"text": "新建公办幼儿园3所。", "themes": ["学前", "基建"]}]}]},
    )

    labels: list[GivenLabel] = Field(min_length=1, max_length=1_000)


class RecordedResponse(BaseModel):
    """How many labels are new, changed what their annotator said before, or said the same; `ids` are the texts' in order."""

    new: int
    changed: int
    same: int
    ids: list[int]


class LabelOut(BaseModel):
    """One label: who said what, when, and having seen which model."""

    annotator: str
    themes: list[str]
    at: str
    model: str
    note: str
    final: bool
    deleted: bool
    current: bool


class TextOut(BaseModel):
    """A text: the themes that hold (names, the main one first), its state, and what each annotator says today."""

    id: int
    name: str
    kind: str
    text: str
    themes: list[str]
    state: Literal["open", "labelled", "conflict"]
    source: str
    document: str
    place: str
    protected: bool
    added_at: str
    labels: list[LabelOut]


class LabelsResponse(BaseModel):
    """A page: `next` is the `after` of the page behind it, null on the last."""

    items: list[TextOut]
    total: int
    next: int | None


class HistoryResponse(BaseModel):
    """A text and everything ever said of it, oldest first."""

    text: TextOut
    history: list[LabelOut]
