"""Keyword rules: how many of the phrases that a theme covers stand in the text."""

import re
import sys
from pathlib import Path

from exchange import score_tests, themes

folder = Path(sys.argv[1])
parting = re.compile(r"[、,;()\uff0c\uff1b\uff08\uff09]|与|和")
# A phrase is long; the words at its ends are what a rule writer would look for.
words = [
    {name, *(end for part in parting.split(covers) if len(part) > 1 for end in (part[:4], part[-4:]))}
    for name, covers in themes(folder).items()
]
score_tests(
    folder, lambda lines: [[sum(str(line["text"]).count(word) for word in one) for one in words] for line in lines]
)
