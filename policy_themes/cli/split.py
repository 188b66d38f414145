"""policy-themes split: how a document is cut into sections."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def split(document: Annotated[Path, typer.Argument(help="纯文本文档(.txt、.md)")]) -> None:
    """显示文档切分成哪些段落。Show the sections a document is split into, as a tree."""
    from rich.console import Console
    from rich.markup import escape
    from rich.tree import Tree

    from policy_themes.batch.run import rows_of

    root = Tree(escape(document.name))
    branches: dict[str, Tree] = {"": root}
    for row in rows_of(document):
        path = ""
        for heading in filter(None, str(row.columns.get("heading", "")).split(" / ")):
            parent, path = branches[path], f"{path} / {heading}"
            if path not in branches:
                branches[path] = parent.add(f"[bold]{escape(heading)}")
        shown = row.text if len(row.text) <= 40 else row.text[:40] + "…"
        branches[path].add(f"{escape(shown)} [dim]({len(row.text)} 字)")
    Console().print(root)
