"""What the operations on imports and training runs take and give."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.jobs.job import Job

__all__ = [
    "ImportOptions",
    "ImportOut",
    "ImportsResponse",
    "TrainingOptions",
    "TrainingOut",
    "TrainingsResponse",
    "import_out",
    "training_out",
]

State = Literal["waiting", "running", "done", "failed", "cancelled"]


class ImportOptions(BaseModel):
    """How a file of labels is read; the fields of a form, so all of them come as text."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["", "csv", "xlsx", "jsonl", "label-studio", "doccano", "fasttext"] = Field(
        "", description="文件格式,默认按扩展名与内容判断 (default: told from name and content)"
    )
    kind: Literal["section", "clause"] = Field("section", description="文件未写明时 (where the file does not say)")
    source: str = Field("", max_length=200, description="文件未写明时的来源,默认文件名 (default: the file's name)")
    annotator: str = Field(
        "", max_length=200, description="文件未写明时的标注人,默认密钥名称 (default: the key's name)"
    )
    replace: bool = Field(False, description="同一标注人的新标注代替旧标注 (replace what the annotator said before)")
    protected: bool = Field(
        False, description="作为受保护的测试文本,不用于训练 (protected: measured on, never trained on)"
    )
    final: bool = Field(False, description="定稿,了结不同意见,用于更正 (settles what others said: corrections)")
    unlabelled: bool = Field(False, description="没有主题的文本加入待标队列 (texts without themes are to be labelled)")
    preview: bool = Field(False, description="只核对,不写入 (check only, write nothing)")


class FaultOut(BaseModel):
    """Something wrong in a file: `where` is file:line."""

    where: str
    zh: str
    en: str


class ImportReport(BaseModel):
    """What an import did, or would do. With faults nothing was written. Up to 1,000 faults and warnings are shown.

    `differing` texts are left with annotators who differ; `near` entries were left out as near-duplicates, with a warning each.
    """

    new: int
    changed: int
    same: int
    unlabelled: int
    conflicts: int
    differing: int
    near: int
    fault_count: int
    faults: list[FaultOut]
    warnings: list[FaultOut]
    themes: dict[str, int]


class _JobOut(BaseModel):
    id: str
    state: State
    by: str
    done: int
    total: int
    message: str
    created_at: str
    ended_at: str | None


class ImportOut(_JobOut):
    """An import: `done` of `total` entries are behind it. `report` is there when the file was read to its end."""

    file: str
    options: ImportOptions
    report: ImportReport | None


class ImportsResponse(BaseModel):
    """Newest first."""

    items: list[ImportOut]
    total: int


class TrainingOptions(BaseModel):
    """Whether to train though the labels have not changed, and why."""

    model_config = ConfigDict(strict=True, extra="forbid")

    force: bool = Field(False, description="标注没有变化也训练 (train though nothing has changed)")
    note: str = Field("", max_length=1_000)


class ReasonOut(BaseModel):
    """One finding of a comparison; `against` if it speaks against promotion."""

    against: bool
    zh: str
    en: str


class ComparisonOut(BaseModel):
    """The candidate against the `live` version; `better` is null if they cannot be compared. `changed` sections get other themes."""

    live: str
    better: bool | None
    reasons: list[ReasonOut]
    changed: int = 0


class TrainingOut(_JobOut):
    """A training run: `done` of `total` steps are behind it.

    `version` is the candidate, or with `unchanged` the one trained on the same labels.
    """

    options: TrainingOptions
    version: str | None = None
    unchanged: bool = False
    held_out: dict[str, float] | None = None
    comparison: ComparisonOut | None = None


class TrainingsResponse(BaseModel):
    """Newest first."""

    items: list[TrainingOut]
    total: int


def import_out(job: Job) -> ImportOut:
    """An import as JSON has it."""
    options = {name: value for name, value in job.asked.items() if name != "name"}
    report = job.result if job.ended and job.result else None
    return ImportOut(
        **_told(job),
        file=job.asked["name"],
        options=ImportOptions(**options),
        report=ImportReport(**report) if report else None,
    )


def training_out(job: Job) -> TrainingOut:
    """A training run as JSON has it."""
    return TrainingOut(**_told(job), options=TrainingOptions(**job.asked), **(job.result or {}))


def _told(job: Job) -> dict[str, Any]:
    return {name: getattr(job, name) for name in _JobOut.model_fields}
