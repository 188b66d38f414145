"""A request that has been read -> its answer as JSON. Knows nothing of HTTP, so that it works in any process."""

from __future__ import annotations

from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import to_json

from policy_themes.errors import PolicyThemesError
from policy_themes.tagging.tagger import Options, Tagger, Tagging
from policy_themes.tagging.text import checked
from service.problems import RequestError, problem, validation_error
from service.schemas import BatchItem, BatchRequest, ClassifyRequest, tagging_out
from service.watch.tally import Tally, of_many, of_one

__all__ = ["Answer", "answer", "batched", "classified", "options_of"]


class Answer(NamedTuple):
    """The JSON, and what was tagged for it."""

    body: bytes
    tally: Tally


def classified(tagger: Tagger, body: ClassifyRequest, max_characters: int) -> Answer:
    """The answer of POST /classify. Raises TextError."""
    return answer(tagger.version, body, tagger.tag(checked(body.text, max_characters), options_of(body)))


def answer(version: str, body: ClassifyRequest, tagging: Tagging) -> Answer:
    """The same for who has tagged already, with `version`."""
    told = to_json({**tagging_out(tagging), "model": version})
    return Answer(told, of_one(version, body.text, tagging, options_of(body)))


def batched(tagger: Tagger, body: BatchRequest, max_characters: int, max_batch: int) -> Answer:
    """The answer of POST /classify/batch. Raises RequestError for a batch over the limit."""
    if len(body.items) > max_batch:
        raise RequestError(
            f"一批有 {len(body.items)} 段,上限 {max_batch};请分批提交",
            f"a batch of {len(body.items)} is over the limit of {max_batch}; send it in parts",
            where="items",
            code="batch-too-large",
        )
    results, tally = _tagged(tagger, body.items, options_of(body), max_characters)
    return Answer(to_json({"results": results, "model": tagger.version}), tally)


def options_of(body: ClassifyRequest | BatchRequest) -> Options:
    """What is asked for."""
    return Options(body.top, body.threshold, body.evidence, body.scores)


def _tagged(
    tagger: Tagger, items: list[Any], options: Options, max_characters: int
) -> tuple[list[dict[str, Any]], Tally]:
    """The result of each item, as JSON values, and what was tagged."""
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
    texts = [text for _, text in sound]
    taggings = tagger.tag_batch(texts, options)
    for (number, _), tagging in zip(sound, taggings, strict=True):
        results[number].update(tagging_out(tagging))
    return results, of_many(tagger.version, texts, taggings, options)


def _id_of(item: Any) -> str | int | None:
    """The id of a faulty item, if it has one that can be given back."""
    try:
        return BatchItem.model_validate({"id": item["id"], "text": ""}).id
    except (ValidationError, TypeError, KeyError, IndexError):
        return None
