"""One web page that needs nothing else: documents with their sections, the evidence marked in the theme's colour, a filter by theme."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import TextIO

from policy_themes.batch.result import Outcome, Result, Writer
from policy_themes.batch.tally import Tally

__all__ = ["writer"]

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.8 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
nav { position: sticky; top: 0; background: Canvas; padding: .5rem 0; border-bottom: 1px solid GrayText;
  max-height: 8rem; overflow-y: auto; }
button, .theme { font: inherit; font-size: .85rem; border: 1px solid hsl(var(--h) 60% 45%); border-radius: 1rem;
  padding: 0 .6rem; margin: .1rem; background: hsl(var(--h) 70% 50% / .15); color: inherit; }
button[aria-pressed=true] { background: hsl(var(--h) 70% 50% / .5); }
mark { background: hsl(var(--h) 80% 50% / .25); color: inherit; border-bottom: 2px solid hsl(var(--h) 60% 45%); }
article { margin: 1rem 0; overflow-wrap: anywhere; } .path, .facts { color: GrayText; font-size: .85rem; margin: 0; }
article.boilerplate { opacity: .5; } .error { color: #b00020; } [hidden] { display: none; }
"""
_SCRIPT = """
for (const button of document.querySelectorAll('nav button')) button.addEventListener('click', () => {
  const on = button.getAttribute('aria-pressed') !== 'true';
  for (const other of document.querySelectorAll('nav button')) other.setAttribute('aria-pressed', 'false');
  button.setAttribute('aria-pressed', String(on));
  for (const article of document.querySelectorAll('article'))
    article.hidden = on && !article.dataset.themes.split(' ').includes(button.dataset.theme);
});
"""


@contextlib.contextmanager
def writer(path: Path, themes: Sequence[str]) -> Iterator[Writer]:
    """Write outcomes to the page `path` as they come; the counts stand at its end."""
    hues = {name: round(at * 360 / max(1, len(themes))) for at, name in enumerate(themes)}
    tally = Tally(themes)
    with path.open("w", encoding="utf-8", newline="\n", errors="replace") as page:
        page.write(_head(hues))
        shown = ""

        def write(outcome: Outcome) -> None:
            nonlocal shown
            tally.add(outcome)
            for result in outcome.results:
                document = str(result.columns.get("document", ""))
                if document and document != shown:
                    shown = document
                    _heading(page, document, tally)
                _article(page, result, hues)

        yield write
        _foot(page, tally)


def _head(hues: dict[str, int]) -> str:
    buttons = "".join(
        f'<button style="--h:{hue}" data-theme="{escape(name)}" aria-pressed="false">{escape(name)}</button>'
        for name, hue in hues.items()
    )
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>主题打标结果</title><style>{_STYLE}</style><body><h1>主题打标结果</h1><nav aria-label="按主题筛选">{buttons}</nav>\n'
    )


def _heading(page: TextIO, document: str, tally: Tally) -> None:
    facts = tally.summaries[document].facts if document in tally.summaries else None
    page.write(f'<h2 id="{hashlib.sha256(document.encode()).hexdigest()[:12]}">{escape(document)}</h2>\n')
    if facts:
        told = " · ".join(escape(one) for one in (facts.title, facts.issuer, facts.number, facts.date) if one)
        page.write(f'<p class="facts">{told}</p>\n')


def _article(page: TextIO, result: Result, hues: dict[str, int]) -> None:
    themes = result.tagging.themes if result.tagging else ()
    kind = escape(str(result.columns.get("kind", "section")))
    chips = "".join(
        f'<span class="theme" style="--h:{hues.get(theme.name, 0)}">{escape(theme.name)} {theme.probability:.2f}</span>'
        for theme in themes
    )
    page.write(f'<article class="{kind}" data-themes="{escape(" ".join(theme.name for theme in themes))}">')
    if heading := str(result.columns.get("heading", "")):
        page.write(f'<p class="path">{escape(heading)}</p>')
    page.write(f"<p>{_marked(result, hues)}</p><p>{chips}</p>")
    if result.error:
        page.write(f'<p class="error">{escape(str(result.error))}</p>')
    page.write("</article>\n")


def _marked(result: Result, hues: dict[str, int]) -> str:
    """The text with the best sentence of each theme marked; a sentence of two themes takes the first one's colour."""
    text = str(result.columns.get("text", next((v for v in result.columns.values() if isinstance(v, str)), "")))
    pieces: list[str] = []
    at = 0
    best = {
        theme.evidence[0]: theme.name
        for theme in reversed(result.tagging.themes if result.tagging else ())
        if theme.evidence
    }
    for span, name in sorted(best.items(), key=lambda one: one[0].start):
        if span.start >= at and text[span.start : span.end] == span.text:
            mark = f'<mark style="--h:{hues.get(name, 0)}" title="{escape(name)}">{escape(span.text)}</mark>'
            pieces += escape(text[at : span.start]), mark
            at = span.end
    return "".join([*pieces, escape(text[at:])])


def _foot(page: TextIO, tally: Tally) -> None:
    if tally.errors:
        items = "".join(f"<li>{escape(str(error))}</li>" for error in tally.errors)
        page.write(f"<h2>问题</h2><ul>{items}</ul>\n")
    counts = "、".join(f"{name} {count}" for name, count, _ in sorted(tally.totals(), key=lambda one: -one[1]) if count)
    page.write(f"<h2>主题汇总</h2><p>{escape(counts) or '无'}</p>\n<script>{_SCRIPT}</script></body></html>\n")
