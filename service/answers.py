"""A request that has been read -> its answer as JSON. Knows nothing of HTTP, so that it works in any process."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from policy_themes.errors import PolicyThemesError
from policy_themes.tagging.tagger import Options, Tagger
from policy_themes.tagging.text import checked
from service.problems import RequestError, problem, validation_error
from service.schemas import BatchItem, BatchRequest, ClassifyRequest, tagging_out

__all__ = ["batched", "classified"]


def classified(tagger: Tagger, body: ClassifyRequest, max_characters: int) -> bytes:
    """The answer of POST /classify. Raises TextError."""
    tagging = tagger.tag(checked(body.text, max_characters), _options(body))
    return to_json({**tagging_out(tagging), "model": tagger.version})


def batched(tagger: Tagger, body: BatchRequest, max_characters: int, max_batch: int) -> bytes:
    """The answer of POST /classify/batch. Raises RequestError for a batch over the limit."""
    if len(body.items) > max_batch:
        raise RequestError(
            f"一批有 {len(body.items)} 段,上限 {max_batch};请分批提交",
            f"a batch of {len(body.items)} is over the limit of {max_batch}; send it in parts",
            where="items",
            code="batch-too-large",
        )
    results = _tagged(tagger, body.items, _options(body), max_characters)
    return to_json({"results": results, "model": tagger.version})


def _options(body: ClassifyRequest | BatchRequest) -> Options:
    return Options(body.top, body.threshold, body.evidence, body.scores)


def _tagged(tagger: Tagger, items: list[Any], options: Options, max_characters: int) -> list[dict[str, Any]]:
    """The result of each item, as JSON values."""
    results: list[dict[str, Any]] = []
    sound: list[tuple[int, str]] = []
    for number, item in enumerate(items):
        try:
            read = BatchItem.model_validate(item)
            results.append({"id": read.id})
            sound.append((number, checked(read.text, max_characters)))
        except ValidationError as error:
            results.append({"id": _id_of(item), "error": problem(validation_error(error.errors(), ("items", number)))})
        except PolicyThemesError as error:
            results[-1]["error"] = problem(error.at(f"items.{number}.text"))
    taggings = tagger.tag_batch([text for _, text in sound], options)
    for (number, _), tagging in zip(sound, taggings, strict=True):
        results[number].update(tagging_out(tagging))
    return results


def _id_of(item: Any) -> str | int | None:
    """The id of a faulty item, if it has one that can be given back."""
    try:
        return BatchItem.model_validate({"id": item["id"], "text": ""}).id
    except (ValidationError, TypeError, KeyError, IndexError):
        return None
