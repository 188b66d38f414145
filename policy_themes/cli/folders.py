"""Where labels and models are: in the folders given, else in the home given, else those that came with the program."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

if TYPE_CHECKING:
    from policy_themes.home import Home
    from policy_themes.versions import Versions

__all__ = ["HomeFolder", "LabelsFolder", "ModelsFolder", "labels_folder", "versions_in", "with_home"]

LabelsFolder = Annotated[Path | None, typer.Option("--labels", help="标注文件夹,默认 labels/")]
ModelsFolder = Annotated[Path | None, typer.Option("--models", help="模型文件夹,默认 models/")]
HomeFolder = Annotated[
    Path | None,
    typer.Option(
        "--home",
        envvar="POLICY_THEMES_HOME",
        help="工作文件夹(见 init):用其中的 labels/ 与 models/;可写在命令前或后,另指定的文件夹优先",
    ),
]
_HomeAfter = Annotated[Path | None, typer.Option("--home", help="工作文件夹(见 policy-themes init)")]


def labels_folder(given: Path | None) -> Path:
    """The folder given, else labels/ beside the shipped models."""
    from policy_themes.versions import Versions

    return given or Versions.shipped().folder.parent / "labels"


def versions_in(given: Path | None) -> Versions:
    """The versions in the folder given, else the shipped ones."""
    from policy_themes.versions import Versions

    return Versions(given) if given else Versions.shipped()


def with_home(app: typer.Typer) -> typer.Typer:
    """Give every command of `app` that takes one of the folders in `_PLACES` the option --home, which fills in those not given.

    Done to the commands as registered, so that none can be forgotten and none needs to know of homes.
    """
    for command in app.registered_commands:
        if command.callback is not None:
            command.callback = _with_home(command.callback)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            with_home(group.typer_instance)
    return app


def _live(home: Home) -> Path:
    from policy_themes.versions import Versions

    return Versions(home.models).live_folder()


# What a parameter of that name, an optional path, is when a home is given and it is not.
_PLACES: dict[str, Callable[[Home], Path]] = {
    "labels": lambda home: home.labels,
    "models": lambda home: home.models,
    "model": _live,
}


def _with_home(function: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(function, eval_str=True)
    taken = [name for name, one in signature.parameters.items() if name in _PLACES and _is_optional_path(one)]
    if not taken:
        return function

    @functools.wraps(function)
    def filled(_context: typer.Context, home: Path | None, **given: Any) -> Any:
        from policy_themes.home import Home

        folder = home or _context.obj
        if folder and (missing := [name for name in taken if given[name] is None]):
            found = Home.at(folder)
            given |= {name: _PLACES[name](found) for name in missing}
        return function(**given)

    added = (
        inspect.Parameter("_context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context),
        inspect.Parameter("home", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_HomeAfter),
    )
    own = (one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in signature.parameters.values())
    filled.__signature__ = signature.replace(parameters=(*own, *added))  # type: ignore[attr-defined]
    return filled


def _is_optional_path(parameter: inspect.Parameter) -> bool:
    return parameter.default is None and get_args(parameter.annotation)[:1] == (Path | None,)
