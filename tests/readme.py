"""The READMEs' examples and tables, as the code gives them. `python tests/readme.py` writes them anew, the tests compare."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from policy_themes.store import load_manifest
from policy_themes.versions import Versions
from service.setting import listed, markdown
from service.settings import Settings
from training.labels import read_labels

ROOT = Path(__file__).parent.parent
LABELS = read_labels(ROOT / "labels")
CARD = ROOT / "labels/README.md"
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
EXAMPLE = re.compile(r"```sh\n(curl [^\n]*)\n```\n\n```json\n(.*?)```", re.DOTALL)
ADDRESS = "http://127.0.0.1:8000"
NAMES = {
    "README.md": {
        "held_out": "held-out written text",
        "protected": "protected written sections",
        "sections": "real sections",
        "first": "first theme right",
    },
    "README.zh-CN.md": {
        "held_out": "留出的撰写文本",
        "protected": "受保护的撰写段落",
        "sections": "真实段落",
        "first": "首个主题对",
    },
}


def answer(command: str, address: str) -> str:
    """What a README's curl command prints when it asks the server at `address`."""
    call = command.replace(ADDRESS, address)
    return subprocess.run(["bash", "-c", call], capture_output=True, text=True, check=True, timeout=60).stdout


def accuracy(readme: Path) -> str:
    """The table of the live model's figures."""
    manifest = load_manifest(Versions.shipped().live_folder())
    words = NAMES[readme.name]
    rows = []
    for name, metrics in manifest["metrics"].items():
        title = words[name] if name in words else f"{words['sections']} `{name}`"
        figures = (metrics[key] for key in ("micro_f1", "macro_f1", "precision", "recall", "first_right"))
        rows.append(f"| {title} | {metrics['items']:.0f} | " + " | ".join(f"{figure:.3f}" for figure in figures) + " |")
    head = f"| {manifest['version']} | n | micro-F1 | macro-F1 | precision | recall | {words['first']} |"
    return "\n".join([head, "| --- " * 7 + "|", *rows])


def settings_table() -> str:
    """The table of the service's settings."""
    return markdown(listed(Settings.model_construct()))


def label_files() -> str:
    """The table of the label files."""
    counts: dict[str, Counter[str]] = {}
    for item in (*LABELS.items, *LABELS.protected):
        count = counts.setdefault(Path(item.where.rpartition(":")[0]).name, Counter())
        count.update([item.kind, *([] if item.themes else ["none"])])
    counts["合计 total"] = sum(counts.values(), Counter())
    rows = [f"| {name} | {count['section']} | {count['clause']} | {count['none']} |" for name, count in counts.items()]
    return "\n".join(["| 文件 file | 段 sections | 句 clauses | 不带主题 none |", "| --- " * 4 + "|", *rows])


def label_themes() -> str:
    """The table of how many items carry each theme."""
    rows = []
    for theme in LABELS.codebook.active:
        carriers = [item for item in LABELS.items if theme.name in item.themes]
        sections = [item for item in carriers if item.kind == "section"]
        later = sum(item.themes[0] != theme.name for item in sections)
        rows.append(f"| {theme.name} | {len(sections)} | {later} | {len(carriers) - len(sections)} |")
    return "\n".join(["| 主题 theme | 段 sections | 次要 later | 句 clauses |", "| --- " * 4 + "|", *rows])


def result(name: str) -> str:
    """The table of benchmarks/results/`name`.md, without the words around it."""
    lines = (ROOT / f"benchmarks/results/{name}.md").read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if line.startswith("|"))


def with_tables(readme: Path, text: str) -> str:
    """`text` with a table put after each mark it has."""
    tables = {
        "accuracy": lambda: accuracy(readme),
        "settings": settings_table,
        "peers": lambda: result("peers"),
        "ablation": lambda: result("ablation"),
        "files": label_files,
        "themes": label_themes,
    }
    for mark, table in tables.items():
        if f"<!-- {mark} -->" in text:
            text = (
                re.sub(rf"<!-- {mark} -->\n\n?(\|[^\n]*\n)*\n?", f"<!-- {mark} -->\n\n{table()}\n\n", text).rstrip()
                + "\n"
            )
    return text


def main() -> None:
    """Start the service, write every answer and table."""
    command = [Path(sys.executable).with_name("policy-themes"), "serve", "--port", "0"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    address = server.stderr.readline().split()[1]
    for readme in READMES:
        text = with_tables(readme, readme.read_text("utf-8"))
        text = EXAMPLE.sub(lambda match: f"```sh\n{match[1]}\n```\n\n```json\n{answer(match[1], address)}\n```", text)
        readme.write_text(text, "utf-8")
    CARD.write_text(with_tables(CARD, CARD.read_text("utf-8")), "utf-8")
    server.terminate()
    server.wait()
    server.stderr.close()


if __name__ == "__main__":
    main()
