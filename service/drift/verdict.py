"""Expected and found -> how far they are apart, in figures and in words, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policy_themes.tagging.known import Familiar
from service.drift.expected import Expected
from service.drift.psi import CHANGED, MOVED, psi, word_of
from service.drift.window import Window

__all__ = ["LEAST", "SIGNALS", "Mover", "Signal", "Verdict", "verdict_of"]

LEAST = 200  # sections, below which nothing is said
UNDECIDED = "段数不足"
SIGNALS = {"themes": "主题比例", "characters": "不认识的字", "words": "不认识的词"}
LEAST_SAMPLED = 1_000  # Chinese characters or words


@dataclass(frozen=True, slots=True)
class Signal:
    """`name` is of SIGNALS. Shares are those of unknown characters or words; of themes there is none. `index` is None, and the word says
    why, where too little was tagged or nothing is known of the training text."""

    name: str
    index: float | None
    word: str
    expected_share: float | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Mover:
    """A theme (by id, "" for none): its share of the sections in the text held out from training, and of those tagged; and its mean
    probability where it was assigned, None if it was not."""

    theme: str
    expected: float
    found: float
    probability: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of `sections` tagged by `version`: the word of the worst signal, what to do about it, and the themes that moved most."""

    version: str
    sections: int
    word: str
    advice: str
    signals: tuple[Signal, ...]
    movers: tuple[Mover, ...]


def verdict_of(version: str, expected: Expected | None, found: Window, most: int = 8) -> Verdict:
    """How far what was found is from what was expected, with up to `most` movers."""
    if expected is None:
        return Verdict(version, found.sections, "无法判断", _UNKNOWN, (), ())
    signals = (
        _themes(expected, found),
        _unknown("characters", expected.familiar, found.familiar),
        _unknown("words", expected.familiar, found.familiar),
    )
    said = [one for one in signals if one.index is not None]
    worst = max(said, key=lambda one: one.index or 0.0, default=None)
    word = worst.word if worst else UNDECIDED
    advice = _ADVICE[word].format(signal=SIGNALS[worst.name] if worst else "", least=LEAST)
    return Verdict(version, found.sections, word, advice, signals, _movers(expected, found)[:most])


def _themes(expected: Expected, found: Window) -> Signal:
    if found.sections < LEAST:
        return Signal("themes", None, UNDECIDED)
    names = sorted({*expected.themes, *found.themes})
    assigned = [found.themes.get(name, (0, 0.0))[0] for name in names]
    index = psi([expected.themes.get(name, 0) for name in names], assigned)
    return Signal("themes", round(index, 4), word_of(index))


def _unknown(name: str, expected: Familiar, found: Familiar) -> Signal:
    before, after = _pair(name, expected), _pair(name, found)
    if min(before[1], after[1]) < LEAST_SAMPLED:
        return Signal(name, None, UNDECIDED)
    shares = [round(unknown / whole, 5) for unknown, whole in (before, after)]
    index = psi(*((unknown, whole - unknown) for unknown, whole in (before, after)))
    if shares[1] <= shares[0]:
        index = 0.0  # text that the model knows better than what it was measured on is no fault
    return Signal(name, round(index, 4), word_of(index), *shares)


def _pair(name: str, of: Familiar) -> tuple[int, int]:
    return (of.unknown_characters, of.characters) if name == "characters" else (of.unknown_words, of.words)


def _movers(expected: Expected, found: Window) -> tuple[Mover, ...]:
    if not found.sections:
        return ()
    names: Sequence[str] = sorted({*expected.themes, *found.themes})
    movers = [
        Mover(
            name,
            round(expected.themes.get(name, 0) / expected.sections, 4),
            round(found.themes.get(name, (0, 0.0))[0] / found.sections, 4),
            _mean(*found.themes.get(name, (0, 0.0))) if name else None,
        )
        for name in names
    ]
    return tuple(sorted(movers, key=lambda one: -abs(one.found - one.expected)))


def _mean(assigned: int, probability: float) -> float | None:
    return round(probability / assigned, 4) if assigned else None


_UNKNOWN = "模型文件夹里没有留出文本的结果(heldout.jsonl),请重新训练 (the model folder tells nothing of held-out text; train again)"
_ADVICE = {
    UNDECIDED: "这段时间打标不足 {least} 段,还不能判断;看更长的时段 (too little was tagged to tell; look at a longer time)",
    "稳定": f"各项指数都低于 {CHANGED},新文本与训练文本相近,不必做什么 (like the training text; nothing to do)",
    "有变化": f"“{{signal}}”的指数达到 {CHANGED}:从新文本中抽查几十段,错的在复核页改正 "
    "(check some dozens of new sections and correct what is wrong)",
    "明显偏移": f"“{{signal}}”的指数达到 {MOVED}:新文本与训练文本明显不同,留出文本上的准确率已不能代表它;请按复核页的顺序标注一批"
    "新文本(每个变动大的主题 30 段以上),重新训练后比较再上线 (label a batch of new text, train again, compare, promote)",
}
