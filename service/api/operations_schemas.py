"""The JSON of /drift and /audit."""

from __future__ import annotations

from pydantic import BaseModel, Field

__all__ = ["AuditEntry", "AuditResponse", "DriftResponse", "MoverOut", "SignalOut"]


class SignalOut(BaseModel):
    """One measure of how far new text is from the training text."""

    name: str = Field(description="themes, characters, words")
    index: float | None = Field(description="群体稳定性指数,不足以判断时为 null (population stability index)")
    word: str = Field(description="稳定、有变化、明显偏移,或为何不能判断")
    expected_share: float | None = Field(description="留出文本中不认识的占比 (unknown, in held-out text)")
    share: float | None = Field(description="新文本中不认识的占比 (unknown, in what was tagged)")


class MoverOut(BaseModel):
    """A theme whose share has moved."""

    theme: str = Field(description="主题 id;空为无主题 (empty: none)")
    name: str
    expected: float = Field(description="留出文本中占段数之比 (share of the sections held out)")
    found: float = Field(description="新文本中占段数之比 (share of those tagged)")
    probability: float | None = Field(description="给出它时的平均概率 (mean probability where it was assigned)")


class DriftResponse(BaseModel):
    """How far what was tagged is from what the model was trained on."""

    model: str
    window: str
    sections: int
    word: str
    advice: str
    signals: list[SignalOut]
    movers: list[MoverOut]


class AuditEntry(BaseModel):
    """Who did what."""

    id: int
    at: str
    who: str
    operation: str
    target: str
    status: int
    request_id: str


class AuditResponse(BaseModel):
    """Entries, newest first; `next` is what `before` must be for those that follow."""

    items: list[AuditEntry]
    total: int
    next: int | None
