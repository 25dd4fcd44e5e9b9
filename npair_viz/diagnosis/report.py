"""The doctor's report: what was measured, then findings, worst first; as text, as HTML and as JSON."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

SEVERITIES = ("error", "warning", "note")
MAX_LISTED = 5  # row numbers that a sentence names before it says "and 990 more"
MAX_KEPT = 1000  # row numbers that a finding's `numbers` hold
TOO_LONG = 1e9  # a number from which on powers of ten are read more easily
COLOURS = {"error": "#c0392b", "warning": "#b9770e", "note": "#7f8c8d"}


@dataclass(frozen=True)
class Finding:
    """One thing that the doctor found.

    Attributes:
        kind: Its fixed name, for programs.
        severity: "error", the loss can't teach; "warning", it likely teaches something else than was meant; "note",
            worth knowing.
        title: What was found, in a few words.
        detail: What was found, with its numbers, in a sentence or two.
        advice: What to do about it.
        numbers: What was measured, by name; of row numbers, which count from 0, the first 1,000.

    >>> print(Finding("few pairs", "warning", "Few pairs: 2", "One negative each.", "Use more classes.", {"pairs": 2}))
    Warning: Few pairs: 2
      One negative each.
      → Use more classes.
    """

    kind: str
    severity: str
    title: str
    detail: str
    advice: str
    numbers: Mapping[str, object]

    def __str__(self) -> str:
        lines = [f"{self.severity.capitalize()}: {self.title}", f"  {self.detail}"]
        return "\n".join([*lines, f"  → {self.advice}"] if self.advice else lines)


@dataclass(frozen=True)
class Measure:
    """One thing that the doctor measured, whether or not anything is wrong with it.

    Attributes:
        kind: Its fixed name, for programs: "retrieval", "rank", "loss", "tao".
        text: The measure in a line.
        numbers: What was measured, by name.

    >>> print(Measure("rank", "Dimensions in use: 2.0 of 3.", {"effective rank": 2.0}))
    Dimensions in use: 2.0 of 3.
    """

    kind: str
    text: str
    numbers: Mapping[str, Any]

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Report:
    """What `doctor` found in a batch.

    Attributes:
        summary: What was examined, in a line.
        findings: The worst first.
        measures: What was measured; the first says whether the embeddings retrieve.

    >>> report = Report("4 rows", ())
    >>> report.is_healthy
    True
    >>> print(report)
    Examined: 4 rows.
    Nothing to report.
    """

    summary: str
    findings: tuple[Finding, ...]
    measures: tuple[Measure, ...] = ()

    @property
    def is_healthy(self) -> bool:
        """Whether no finding is an error or a warning."""
        return all(finding.severity == "note" for finding in self.findings)

    def __str__(self) -> str:
        lines = [*map(str, self.measures), f"Examined: {self.summary}.", self._count(), *map(str, self.findings)]
        return "\n".join(lines)

    def to_json(self) -> str:
        """The report for programs: summary, is_healthy, findings, measures; NaN and infinity are strings.

        >>> Report("4 rows", ()).to_json()
        '{"summary": "4 rows", "is_healthy": true, "findings": [], "measures": []}'
        """
        findings, measures = (
            [{**vars(one), "numbers": _finite(one.numbers)} for one in said] for said in (self.findings, self.measures)
        )
        told = {"summary": self.summary, "is_healthy": self.is_healthy, "findings": findings, "measures": measures}
        return json.dumps(told)

    def to_html(self) -> str:
        """The report as a whole page."""
        style = "font-family: sans-serif; max-width: 820px; margin: auto"
        head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>The doctor\'s report</title>'
        return f'{head}<body style="{style}">{self._repr_html_()}</body></html>\n'

    def _repr_html_(self) -> str:
        blocks = "".join(map(_as_html, self.findings))
        measured = "".join(
            f'<span data-kind="{escape(one.kind)}">{escape(one.text)}</span><br>' for one in self.measures
        )
        examined = f"<b>Examined:</b> {escape(self.summary)}.<br>{self._count()}"
        return f"<div><p>{measured}{examined}</p>{blocks}</div>"

    def _count(self) -> str:
        counts = {severity: sum(found.severity == severity for found in self.findings) for severity in SEVERITIES}
        words = [f"{number} {name}{'s' if number > 1 else ''}" for name, number in counts.items() if number]
        return f"Found: {', '.join(words)}." if words else "Nothing to report."


def worst_first(summary: str, said: Sequence[Finding | Measure]) -> Report:
    """A report of measures and of findings by severity; those of one severity stay in their order."""
    findings = [one for one in said if isinstance(one, Finding)]
    measures = tuple(one for one in said if isinstance(one, Measure))
    return Report(summary, tuple(sorted(findings, key=lambda found: SEVERITIES.index(found.severity))), measures)


def row_list(rows: Sequence[int], name: str = "row") -> str:
    """Row numbers in a sentence.

    >>> row_list([3]), row_list([0, 2, 4, 6, 8, 10, 12])
    ('row 3', 'rows 0, 2, 4, 6, 8 and 2 more')
    """
    shown = ", ".join(map(str, rows[:MAX_LISTED]))
    more = f" and {len(rows) - MAX_LISTED:,} more" if len(rows) > MAX_LISTED else ""
    return f"{name}{'' if len(rows) == 1 else 's'} {shown}{more}"


def plain(value: float, digits: int = 3) -> str:
    """A number to so many digits as people write it; of those that are larger all digits before the point.

    >>> plain(1019.7), plain(12.345), plain(0.00042)
    ('1,020', '12.3', '0.00042')
    """
    is_long = 10 ** (digits - 1) <= abs(value) < TOO_LONG
    return f"{value:,.0f}" if is_long else f"{value:.{digits}g}"


def to_half(median: float) -> str:
    """A median of counts.

    >>> to_half(1062.0), to_half(66.5)
    ('1,062', '66.5')
    """
    return f"{median:,.1f}".removesuffix(".0")


def _as_html(finding: Finding) -> str:
    style = f"border-left: 4px solid {COLOURS[finding.severity]}; padding: 2px 12px; margin: 10px 0"
    numbers = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(_format(value))}</td></tr>" for name, value in finding.numbers.items()
    )
    return (
        f'<div data-kind="{escape(finding.kind)}" style="{style}"><b>{finding.severity.capitalize()}: '
        f"{escape(finding.title)}</b><br>{escape(finding.detail)}<br>→ {escape(finding.advice)}"
        f"<details><summary>numbers</summary><table>{numbers}</table></details></div>"
    )


def _format(value: object) -> str:
    if isinstance(value, list):
        return row_list(value).split(maxsplit=1)[-1]
    if isinstance(value, float):
        return plain(value, 4)
    return f"{value:,}" if type(value) is int else str(value)


def _finite(numbers: Mapping[str, object]) -> dict[str, object]:
    return {
        name: str(value) if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in numbers.items()
    }
