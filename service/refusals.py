"""Why the service refuses a request that is well-formed."""

from __future__ import annotations

from policy_themes.errors import PolicyThemesError

__all__ = ["Busy", "Conflict", "Forbidden", "Later", "NotThere", "StoreUnavailable", "TooMany", "Unauthorized"]


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


class Later(PolicyThemesError):
    """What was asked for is refused now and may be asked for again in `retry_after` seconds."""

    def __init__(self, zh: str, en: str, *, where: str = "", code: str = "", retry_after: int = 5) -> None:
        super().__init__(zh, en, where=where, code=code)
        self.retry_after = retry_after


class TooMany(Later):
    """One client asks too often or sends too much."""

    code = "too-many"


class Busy(Later):
    """The service has as much to do as it takes on."""

    code = "busy"
