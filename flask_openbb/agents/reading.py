"""Reading a request that other people's clients write: whatever is not as expected counts as not there.

Imports nothing of the package.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def text(value: Any) -> str:
    """The text given, or none."""
    return value if isinstance(value, str) else ""


def mapping(value: Any) -> Mapping[str, Any]:
    """The mapping given, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """The mappings in the list given."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
