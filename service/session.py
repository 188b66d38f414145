"""A session of the page: who signed in, and what forms have to send back."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LOCAL", "Session"]

LOCAL = "本机"  # who writes with this machine's own key


@dataclass(frozen=True, slots=True)
class Session:
    """Who signed in with a key of this name and scopes, or with this machine's own key; `csrf` is what its forms carry.

    `key` is the key's id, LOCAL for this machine's own.
    """

    name: str
    scopes: tuple[str, ...]
    csrf: str
    key: str
    local: bool = False

    def allows(self, scope: str) -> bool:
        """Whether the one who signed in may do what asks for `scope`."""
        return scope in self.scopes or "admin" in self.scopes
