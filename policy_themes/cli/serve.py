"""policy-themes serve: the HTTP service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option(help="监听地址;默认只接受本机访问")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口")] = 8000,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="工作进程数,默认 1;共用一份模型")] = None,
    models: Annotated[Path | None, typer.Option(help="模型文件夹,默认 models/")] = None,
) -> None:
    """启动服务。Serve POST /classify over HTTP."""
    from service.server import run
    from service.settings import Settings

    given = {name: value for name, value in (("models", models), ("workers", workers)) if value is not None}
    run(Settings.in_force().model_copy(update=given), host, port)
