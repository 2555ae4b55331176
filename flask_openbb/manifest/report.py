"""Where the checks of one manifest put what they find.

Imports errors alone. Used by :mod:`.lint` and the ``lint_*`` modules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..errors import Fault
from .wire_fields import Finding, Path

_RANK = {"error": 0, "warning": 1, "hint": 2}


@dataclass(frozen=True)
class Report:
    """Collects the faults of one widget, app or agent."""

    document: str
    name: str | None = None
    """Id of the widget, name of the app, id of the agent."""
    location: str = ""
    faults: list[Fault] = field(default_factory=list)

    def add(self, findings: Iterable[Finding]) -> None:
        """Take over what a schema or a rule found."""
        for found in findings:
            fault = Fault(
                severity=found.severity,
                message=found.message,
                document=self.document,
                widget=self.name,
                path=found.path,
                value=found.value,
                allowed=found.allowed,
                fix=found.fix,
                location=self.location,
            )
            self.faults.append(fault)

    def error(self, path: Path, message: str, *, value: Any = None, fix: str = "") -> None:
        """Report what Workspace refuses, or what breaks it."""
        self.add([Finding("error", path, message, value, fix=fix)])

    def warning(self, path: Path, message: str, *, value: Any = None, fix: str = "") -> None:
        """Report what Workspace warns about, or ignores."""
        self.add([Finding("warning", path, message, value, fix=fix)])

    def hint(self, path: Path, message: str, *, value: Any = None, fix: str = "") -> None:
        """Give advice."""
        self.add([Finding("hint", path, message, value, fix=fix)])


def errors_first(faults: Iterable[Fault]) -> list[Fault]:
    """Sort by severity; within one, keep the order of the manifest."""
    return sorted(faults, key=lambda fault: _RANK[fault.severity])
