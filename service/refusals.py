"""Why the service refuses a request that is well-formed."""

from __future__ import annotations

from policy_themes.errors import PolicyThemesError

__all__ = ["Conflict", "Forbidden", "NotThere", "StoreUnavailable", "Unauthorized"]


class Unauthorized(PolicyThemesError):
    """No key, or one that is wrong or revoked."""

    code = "unauthorized"


class Forbidden(PolicyThemesError):
    """A key that does not allow this."""

    code = "forbidden"


class NotThere(PolicyThemesError):
    """What was asked for does not exist."""

    code = "not-found"


class Conflict(PolicyThemesError):
    """What was asked for cannot be done as things stand."""

    code = "conflict"


class StoreUnavailable(PolicyThemesError):
    """The label store cannot be reached or written."""

    code = "store-unavailable"
