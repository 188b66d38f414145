"""Quality checks of labels before training. Pure functions: labelled items in, findings out, no file read.

    items, annotations -> check -> Checks (findings by kind, agreement) -> tables -> output (xlsx, html, json)

`check` alone loads no scikit-learn unless it is asked for suspicious labels.
"""

from training.checks.checks import Checks, check
from training.checks.finding import KINDS, Annotation, Finding, annotations_of, text_digest

__all__ = ["KINDS", "Annotation", "Checks", "Finding", "annotations_of", "check", "text_digest"]
