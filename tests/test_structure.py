"""The house rules that a machine can hold."""

import ast
import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("policy_themes", "training", "service")
MODULES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts
)


def imports(path: Path) -> set[str]:
    """The top-level names a module imports anywhere."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    place = path.relative_to(ROOT).parts
    forbidden = {
        "policy_themes": set() if place[1] == "cli" else {"training", "service", "sklearn", "fastapi", "pydantic"},
        "training": {"service", "fastapi"},
        "service": {"sklearn"},
    }[place[0]]
    assert not imports(path) & forbidden


def test_a_service_that_only_tags_loads_neither_training_nor_the_label_store() -> None:
    code = (
        "import sys; from service.app import create_app; from service.settings import Settings; create_app(Settings()); "
        "print(*{'training', 'sklearn', 'sqlalchemy', 'alembic'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_short(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= 200
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[1].lineno if ast.get_docstring(node) and len(node.body) > 1 else node.body[0].lineno
            assert node.body[-1].end_lineno - first < 32, f"{path}:{node.lineno} {node.name}"


def test_the_package_loads_no_learning_and_no_web() -> None:
    code = "import sys, policy_themes; policy_themes.Tagger; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"sklearn", "scipy", "fastapi", "pydantic", "openpyxl", "typer"} & set(loaded)


def test_help_starts_in_under_three_tenths_of_a_second() -> None:
    used = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([Path(sys.executable).with_name("policy-themes"), "--help"], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(used) < 0.3
