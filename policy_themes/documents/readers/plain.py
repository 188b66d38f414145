"""Plain text and Markdown."""

from __future__ import annotations

from policy_themes.documents.encoding import decoded
from policy_themes.documents.readers import Reading

__all__ = ["read"]


def read(data: bytes, name: str) -> Reading:
    """The text as it stands. Raises DocumentError for bytes that are no text."""
    return Reading(decoded(data, name))
