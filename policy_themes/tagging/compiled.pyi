from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

_Integers = npt.NDArray[np.int64]
_Doubles = npt.NDArray[np.float64]

def looked_up(
    words: list[str], keys: npt.NDArray[np.uint64], values: _Integers, others: Mapping[str, int], bits: int
) -> tuple[_Integers, _Integers, list[int]]: ...
def outlined(
    codes: _Integers, rows: _Integers
) -> tuple[_Integers, _Integers, int, _Integers, _Integers, _Integers]: ...

class Scores:
    def __init__(self, idf: _Doubles, coefficients: npt.NDArray[np.float32], intercepts: _Doubles) -> None: ...
    def of(
        self, rows: _Integers, clause: _Integers, clauses: int, sentences: _Integers, texts: _Integers
    ) -> tuple[_Doubles, _Doubles]: ...

def probable(scores: _Doubles, slopes: _Doubles, offsets: _Doubles) -> _Doubles: ...
def assigned(probabilities: _Doubles, thresholds: _Doubles, most: int) -> list[list[tuple[int, float]]]: ...
