"""What stands for an id in an address: `{text:number}` is digits and nothing else, so that /labels/export is not taken for an id."""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor

__all__ = ["Number"]


class Number(Convertor[int]):
    """A whole number of at most ten digits."""

    regex = "[0-9]{1,10}"

    def convert(self, value: str) -> int:
        """The number in an address."""
        return int(value)

    def to_string(self, value: int) -> str:
        """The address of a number."""
        return str(value)


register_url_convertor("number", Number())
