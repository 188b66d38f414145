"""Requests made from the API description, valid and invalid, to every operation: python -m benchmarks.campaigns.openapi [EXAMPLES]

schemathesis (the extra `dev`) sends EXAMPLES (2,000) generated requests an operation with a key that may everything, then sequences of
requests that use one another's answers, and holds each answer against the description, with the checks of schemathesis.toml. Ends with
status 1 if a check fails.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.campaigns.target import KEY, prepared, started

__all__ = ["campaign"]

CHECKS = Path(__file__).with_name("schemathesis.toml")
_COMMAND = Path(sys.executable).with_name("schemathesis")


def campaign(address: str, examples: int, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run schemathesis against the service at `address`; it keeps its files in `folder`. `words` are more of its options."""
    options = ("--max-examples", str(examples), "--header", f"Authorization: Bearer {KEY}", "--no-color", *words)
    call = [str(_COMMAND), "--config-file", str(CHECKS), "run", f"{address}/openapi.json", *options]
    return subprocess.run(
        call, check=False, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )


def main() -> int:
    """Print what schemathesis found."""
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepared(folder)
        with started(folder) as target:
            done = campaign(target.address, examples, folder)
    print(done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
