"""policy-themes audit: who wrote what, and who was refused."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from policy_themes.cli.folders import LabelsFolder
from policy_themes.cli.keys import DatabaseUrl


def audit(
    who: Annotated[str, typer.Option(help="只列这个密钥名称的")] = "",
    operation: Annotated[str, typer.Option(help="只列操作中有这段文字的,如 /labels")] = "",
    status: Annotated[int, typer.Option(min=0, max=599, help="只列这个状态码的,如 401")] = 0,
    since: Annotated[str, typer.Option(help="从何时起(UTC),如 2026-11-23T08:00")] = "",
    limit: Annotated[int, typer.Option(min=1, help="最多列几条,从最新的起")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="一行一个 JSON")] = False,
    labels: LabelsFolder = None,
    database: DatabaseUrl = "",
) -> None:
    """列出谁改了什么、谁被拒绝,最新的在前。The audit log, newest first."""
    import dataclasses
    import json

    from service.audit.rows import Wanted, find
    from service.database.database import Database
    from service.store import address

    with Database.open(address(database, labels)).read() as connection:
        found = find(connection, Wanted(who, operation, status, since), limit=limit)
    for one in found:
        if as_json:
            sys.stdout.write(json.dumps(dataclasses.asdict(one), ensure_ascii=False) + "\n")
        else:
            line = f"{one.at[:19]}  {one.who}  {one.operation}  {one.target}  {one.status}  {one.request_id}"
            # A path is what a stranger sent: nothing in it reaches the terminal as a command.
            sys.stdout.write("".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in line) + "\n")
    if not found:
        sys.stderr.write("没有符合条件的记录 (nothing found)\n")
