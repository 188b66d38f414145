"""One target of cases.py under atheris: python -m benchmarks.campaigns.instrumented TARGET CORPUS [LIBFUZZER OPTIONS]; fuzz.py runs it."""

from __future__ import annotations

import sys

import atheris

__all__ = ["main"]


def main() -> None:
    """Fuzz until libFuzzer ends the process."""
    with atheris.instrument_imports(include=["policy_themes", "service"]):
        from benchmarks.campaigns.cases import TARGETS
        from benchmarks.campaigns.fuzz import seeds
        from policy_themes.documents import clean, read, split  # noqa: F401
        from service import large  # noqa: F401

        name, *words = sys.argv[1:]
        for seed in seeds(name):
            TARGETS[name](seed)  # what is imported and loaded at first use is not to count as a hang

    atheris.Setup([sys.argv[0], *words], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
