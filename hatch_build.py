"""Compiles the loops of tagging when the package is built. Where that fails, as without a C compiler, the package does without them.

Nor is anything compiled where POLICY_THEMES_PURE is set, as for a package that is to run on another kind of machine.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = "policy_themes/tagging/compiled.pyx"


class CompileLoops(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling before it packs a wheel or makes an editable installation."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """The compiled module goes beside its source, and a wheel with it is for this Python and this kind of machine alone."""
        if os.environ.get("POLICY_THEMES_PURE"):
            return
        try:
            _compile(Path(self.root))
        except Exception as fault:  # whatever a compiler, or its absence, comes up with
            self.app.display_warning(f"not compiled, tagging will take about twice as long: {fault}")
            return
        build_data["artifacts"] += ["policy_themes/tagging/compiled.*.so", "policy_themes/tagging/compiled.*.pyd"]
        build_data.update(pure_python=False, infer_tag=True)


def _compile(root: Path) -> None:
    from Cython.Build import cythonize
    from setuptools import Distribution, Extension

    module = SOURCE.removesuffix(".pyx").replace("/", ".")
    extension = Extension(module, [SOURCE], extra_compile_args=[] if sys.platform == "win32" else ["-O3", "-g0"])
    distribution = Distribution({"ext_modules": cythonize([extension], build_dir=str(root / "build"))})
    command = distribution.get_command_obj("build_ext")
    command.inplace, command.force, command.build_temp = True, True, str(root / "build")
    command.ensure_finalized()
    Path(command.get_ext_fullpath(module)).unlink(missing_ok=True)  # that of an older source is none
    command.run()
