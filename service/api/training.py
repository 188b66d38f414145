"""/training-runs: train on the labels in the store, one run at a time."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import PlainTextResponse

from service.api.access import ANYBODY, runner_of, store_of, writer
from service.api.job_schemas import TrainingOptions, TrainingOut, TrainingsResponse, training_out
from service.api.labels import PROBLEMS

__all__ = ["router"]

router = APIRouter(prefix="/training-runs", tags=["training"], responses=PROBLEMS)
Trainer = Annotated[str, Depends(writer("train"))]


@router.post("", status_code=202, summary="开始训练 (start a training run)")
def create_training_run(request: Request, by: Trainer, body: TrainingOptions | None = None) -> TrainingOut:
    """Train on the labels as they are now, in a process of its own. 409 names the run under way, if there is one.

    Nothing is promoted. A run that finds the labels as they were when the live or the newest version was trained ends with `unchanged`.
    """
    from service.jobs.queue import start

    runner = runner_of(request)
    with store_of(request).write() as connection:
        job = start(connection, by, (body or TrainingOptions(force=False, note="")).model_dump(), runner.name)
    runner.wake("training")
    return training_out(job)


@router.get("", summary="训练记录 (training runs)", openapi_extra=ANYBODY)
def training_runs(
    request: Request,
    skip: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> TrainingsResponse:
    """Training runs, newest first, a page at a time."""
    from service.jobs.queue import find

    with store_of(request).read() as connection:
        found, total = find(connection, "training", skip, limit)
    return TrainingsResponse(items=[training_out(job) for job in found], total=total)


@router.get("/{job}", summary="一次训练 (a training run)", openapi_extra=ANYBODY)
def training_run(job: str, request: Request) -> TrainingOut:
    """How far a run is, or how it ended: the candidate, its figures, and how it compares with the live version."""
    from service.jobs.queue import get

    with store_of(request).read() as connection:
        return training_out(get(connection, "training", job))


@router.get(
    "/{job}/log",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {}}}},
    summary="训练日志 (the log of a run)",
    openapi_extra=ANYBODY,
)
def training_log(
    job: str,
    request: Request,
    begin: Annotated[int, Query(alias="from", ge=0, le=2**31 - 1, description="从第几个字节起 (first byte)")] = 0,
) -> Response:
    """The log as far as it goes. To follow it, ask again `from` the byte that the header `x-next` names."""
    from service.jobs.queue import get, payload_of

    with store_of(request).read() as connection:
        get(connection, "training", job)
        log = payload_of(connection, job)
    headers = {"x-next": str(max(begin, len(log)))}
    return Response(log[begin:], media_type="text/plain; charset=utf-8", headers=headers)


@router.post("/{job}/cancel", summary="取消训练 (cancel a run)")
def cancel_training_run(job: str, request: Request, by: Trainer) -> TrainingOut:
    """Stop a run; another may begin at once."""
    from service.jobs.queue import cancel

    with store_of(request).write() as connection:
        cancelled = cancel(connection, "training", job)
    runner_of(request).wake("training")
    return training_out(cancelled)
