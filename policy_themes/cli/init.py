"""policy-themes init: a home for another field."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer


def init(
    folder: Annotated[Path, typer.Argument(help="新建的工作文件夹,须是新的或空的")],
    themes: Annotated[str, typer.Option(help="主题名,用逗号隔开;不给则在 themes.yaml 中自己写")] = "",
) -> None:
    """为另一个领域新建工作文件夹:主题表、标注、模型。Make a home for another field: codebook, labels and models."""
    from policy_themes.home import make_home

    named = [name.strip() for name in re.split(r"[,\uff0c、;\uff1b]", themes) if name.strip()]
    home, at = make_home(folder, named), shlex.quote(str(folder))
    sys.stdout.write(
        f"已建立 {home.folder}。先在 {home.labels / 'themes.yaml'} 中写明每个主题包括什么,再依次运行"
        " (made; say in themes.yaml what each theme covers, then run):\n"
        f"  policy-themes labels import 标注.xlsx --home {at}\n"
        f"  policy-themes train --home {at}\n"
        f"  policy-themes serve --home {at}\n"
    )
