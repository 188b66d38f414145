"""policy-themes settings: what can be set for the service, and what is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from service.setting import Setting


def settings(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="输出 Markdown 表格(不含当前值)")] = False,
    defaults: Annotated[bool, typer.Option("--defaults", help="不读环境变量,只列默认值")] = False,
) -> None:
    """列出服务的设置:环境变量、默认值、当前值、范围、含义。The service's settings, and what is in force."""
    import dataclasses
    import json

    from service.setting import listed, markdown
    from service.settings import Settings

    found = listed(Settings.model_construct() if defaults or as_markdown else Settings.in_force())
    if as_json:
        told = [dataclasses.asdict(one) for one in found]
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    elif as_markdown:
        sys.stdout.write(markdown(found) + "\n")
    else:
        _print(found)


def _print(found: list[Setting]) -> None:
    """A table as wide as the terminal, or as it takes where there is none; what was changed is bold."""
    from rich.console import Console
    from rich.table import Table

    table = Table("变量\nvariable", "默认\ndefault", "当前\nin force", "范围\nbounds", "含义\nmeaning", show_lines=True)
    for one in found:
        value = f"[bold]{_plain(one.value)}[/bold]" if one.changed else _plain(one.value)
        table.add_row(one.variable, one.default, value, one.bounds, _plain(one.help))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)
