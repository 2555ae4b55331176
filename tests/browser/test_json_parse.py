"""What the encoder writes is what Chromium's own ``JSON.parse`` reads: no value is refused, none is changed."""

from __future__ import annotations

import json
from typing import Any

import pytest
import test_encode
import test_frames

from flask_openbb.shape.columnar import encode_frame
from flask_openbb.shape.encode import dumps

from .conftest import WorkspacePage

pytestmark = pytest.mark.browser

Cases = dict[str, tuple[bytes, Any]]


def values() -> Cases:
    """Each value's JSON, and what the table of ``test_encode`` says it is."""
    return {name: (dumps([value]), [json.loads(text)]) for name, value, text in test_encode.VALUES}


def frames() -> Cases:
    """Each frame's JSON, and the rows that the table of ``test_frames`` says it has."""
    return {
        name: (dumps(encode_frame(frame)), [{"v": cell} for cell in cells])
        for name, (frame, cells) in test_frames.CASES.items()
    }


@pytest.mark.parametrize("cases", [values, frames])
def test_chromium_reads_what_the_encoder_was_given(workspace_page: WorkspacePage, cases: Any) -> None:
    found = cases()
    assert len(found) >= 60
    # Python's ints are exact and JavaScript's are not: a number that JSON.parse rounds is another one here.
    parse = "texts => texts.map((text) => { try { return JSON.parse(text) } catch (error) { return String(error) } })"
    read = workspace_page.page.evaluate(parse, [text.decode() for text, _ in found.values()])
    assert dict(zip(found, read, strict=True)) == {name: expected for name, (_, expected) in found.items()}


def test_chromium_would_round_a_bare_id(workspace_page: WorkspacePage) -> None:
    text = dumps([2**53 + 1], big_ints=False).decode()
    assert workspace_page.page.evaluate("text => JSON.parse(text)", text) == [2**53]
