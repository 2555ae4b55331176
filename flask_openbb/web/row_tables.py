"""Rows as files for spreadsheets, in bounded memory: CSV as it is read, Excel through XlsxWriter's row by row mode.

In both, text stays text: nothing in a cell of an Excel file is a formula, and a CSV file holds the values as they are.
"""

from __future__ import annotations

import csv
import importlib
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from ..errors import MissingExtraError, RowRequestError
from ..rowmodel.request import exact
from ..shape.encode import Form, scalar_text
from .row_cells import shown

XLSX_ROWS = 1_048_575
"""Rows below the heading that a sheet has.

Source: Microsoft, "Excel specifications and limits"; likewise the digits and characters below.
"""
XLSX_DIGITS = 10**15
XLSX_TEXT = 32_767
PART_ROWS = 500
PART_BYTES = 64 * 1024

_FIRST_DAY = date(1900, 3, 1)
"""Before it Excel counts a day that never was."""


def csv_parts(rows: Iterable[Mapping[str, Any]], names: Sequence[str], form: Form) -> Iterator[bytes]:
    """Write rows as CSV, in parts; a NULL is an empty cell, an empty text a quoted one.

    Source: RFC 4180; ends of lines are CR LF.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_MINIMAL)
    writer.writerow(names)
    source = iter(rows)
    try:
        while part := list(islice(source, PART_ROWS)):
            writer.writerows([_csv_cell(row[name], form) for name in names] for row in part)
            yield _taken(buffer)
        yield _taken(buffer)
    finally:
        _close(source)


def _csv_cell(value: Any, form: Form) -> Any:
    kind = type(value)
    if value is None or kind is str or kind is int:
        return value
    if kind is Decimal:
        return format(value, "f")
    if isinstance(value, float) and not isfinite(value):
        return exact(value)
    value = shown(value, whole=True)
    if isinstance(value, dict | list):
        return form.dumps(value).decode()
    return scalar_text(value, form)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")


def xlsx_parts(rows: Iterable[Mapping[str, Any]], names: Sequence[str], *, zone: ZoneInfo) -> Iterator[bytes]:
    """Write rows as an Excel file, in parts: its zip is made on disk first.

    :param zone: The time zone that times with one are written in, since Excel knows none.
    :raises MissingExtraError: If XlsxWriter is not installed.
    :raises RowRequestError: If a text is longer than a cell can be; cut it would be another text.
    """
    try:
        xlsxwriter = importlib.import_module("xlsxwriter")
    except ImportError as error:
        raise MissingExtraError("excel", feature="An export for Excel") from error
    source = iter(rows)
    try:
        with tempfile.TemporaryFile() as file, tempfile.TemporaryDirectory() as scratch:
            options = {
                "constant_memory": True,
                "tmpdir": scratch,
                "strings_to_formulas": False,
                "strings_to_urls": False,
            }
            with xlsxwriter.Workbook(file, options) as book:
                _fill(book, source, names, zone)
            file.seek(0)
            while part := file.read(PART_BYTES):
                yield part
    finally:
        _close(source)


def _fill(book: Any, rows: Iterator[Mapping[str, Any]], names: Sequence[str], zone: ZoneInfo) -> None:
    sheet = book.add_worksheet()
    formats: dict[Any, Any] = {
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(names):
        sheet.write_string(0, place, name[:XLSX_TEXT], bold)
    for number, row in enumerate(rows, 1):
        for place, name in enumerate(names):
            text = _write(sheet, (number, place), row[name], formats, zone)
            if text is not None and len(text) > XLSX_TEXT:
                problem = (
                    f"row {number:,} has {len(text):,} characters in column {name!r}, and a cell of Excel holds "
                    f"{XLSX_TEXT:,}. Take CSV, or filter the row out."
                )
                raise RowRequestError("", problem)


def _write(sheet: Any, cell: tuple[int, int], value: Any, formats: Mapping[Any, Any], zone: ZoneInfo) -> str | None:
    """Write a cell, and give its text if it is one."""
    if value is None:
        return None
    if isinstance(value, datetime) and value.tzinfo is not None:
        # At the ends of the calendar another zone has no such time, and it is text.
        with suppress(OverflowError):
            value = value.astimezone(zone).replace(tzinfo=None)
    if isinstance(value, bool):
        sheet.write_boolean(*cell, value)
    elif _is_number(value):
        sheet.write_number(*cell, float(value) if isinstance(value, Decimal) else value)
    elif _is_day(value):
        sheet.write_datetime(*cell, value, formats[datetime if isinstance(value, datetime) else date])
    else:
        text = _text(value)
        sheet.write_string(*cell, text[:XLSX_TEXT])
        return text
    return None


def _is_number(value: Any) -> bool:
    """Whether Excel keeps a number as it is."""
    if isinstance(value, Decimal):
        return value.is_finite() and len(value.normalize().as_tuple().digits) <= 15
    return (
        isfinite(value) if isinstance(value, float) else isinstance(value, int) and -XLSX_DIGITS < value < XLSX_DIGITS
    )


def _is_day(value: Any) -> bool:
    """Whether Excel has a date or time."""
    if isinstance(value, datetime):
        return value.tzinfo is None and value.date() >= _FIRST_DAY
    return isinstance(value, date) and value >= _FIRST_DAY


def _text(value: Any) -> str:
    return str(shown(_csv_cell(value, Form())))


def _close(source: Any) -> None:
    close = getattr(source, "close", None)
    if close is not None:
        close()
