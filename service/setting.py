"""A setting as it is shown: what it is called, what it may be, what it is. Secrets are never among it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from service.settings import PREFIX, Settings

__all__ = ["Setting", "listed", "markdown"]

SET, UNSET = "已设置 (set)", "未设置 (not set)"


@dataclass(frozen=True, slots=True)
class Setting:
    """`default` and `value` as text, empty for none; of a secret only whether it is set. `bounds` such as "1 – 64", empty for none."""

    variable: str
    default: str
    value: str
    bounds: str
    help: str

    @property
    def changed(self) -> bool:
        """Whether what is in force is not the default."""
        return self.value not in (self.default, UNSET)


def listed(settings: Settings) -> list[Setting]:
    """Every setting, in the order of the class."""
    found = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        secret = SecretStr in (field.annotation, *getattr(field.annotation, "__args__", ()))
        default = "" if secret else _text(field.default)
        shown = (SET if value and value.get_secret_value() else UNSET) if secret else _text(value)
        found.append(
            Setting(f"{PREFIX}{name.upper()}", default, shown, _bounds(field.metadata), field.description or "")
        )
    return found


def markdown(settings: Sequence[Setting]) -> str:
    """The table of the READMEs, which does not say what is in force."""
    rows = [f"| `{one.variable}` | {one.default} | {one.bounds} | {one.help} |" for one in settings]
    head = "| 变量 variable | 默认 default | 范围 bounds | 含义 meaning |"
    return "\n".join([head, "| --- | --- | --- | --- |", *rows])


def _bounds(metadata: Sequence[Any]) -> str:
    least = next((one.ge for one in metadata if hasattr(one, "ge")), None)
    most = next((one.le for one in metadata if hasattr(one, "le")), None)
    if least is None and most is None:
        return ""
    return f"≥ {_text(least)}" if most is None else f"{_text(least)} – {_text(most)}"


def _text(value: Any) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
