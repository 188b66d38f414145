"""The models/ folder: one folder a version, `current` names the live one, `history.jsonl` keeps who was promoted when."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from policy_themes.errors import ModelDamaged, ModelMissing
from policy_themes.files import written_whole
from policy_themes.store import load_model

__all__ = ["Promotion", "Versions"]

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True, slots=True)
class Promotion:
    """`version` went live at `at` (ISO 8601); `action` is promote, force or rollback; `note` says why."""

    version: str
    at: str
    action: str
    note: str = ""


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
            name = (self.folder / "current").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        if not NAME.fullmatch(name):
            raise ModelDamaged(
                "current 中不是版本名", "`current` does not name a version", where=str(self.folder / "current")
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
        """Every promotion, oldest first."""
        path = self.folder / "history.jsonl"
        if not path.is_file():
            return []
        return [Promotion(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]

    def go_live(self, promotion: Promotion) -> None:
        """Make a version the live one, once it has been seen to load; on any error the present one stays."""
        load_model(self.path(promotion.version))
        self._write("history.jsonl", [*self.history(), promotion])
        with written_whole(self.folder / "current") as temporary:
            temporary.write_text(promotion.version + "\n", encoding="utf-8")

    def before(self) -> str:
        """The version that was live before the present one. Raises ModelMissing if there was none."""
        stack: list[str] = []
        for step in self.history():
            # A rollback undoes the newest promotion; two rollbacks in a row go two steps back.
            if step.action == "rollback":
                stack.pop()
            else:
                stack.append(step.version)
        if len(stack) < 2:
            raise ModelMissing(
                "没有更早的上线版本可以退回", "there is no earlier live version to go back to", where=str(self.folder)
            )
        return stack[-2]

    def _write(self, name: str, promotions: Sequence[Promotion]) -> None:
        lines = (json.dumps(asdict(step), ensure_ascii=False) for step in promotions)
        with written_whole(self.folder / name) as temporary:
            temporary.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
