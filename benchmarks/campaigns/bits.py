"""Flipped bits in a model folder, each to be refused with its file named: python -m benchmarks.campaigns.bits [FLIPS]

Every file of the folder has its share of the flips (500), at places chosen at random. Ends with
status 1 if one is taken or blamed on another file.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from policy_themes.errors import ModelError
from policy_themes.store import load_model
from policy_themes.versions import Versions

__all__ = ["Flip", "flips"]


@dataclass(frozen=True, slots=True)
class Flip:
    """One bit, the `bit`-th of a file's, and what was said of it: "" if the folder was loaded as if nothing were wrong."""

    file: str
    bit: int
    said: str

    @property
    def refused(self) -> bool:
        """Whether it was refused with its file named."""
        return self.file in self.said


def flips(folder: Path, number: int, seed: int = 0) -> Iterator[Flip]:
    """Flip one bit after another of a model folder, its files in turn; the folder is as it was afterwards."""
    chosen, files = random.Random(seed), sorted(path for path in folder.iterdir() if path.is_file())
    for at in range(number):
        file = files[at % len(files)]
        content = file.read_bytes()
        bit = chosen.randrange(len(content) * 8)
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        file.write_bytes(flipped)
        try:
            yield Flip(file.name, bit, _said(folder))
        finally:
            file.write_bytes(content)


def _said(folder: Path) -> str:
    try:
        load_model(folder)
    except ModelError as error:
        return error.where
    return ""


def main() -> int:
    """Print how many flips were refused, and those that were not."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "model"
        shutil.copytree(Versions.shipped().live_folder(), folder)
        missed = [flip for flip in flips(folder, number) if not flip.refused]
        files = sum(path.is_file() for path in folder.iterdir())
    print(f"{number - len(missed)} of {number} flips in {files} files refused with the file named")
    for flip in missed:
        print(flip)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
