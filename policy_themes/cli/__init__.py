"""The `policy-themes` command: one subcommand a file. The only place that imports core, training and service alike.

Exit codes: 0 done; 1 done in part, refused, or a model at fault; 2 the input or the call is at fault; 130 interrupted.
"""

from __future__ import annotations

import sys

import typer

from policy_themes.cli import audit, backup, evaluate, init, keys, labels, models, serve, split, tag, train
from policy_themes.cli import settings as settings_shown
from policy_themes.cli.folders import HomeFolder, with_home
from policy_themes.errors import InputError, PolicyThemesError

__all__ = ["app", "main"]

app = typer.Typer(
    name="policy-themes",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def settings(context: typer.Context, home: HomeFolder = None) -> None:
    """给政策文件的段落打主题标签。Tags sections of Chinese policy documents with themes."""
    context.obj = home


app.command("init")(init.init)
app.command("serve")(serve.serve)
app.command("settings")(settings_shown.settings)
app.command("tag")(tag.tag)
app.command("split")(split.split)
app.command("train")(train.train)
app.command("evaluate")(evaluate.evaluate)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("audit")(audit.audit)
app.add_typer(models.app, name="models")
app.add_typer(labels.app, name="labels")
app.add_typer(keys.app, name="keys")
with_home(app)


def main() -> None:
    """Run the command; an error of ours is a message and an exit code, never a traceback."""
    try:
        app()
    except PolicyThemesError as error:
        sys.stderr.write(f"错误:{error}\n")
        sys.exit(2 if isinstance(error, InputError) else 1)
    except BrokenPipeError:
        # The reader (head, less) has gone; what it wanted it has.
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        # A full disk, a share that went away: the run kept what it had done.
        sys.stderr.write(f"错误:{error.filename or ''} {error.strerror}(磁盘已满、断开或没有权限?)\n")
        sys.exit(1)
    except ModuleNotFoundError as error:
        sys.stderr.write(
            f"错误:缺少组件 {error.name};请运行 pip install 'policy-themes[documents,service,train]' (not installed)\n"
        )
        sys.exit(1)
