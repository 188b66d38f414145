"""What the READMEs say is what the program does."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import readme as examples

ROOT = Path(__file__).parent.parent
READMES = pytest.mark.parametrize("readme", examples.READMES, ids=lambda path: path.name)


@READMES
def test_curl_commands_give_the_answers_printed(readme: Path, client: httpx.Client) -> None:
    found = examples.EXAMPLE.findall(readme.read_text("utf-8"))
    assert len(found) >= 4
    for command, printed in found:
        assert examples.answer(command, str(client.base_url).rstrip("/")) == printed.rstrip("\n")


@pytest.mark.parametrize("document", [*examples.READMES, examples.CARD], ids=lambda path: str(path.relative_to(ROOT)))
def test_tables_are_those_of_the_live_model_the_settings_and_the_labels(document: Path) -> None:
    text = document.read_text("utf-8")
    assert examples.with_tables(document, text) == text


@READMES
def test_the_python_example_runs(readme: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", readme.read_text("utf-8"), re.DOTALL)
    assert len(code.strip().splitlines()) <= 4
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"教师", "学前", "基建"} >= set(re.findall(r"'(.*?)'", done.stdout)) >= {"教师", "学前"}


@READMES
def test_every_command_and_file_named_exists(readme: Path, run_command) -> None:
    text = readme.read_text("utf-8")
    for words in set(re.findall(r"policy-themes ((?:labels|models|keys) [a-z]+|[a-z]+)", text)):
        assert run_command(*words.split(), "--help").returncode == 0, words
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"make ([a-z]+)", text)):
        assert re.search(rf"^(?:[a-z]+ )*{target}(?: [a-z]+)*:", makefile, re.MULTILINE), target
    for name in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / name).exists(), name


def test_both_readmes_give_the_same_commands() -> None:
    blocks = [
        re.findall(r"^(?:make|curl|\.venv|cat)[^#\n]*", path.read_text("utf-8"), re.MULTILINE)
        for path in examples.READMES
    ]
    assert [line.strip() for line in blocks[0]] == [line.strip() for line in blocks[1]]
