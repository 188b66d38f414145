"""Near-duplicates: pairs of texts that share most of their characters' shingles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["near_duplicates", "shingles"]

SIZE = 3  # characters
BITS = 512  # of a text's sketch
_NOT_WORD = re.compile(r"[\W_]+")

_Ints = npt.NDArray[np.int64]


def shingles(text: str) -> frozenset[str]:
    """The runs of three characters of `text`, punctuation and spaces left out; shorter text is its own shingle."""
    bare = _NOT_WORD.sub("", text)
    return frozenset(bare[at : at + SIZE] for at in range(max(1, len(bare) - SIZE + 1)))


def near_duplicates(texts: Sequence[str], above: float) -> Iterator[tuple[int, int, float]]:
    """Every pair (earlier, later, Jaccard similarity) whose similarity is over `above`, which must be in [0, 1).

    Exact. By prefix filtering two sets that similar must share one of the rarest (1 - above) of their members, and from where
    the first shared one stands in either, enough must be left (Chaudhuri, Ganti, Kaushik 2006; Xiao and others 2008). What
    passes is held against sketches of 512 bits, which bound what two sets can share, and then counted.
    """
    if len(texts) < 2:
        return
    sets = _members(texts)
    found = [pairs for pairs in _candidates(sets, above) if pairs.size]
    for pair in np.unique(np.concatenate(found)) if found else ():
        later, earlier = divmod(int(pair), len(texts))
        a, b = sets.of(earlier), sets.of(later)
        shared = np.intersect1d(a, b, assume_unique=True).size
        similarity = shared / (a.size + b.size - shared)
        if similarity > above:
            yield earlier, later, similarity


@dataclass(frozen=True, slots=True)
class _Sets:
    """N sets of members, each member the number of its place from the rarest to the most frequent.

    Set n is members[starts[n]:starts[n + 1]], rarest first; `sketches` is (N, BITS / 64), a bit for each member, which others may share.
    """

    members: _Ints
    starts: _Ints
    sketches: npt.NDArray[np.uint64]

    @property
    def sizes(self) -> _Ints:
        return np.diff(self.starts)

    def of(self, at: int) -> _Ints:
        return self.members[self.starts[at] : self.starts[at + 1]]


def _members(texts: Sequence[str]) -> _Sets:
    codes, owners = _codes(texts)
    _, numbers, counts = np.unique(codes, return_inverse=True, return_counts=True)
    places = np.empty(counts.size, np.int64)
    places[np.argsort(counts, kind="stable")] = np.arange(counts.size)
    keys = np.sort(owners * counts.size + places[numbers])  # many times as fast as np.unique, which hashes
    owners, members = np.divmod(keys[np.diff(keys, prepend=-1) > 0], counts.size)
    # A multiplicative hash spreads the places, of which neighbours are alike in rarity, over the bits.
    bits = ((members.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - 9)).astype(np.int64)
    flags = np.zeros(len(texts) * BITS, bool)
    flags[owners * BITS + bits] = True
    sketches = np.packbits(flags.reshape(-1, BITS), axis=1).view(np.uint64)
    return _Sets(members, np.searchsorted(owners, np.arange(len(texts) + 1)), sketches)


def _codes(texts: Sequence[str]) -> tuple[_Ints, _Ints]:
    """Every shingle of every text as a number, and the text it is of; a character has 21 bits."""
    bare = [_NOT_WORD.sub("", text).encode("utf-32-le", "surrogatepass") for text in texts]
    # Zeros behind each text keep the shingles of neighbours apart, and make a shorter text its own shingle.
    characters = np.frombuffer(b"".join(one + b"\0" * (4 * SIZE) for one in bare), np.uint32).astype(np.int64)
    lengths = np.array([len(one) // 4 for one in bare], np.int64)
    kept = np.maximum(lengths - SIZE + 1, 1)
    owners = np.repeat(np.arange(len(texts)), kept)
    begins = np.cumsum(lengths + SIZE) - (lengths + SIZE)
    at = np.arange(owners.size) - np.repeat(np.cumsum(kept) - kept, kept) + begins[owners]
    return characters[at] << 42 | characters[at + 1] << 21 | characters[at + 2], owners


def _candidates(sets: _Sets, above: float) -> Iterator[_Ints]:
    """Pairs later * N + earlier among which are all that are similar, some of them more than once."""
    sizes, count = sets.sizes, sets.sizes.size
    owners = np.repeat(np.arange(count), sizes)
    left = np.repeat(sets.starts[1:], sizes) - np.arange(owners.size)  # members from this one on, itself included
    kept = np.flatnonzero(left > (above * sizes).astype(np.int64)[owners])
    kept = kept[np.argsort(sets.members[kept], kind="stable")]
    member, owner, left = sets.members[kept], owners[kept], left[kept]
    first = np.arange(max(kept.size - 1, 0))
    step = 1
    while first.size:  # each holder of a member against the one `step` places behind it
        first = first[first + step < kept.size]
        first = first[member[first] == member[first + step]]
        second = first + step
        a, b = owner[first], owner[second]
        needed = above / (1 + above) * (sizes[a] + sizes[b])
        near = np.minimum(left[first], left[second]) > needed - 1e-6
        a, b, needed = a[near], b[near], needed[near]
        apart = np.bitwise_count(sets.sketches[a] ^ sets.sketches[b]).sum(axis=1, dtype=np.int64)
        near = (sizes[a] + sizes[b] - apart) / 2 > needed - 1e-6
        yield b[near] * count + a[near]
        step += 1
