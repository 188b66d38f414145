"""What can go wrong, said in Chinese and in English.

    PolicyThemesError
    ├── InputError            something the user gave cannot be used
    │   ├── TextError         a text to tag
    │   │   └── TextTooLong
    │   ├── TableError        a table: unreadable, or without the column asked for
    │   ├── DocumentError     a document: unreadable, or of a format not known
    │   ├── LabelError        a labels file
    │   └── CodebookError     themes.yaml
    ├── ModelError
    │   ├── ModelMissing      no model there
    │   ├── ModelDamaged      a file is missing, altered or malformed
    │   └── ModelForeign      written by a version of this program that has another format
    └── PromotionRefused      the candidate is not better, or not comparable

The core knows neither HTTP nor exit codes: service/problems.py and cli/ each hold one table from these classes to theirs.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "CodebookError",
    "DocumentError",
    "InputError",
    "LabelError",
    "ModelDamaged",
    "ModelError",
    "ModelForeign",
    "ModelMissing",
    "PolicyThemesError",
    "PromotionRefused",
    "TableError",
    "TextError",
    "TextTooLong",
]


class PolicyThemesError(Exception):
    """An error with a message for each reader.

    `zh` and `en` say what is wrong and what to do; `where` names the file, line or field, or is empty.
    `code` is a stable, hyphenated name for programs.
    """

    code = "error"

    def __init__(self, zh: str, en: str, *, where: str = "", code: str = "") -> None:
        super().__init__(zh, en, where)
        self.zh, self.en, self.where = zh, en, where
        if code:
            self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.zh, self.en, self.where, self.code)

    def at(self, where: str) -> PolicyThemesError:
        """The same error, of the same class, with the place put in front of the one it names."""
        place = f"{where}: {self.where}" if self.where else where
        return type(self)(self.zh, self.en, where=place, code=self.code)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.zh} ({self.en})"


def _restored(kind: type[PolicyThemesError], zh: str, en: str, where: str, code: str) -> PolicyThemesError:
    """An error that comes from another process."""
    return kind(zh, en, where=where, code=code)


class InputError(PolicyThemesError):
    code = "input"


class TextError(InputError):
    code = "text"


class TextTooLong(TextError):
    code = "text-too-long"


class TableError(InputError):
    code = "table"


class DocumentError(InputError):
    code = "document"


class LabelError(InputError):
    code = "label"


class CodebookError(InputError):
    code = "codebook"


class ModelError(PolicyThemesError):
    code = "model"


class ModelMissing(ModelError):
    code = "model-missing"


class ModelDamaged(ModelError):
    code = "model-damaged"


class ModelForeign(ModelError):
    code = "model-foreign"


class PromotionRefused(PolicyThemesError):
    code = "promotion-refused"
