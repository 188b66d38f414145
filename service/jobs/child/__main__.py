"""What service/jobs/process.py starts."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

from policy_themes.errors import PolicyThemesError
from service.jobs.child.lifeline import given, say

__all__ = ["main"]


def main() -> None:
    """Do the job that standard input names, and say how it ended."""
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    asked = given()
    try:
        from service.database.database import Database

        database = Database(asked["url"])
        if asked["kind"] == "import":
            from service.jobs.child.importing import run_import

            run_import(database, asked["job"], asked["runner"])
        elif asked["kind"] == "check":
            from service.jobs.child.checking import run_checks

            run_checks(database, asked["asked"])
        else:
            from service.jobs.child.training import run_training

            run_training(database, asked["asked"], Path(asked["models"]), Path(asked["scratch"]))
    except PolicyThemesError as error:
        from service.refusals import StoreUnavailable

        say(end="failed", message=str(error), result=None, away=isinstance(error, StoreUnavailable))
    except MemoryError:
        say(
            end="failed",
            message="内存不足;请拆分文件或增加内存 (out of memory; split the file or add memory)",
            result=None,
        )
    except Exception as error:
        traceback.print_exc(file=sys.stdout)
        say(end="failed", message=f"内部错误:{error!r},详见日志 (internal error; see the log)", result=None)


if __name__ == "__main__":
    main()
