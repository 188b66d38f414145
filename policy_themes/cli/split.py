"""policy-themes split: how a document is cut into sections."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.tree import Tree

    from policy_themes.documents.document import Document

SHOWN = 40  # characters of a section


def split(
    document: Annotated[Path, typer.Argument(help="文档(txt、md、html、docx、pdf、ofd、xlsx、doc、wps、rtf)")],
    json: Annotated[bool, typer.Option("--json", help="每段一行 JSON:kind、number、heading、start、end、text")] = False,
) -> None:
    """显示文档切分成哪些段落。Show the sections a document is split into, as a tree."""
    from policy_themes.documents.read import bytes_of, read_document
    from policy_themes.errors import InputError

    if not document.is_file():
        raise InputError("没有这个文件", "there is no such file", where=str(document))
    found = read_document(bytes_of(document), document.name)
    if json:
        _as_json(found)
    else:
        _as_tree(found)


def _as_json(document: Document) -> None:
    import json
    from dataclasses import asdict

    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    for section in document.sections:
        sys.stdout.write(json.dumps(asdict(section), ensure_ascii=False) + "\n")


def _as_tree(document: Document) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.tree import Tree

    from policy_themes.documents.clean import REPAIRS

    root = Tree(f"[bold]{escape(document.facts.title or document.name)}")
    branches: dict[str, Tree] = {"": root}
    for section in document.sections:
        parent = _branch(branches, section.heading)
        shown = escape(section.text if len(section.text) <= SHOWN else section.text[:SHOWN] + "…")
        if section.kind == "heading":
            _branch(branches, f"{section.heading} / {section.text}" if section.heading else section.text)
        elif section.kind == "section":
            parent.add(f"{shown} [dim]({len(section.text)} 字)")
        else:
            parent.add(f"[dim]{shown} ({'标题' if section.kind == 'title' else '不打标'})")
    console = Console()
    console.print(root)
    facts = document.facts
    told = [one for one in (facts.issuer, facts.number, facts.date) if one]
    told += [f"{REPAIRS[name]} {count}" for name, count in document.repairs.items()]
    told += document.notes
    counted = sum(section.kind == "section" for section in document.sections)
    console.print(" · ".join([f"{counted} 段", *told]), markup=False, highlight=False)


def _branch(branches: dict[str, Tree], heading: str) -> Tree:
    """The branch of a heading path, made where it is new."""
    from rich.markup import escape

    if heading not in branches:
        above, _, own = heading.rpartition(" / ")
        branches[heading] = _branch(branches, above).add(f"[bold]{escape(own)}")
    return branches[heading]
