"""Where a run writes to: a file that appears whole at the end with a journal beside it, or standard output."""

from __future__ import annotations

import contextlib
import hashlib
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policy_themes.errors import InputError

if TYPE_CHECKING:
    from policy_themes.batch.journal import Journal
    from policy_themes.batch.result import Outcome, Writer
    from policy_themes.tagging.tagger import Options

__all__ = ["STREAM", "output_of", "sections_only"]

STREAM = "-"


@contextlib.contextmanager
def output_of(
    output: str, model: Path, options: Options, *, resume: bool
) -> Iterator[tuple[Journal, Writer, list[Path]]]:
    """The journal and the writer of a run, and the files that are its own. The output appears whole when the context ends well; after
    a kill or an error the journal stays, unless there is nothing in it."""
    from policy_themes.batch.journal import Journal, journal_path
    from policy_themes.batch.writers import writer_for
    from policy_themes.files import written_whole
    from policy_themes.store import load_manifest

    manifest = load_manifest(model)
    run = {"program": _version(), "model": _digest(model / "manifest.json"), "options": asdict(options)}
    if output == STREAM:
        with _streamed(run) as (journal, write):
            yield journal, write, []
        return
    path = Path(output)
    if not path.parent.is_dir():
        raise InputError(
            "输出文件夹不存在,请先建立", "the output's folder does not exist; make it first", where=str(path.parent)
        )
    themes = [theme["name"] for theme in manifest["themes"]]
    own = journal_path(path)
    with (
        written_whole(path) as temporary,
        writer_for(temporary, path.suffix.lower(), themes) as write,
        Journal(own, run, resume=resume) as journal,
        _kept(journal),
    ):
        yield journal, write, [path, own, temporary]
    own.unlink(missing_ok=True)


@contextlib.contextmanager
def _streamed(run: dict[str, Any]) -> Iterator[tuple[Journal, Writer]]:
    """A journal that ends with the run, and a writer to standard output."""
    from policy_themes.batch.journal import Journal
    from policy_themes.batch.writers.jsonl import to_stream

    # JSON may hold any character, whatever the terminal's encoding; what libraries print must not come between the lines.
    stream = sys.stdout
    stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    with (
        tempfile.TemporaryDirectory() as folder,
        Journal(Path(folder) / "journal", run, resume=False) as journal,
        contextlib.redirect_stdout(sys.stderr),
    ):
        yield journal, to_stream(stream)


def sections_only(write: Writer) -> Writer:
    """The writer without the rows of documents that are not tagged."""
    from policy_themes.batch.result import sections_of

    def kept(outcome: Outcome) -> None:
        write(replace(outcome, results=sections_of(outcome.results)))

    return kept


@contextlib.contextmanager
def _kept(journal: Journal) -> Iterator[None]:
    """Say how to go on if the run ends early; a journal with nothing in it is not worth keeping."""
    try:
        yield
    except BaseException as error:
        if journal.done and not isinstance(error, InputError):
            sys.stderr.write(
                f"已完成 {journal.done} 份,加 --resume 可接着做 ({journal.done} done; go on with --resume)\n"
            )
        else:
            journal.remove()
        raise


def _version() -> str:
    from policy_themes import __version__

    return __version__


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
