"""A large request as work for a process that reads, tags and writes it: what goes there and comes back are bytes.

Reading a megabyte of JSON takes as long as tagging some hundred sections, and neither lets go of Python's lock: in a thread, either would
hold up every other request.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from policy_themes.batch.result import Outcome, Result
from policy_themes.batch.units import Call
from policy_themes.errors import PolicyThemesError
from policy_themes.tagging.tagger import Tagger
from service.answers import Answer, batched, classified
from service.schemas import BatchRequest, ClassifyRequest

__all__ = ["ANSWER", "FAULT", "SMALL", "UNREADABLE", "Large"]

SMALL = 8_000  # bytes of a body that is read and tagged in place, in a millisecond or two
ANSWER, FAULT = "answer", "fault"  # the one column that comes back: an Answer, or the first of pydantic's faults
UNREADABLE = "unreadable"  # the type of the fault of a body that stops the reader itself

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Large(Call):
    """The body of POST /classify, or of POST /classify/batch if `batch`, with the limits it is held to."""

    batch: bool
    max_characters: int
    max_batch: int

    def outcome(self, tagger: Tagger) -> Outcome:
        try:
            return _told(ANSWER, self._answer(tagger))
        except PolicyThemesError as error:
            return Outcome(failures=(error,))
        except ValidationError as error:
            return _told(FAULT, error.errors(include_url=False, include_input=False)[0])
        except json.JSONDecodeError as error:
            return _told(FAULT, {"type": "json_invalid", "loc": (error.pos,)})
        except (RecursionError, UnicodeDecodeError):
            return _told(FAULT, {"type": UNREADABLE})

    def _answer(self, tagger: Tagger) -> Answer:
        if self.batch:
            return batched(tagger, _read(BatchRequest, self.data), self.max_characters, self.max_batch)
        return classified(tagger, _read(ClassifyRequest, self.data), self.max_characters)


def _read(model: type[_Model], data: bytes) -> _Model:
    """The body. What pydantic's own reader refuses is read again as FastAPI reads: it takes more, and its faults are the ones we tell."""
    try:
        return model.model_validate_json(data)
    except ValidationError:
        return model.model_validate(json.loads(data))


def _told(column: str, value: Any) -> Outcome:
    return Outcome((Result("", {column: value}, None),))
