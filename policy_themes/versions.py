"""The models/ folder: one folder a version, `current` names the live one, `history.jsonl` keeps who was promoted when."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from policy_themes.errors import ModelDamaged, ModelMissing, PromotionRefused
from policy_themes.files import written_whole
from policy_themes.lock import locked
from policy_themes.store import load_model

__all__ = ["Promotion", "Versions"]

CURRENT = "current"
HISTORY = "history.jsonl"
LOCK = ".lock"  # held while the two above are read and written anew
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True, slots=True)
class Promotion:
    """`version` went live at `at` (ISO 8601); `action` is promote, force or rollback; `note` says why, `by` who.

    `interrupted`: it was begun, but never became the live one.
    """

    version: str
    at: str
    action: str
    note: str = ""
    by: str = ""
    interrupted: bool = False


class Versions:
    """The versions in a models/ folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def shipped(cls) -> Versions:
        """Those that came with the program: inside the installed package, or beside it in a checkout."""
        package = Path(__file__).resolve().parent
        installed = package / "shipped" / "models"
        return cls(installed if installed.is_dir() else package.parent / "models")

    def names(self) -> list[str]:
        """All versions, oldest first (their names begin with a date)."""
        if not self.folder.is_dir():
            return []
        return sorted(
            entry.name
            for entry in self.folder.iterdir()
            if (entry / "manifest.json").is_file() and NAME.fullmatch(entry.name)
        )

    def live(self) -> str | None:
        """The live version's name; None if none has been promoted."""
        try:
            name = (self.folder / CURRENT).read_text(encoding="utf-8", errors="replace").strip()
        except FileNotFoundError:
            return None
        if not NAME.fullmatch(name):
            raise ModelDamaged(
                "current 中不是版本名", "`current` does not name a version", where=str(self.folder / CURRENT)
            )
        return name

    def live_folder(self) -> Path:
        """The live version's folder. Raises ModelMissing if none has been promoted."""
        name = self.live()
        if name is None:
            raise ModelMissing(
                "还没有上线的模型;请先运行 policy-themes train",
                "no model is live; run `policy-themes train` first",
                where=str(self.folder),
            )
        return self.folder / name

    def path(self, name: str) -> Path:
        """The folder of a version. Raises ModelMissing, listing those there are."""
        if name not in self.names():
            there = "、".join(self.names()) or "无"
            raise ModelMissing(
                f"没有版本 {name};现有:{there}",
                f"there is no version {name}; there are: {there}",
                where=str(self.folder),
            )
        return self.folder / name

    def history(self) -> list[Promotion]:
        """Every promotion, oldest first. Raises ModelDamaged, naming the line, for a line that is not one.

        A last line whose version is not the live one is `interrupted`: whoever wrote it ended before `current` was written, or
        `current` was changed by hand since. (Read while another process promotes, it may also be a moment early.)
        """
        path = self.folder / HISTORY
        if not path.is_file():
            return []
        steps = [_step(line, f"{path}:{at}") for at, line in enumerate(path.read_text("utf-8").split("\n"), 1) if line]
        with contextlib.suppress(ModelDamaged):  # a `current` that names nothing tells nothing of the last line either
            if steps and steps[-1].version != self.live():
                steps[-1] = replace(steps[-1], interrupted=True)
        return steps

    def go_live(self, promotion: Promotion, *, over: str = "") -> None:
        """Make a version the live one, once it has been seen to load; on any error the present one stays.

        `over` names the version it was compared with: PromotionRefused if another has gone live since. Safe in many processes
        at once and against a kill at any moment: history is written first, and `current` decides.
        """
        load_model(self.path(promotion.version))
        with locked(self.folder / LOCK):
            if over and self.live() != over:
                raise PromotionRefused(
                    f"比较期间上线版已从 {over} 变为 {self.live()},请重试",
                    f"{self.live()} has gone live instead of {over} since they were compared; try again",
                    where=promotion.version,
                )
            self._put_live(promotion)

    def roll_back(self, at: str, *, by: str = "", note: str = "") -> str:
        """Go back to the version that was live before the present one, and give its name.

        Raises ModelMissing if there was none, ModelDamaged or ModelForeign if it no longer loads; the present one then stays.
        """
        with locked(self.folder / LOCK):
            back = self.before()
            load_model(self.path(back))
            self._put_live(Promotion(back, at, "rollback", note, by))
        return back

    def before(self) -> str:
        """The version that was live before the present one. Raises ModelMissing if there was none."""
        stack: list[str] = []
        for step in self.history():
            if step.interrupted:
                continue
            # A rollback undoes the newest promotion; two rollbacks in a row go two steps back.
            if step.action == "rollback" and stack:
                stack.pop()
            if stack[-1:] != [step.version]:
                stack.append(step.version)
        if len(stack) < 2:
            raise ModelMissing(
                "没有更早的上线版本可以退回", "there is no earlier live version to go back to", where=str(self.folder)
            )
        return stack[-2]

    def _put_live(self, promotion: Promotion) -> None:
        """Write history, then `current`; the lock is held. The interrupted line of a killed process is kept, marked as such."""
        for name in (HISTORY, CURRENT):
            for left in self.folder.glob(f".{name}.*.tmp"):
                left.unlink(missing_ok=True)  # by a killed process: the lock is ours, so nobody is writing it
        lines = (json.dumps(_entry(step), ensure_ascii=False) for step in [*self.history(), promotion])
        with written_whole(self.folder / HISTORY) as temporary:
            temporary.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        with written_whole(self.folder / CURRENT) as temporary:
            temporary.write_text(promotion.version + "\n", encoding="utf-8")


def _entry(step: Promotion) -> dict[str, Any]:
    return {name: value for name, value in asdict(step).items() if name != "interrupted" or value}


def _step(line: str, where: str) -> Promotion:
    """A line of the history; lines of older programs have no `by`."""
    try:
        return Promotion(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise ModelDamaged(
            "不是上线记录;请从备份恢复 history.jsonl 或删去这一行",
            "is not a promotion; restore history.jsonl or delete the line",
            where=where,
        ) from error
