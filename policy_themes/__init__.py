"""Tags sections of Chinese education-policy documents with themes.

from policy_themes import Tagger

tagging = Tagger.load().tag("实施教师“县管校聘”管理改革,新建公办幼儿园3所。")
print([theme.name for theme in tagging.themes])
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policy_themes.errors import PolicyThemesError
    from policy_themes.tagging.tagger import Options, Tagger, Tagging, ThemeScore
    from policy_themes.themes import Codebook, Theme

__all__ = ["Codebook", "Options", "PolicyThemesError", "Tagger", "Tagging", "Theme", "ThemeScore", "__version__"]

__version__ = "0.1.0"

_HOMES = {
    "Codebook": "themes",
    "Options": "tagging.tagger",
    "PolicyThemesError": "errors",
    "Tagger": "tagging.tagger",
    "Tagging": "tagging.tagger",
    "Theme": "themes",
    "ThemeScore": "tagging.tagger",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: a command that tags nothing then does not wait for numpy."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
