"""Workbooks (.xlsx, .xlsm) and CSV as documents: sheet by sheet, a row a line. Legacy .xls and .et go through LibreOffice."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from policy_themes.documents.encoding import decoded
from policy_themes.documents.limits import MAX_BYTES, MAX_CHARACTERS
from policy_themes.documents.readers import Reading
from policy_themes.documents.readers.ole import SIGNATURE, check_open, streams
from policy_themes.documents.readers.sheet_package import Parts, checked_parts
from policy_themes.documents.readers.sheet_values import shown
from policy_themes.documents.readers.soffice import Conversion, converted
from policy_themes.errors import DocumentError

__all__ = ["read"]

_XLS = Conversion("xls", "MS Excel 97", "xlsx", "Calc MS Excel 2007 XML")
