"""Building the package where there is a C compiler, and where there is none."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

from policy_themes.tagging import loops

ROOT = Path(__file__).parent.parent
PARTS = (
    "policy_themes",
    "training",
    "service",
    "labels",
    "models",
    "pyproject.toml",
    "hatch_build.py",
    "README.md",
    "LICENSE",
)


def compiler() -> bool:
    command = str(sysconfig.get_config_var("CC")).split()[0]
    return bool(shutil.which(command)) and Path(sysconfig.get_path("include"), "Python.h").exists()


def test_the_loops_of_tagging_are_compiled_where_they_can_be() -> None:
    assert (loops.compiled is not None) == compiler()


def test_without_a_compiler_the_package_is_built_without_them(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for part in PARTS:
        place = ROOT / part
        copy = shutil.copytree if place.is_dir() else shutil.copy
        copy(place, source / part)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(source)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ | {"CC": "/bin/false"})
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "policy_themes/tagging/machine.py" in names
    assert not [name for name in names if name.endswith((".so", ".pyd"))]
