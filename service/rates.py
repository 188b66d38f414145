"""How often each client may: a bucket that fills steadily and holds a minute's worth.

Counted in this process alone: each of several workers, and each replica, counts for itself.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections import OrderedDict
from dataclasses import dataclass

__all__ = ["KnownKeys", "Rates", "client_at"]

MOST_CLIENTS = 10_000  # remembered; the one longest away is forgotten first, as its bucket is the fullest


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Rates:
    """Buckets of clients. Times are in seconds of any clock that never goes back, and are passed in."""

    def __init__(self, most: int = MOST_CLIENTS) -> None:
        self._most = most
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, client: str, per_minute: float, now: float, least: float = 1.0) -> float:
        """Seconds until `client` may, which it may with `least` in its bucket, at `per_minute`; 0.0 if it may now."""
        missing = least - self._filled(client, per_minute, now).left
        return max(0.0, missing * 60 / per_minute)

    def charge(self, client: str, per_minute: float, now: float, cost: float = 1.0) -> None:
        """Count what `client` did. A cost known only afterwards may leave a debt, which time pays."""
        self._filled(client, per_minute, now).left -= cost

    def __len__(self) -> int:
        return len(self._buckets)

    def _filled(self, client: str, per_minute: float, now: float) -> _Bucket:
        most = max(1.0, per_minute)
        bucket = self._buckets.get(client)
        if bucket is None:
            if len(self._buckets) >= self._most:
                self._buckets.popitem(last=False)
            bucket = self._buckets[client] = _Bucket(most, now)
        else:
            self._buckets.move_to_end(client)
            bucket.left = min(most, bucket.left + (now - bucket.at) * per_minute / 60)
            bucket.at = now
        # A few parts in 10^16 are lost when times are added up: who waited as long as was said may.
        if 1.0 - 1e-9 < bucket.left < 1.0:
            bucket.left = 1.0
        return bucket


class KnownKeys:
    """Which key was found behind what a request carried (a header's bytes, kept as a digest).

    Only what was once found good is here: who makes keys up stays one client, that of the address.
    """

    def __init__(self, most: int = MOST_CLIENTS) -> None:
        self._most = most
        self._keys: OrderedDict[bytes, str] = OrderedDict()

    def find(self, carried: bytes) -> str | None:
        """The key's id, if it was found before."""
        return self._keys.get(_digest(carried)) if carried else None

    def remember(self, carried: bytes, key: str) -> None:
        """`key` was found behind `carried`."""
        self._keys[_digest(carried)] = key
        if len(self._keys) > self._most:
            self._keys.popitem(last=False)


def client_at(address: str) -> str:
    """Who is at an address: of IPv6 the /64, all of which one machine has to itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))


def _digest(carried: bytes) -> bytes:
    return hashlib.blake2b(carried, digest_size=16).digest()
