"""policy-themes keys: who may write to the service."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from policy_themes.cli.folders import LabelsFolder

if TYPE_CHECKING:
    from service.database.database import Database

app = typer.Typer(help="密钥:建立、列出、撤销。Keys of the service: create, list, revoke.", no_args_is_help=True)

DatabaseUrl = Annotated[
    str, typer.Option("--database", envvar="POLICY_THEMES_DATABASE", help="标注库地址,默认为标注文件夹旁的 store.db")
]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="持有人,如 基教科王芳")],
    scope: Annotated[list[str], typer.Option(help="权限:read、label、train、admin,可给多次")],
    labels: LabelsFolder = None,
    database: DatabaseUrl = "",
) -> None:
    """建立一个密钥,只显示这一次。Make a key; it is shown this once."""
    from service.database.database import now
    from service.keys import create as make

    with _store(labels, database).write() as connection:
        made = make(connection, name, tuple(dict.fromkeys(scope)), now())
    sys.stdout.write(made + "\n")
    sys.stderr.write("请妥善保存,以后不再显示;从现在起,写操作都需要密钥 (keep it; it is not shown again)\n")


@app.command("list")
def list_keys(labels: LabelsFolder = None, database: DatabaseUrl = "") -> None:
    """列出密钥,不含密文。List the keys."""
    from service.keys import listed

    with _store(labels, database).read() as connection:
        found = listed(connection)
    for key in found:
        state = f"已撤销 {key.revoked_at[:19]}" if key.revoked_at else "有效"
        sys.stdout.write(f"{key.id}  {key.name}  {'、'.join(key.scopes)}  {key.created_at[:19]}  {state}\n")
    if not found:
        sys.stderr.write("还没有密钥 (no keys yet)\n")


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="密钥编号,见 list")],
    labels: LabelsFolder = None,
    database: DatabaseUrl = "",
) -> None:
    """撤销一个密钥,立即生效。Revoke a key, at once."""
    from policy_themes.errors import InputError
    from service.database.database import now
    from service.keys import revoke as run

    with _store(labels, database).write() as connection:
        if not run(connection, key, now()):
            raise InputError("没有这个有效的密钥,请看 keys list", "there is no such key, see `keys list`", where=key)
    sys.stderr.write(f"已撤销 {key} (revoked)\n")


def _store(labels: LabelsFolder, database: str) -> Database:
    from service.database.database import Database
    from service.store import address

    return Database.open(address(database, labels))
