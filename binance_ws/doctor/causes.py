"""Findings that have one cause, together, so that it is told once. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .findings import Finding

_VARIES = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?|\S+@\S+|\d+")
"""What differs between places of one cause: hosts, streams, numbers."""


@dataclass(frozen=True)
class Cause:
    """What one or more checks found.

    Args:
        findings: one of each place, in their order; at least one.
    """

    findings: Sequence[Finding]

    @property
    def places(self) -> dict[str, list[str]]:
        """What was checked, by subject."""
        found: dict[str, list[str]] = {}
        for finding in self.findings:
            found.setdefault(finding.subject, []).append(finding.what)
        return found

    @property
    def text(self) -> str:
        """What was found at the first place, and whether it was the same at the others to the letter."""
        text = self.findings[0].text
        same = all(finding.text == text for finding in self.findings)
        return text if same else f"{text}; the others likewise"


def causes(findings: Iterable[Finding]) -> list[Cause]:
    """The findings by cause, each where its first one stands; what needs no advice stands alone."""
    found: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        found.setdefault(_cause(finding), []).append(finding)
    return [Cause(group) for group in found.values()]


def _cause(finding: Finding) -> tuple[str, ...]:
    if not finding.advice:
        return (finding.subject, finding.what)
    return (finding.state, finding.advice, _VARIES.sub("…", finding.text))
