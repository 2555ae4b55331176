"""What came of an agent's function call: the data of widgets, files, errors.

Imports its own room and :mod:`flask_openbb.errors` only. Made by :mod:`.query`.

Source: PyPI openbb-ai 2.2, ``DataContent``, ``DataFileReferences``, ``ClientFunctionCallError`` and
``ClientCommandResult``; CLIENT components/AI/hooks/useFunctionCall.tsx, ``convertToCopilotData``.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from ..errors import ShapeError
from .reading import mapping, mappings, text
from .widgets import WidgetRequest


@dataclass(frozen=True)
class Item:
    """One piece of data: rows or text, or a file.

    .. versionadded:: 0.1
    """

    content: str = field(default="", repr=False)
    """As sent: text, JSON, or base64 of a file."""
    url: str | None = field(default=None, repr=False)
    """Where the file is, if it was not sent."""
    data_type: str = "object"
    """``object``, or a file's type: ``pdf``, ``png``, ``xlsx``, ``csv``, ``txt``, ``docx``, …"""
    parse_as: str | None = None
    """``table``, ``text``, ``chart`` or ``html``, where the widget says so."""
    filename: str | None = None
    citable: bool = True
    chart_params: Mapping[str, Any] | None = None

    @property
    def text(self) -> str:
        """The content as it was sent."""
        return self.content

    def json(self) -> Any:
        """The content read as JSON.

        :raises ShapeError: If it is none.
        """
        try:
            return orjson.loads(self.content)
        except orjson.JSONDecodeError:
            raise ShapeError("The item is text and not JSON. Read its .text.") from None

    def rows(self) -> list[dict[str, Any]]:
        """The content read as rows; an object is one.

        :raises ShapeError: If it holds none.
        """
        found = self.json()
        if isinstance(found, dict):
            found = [found]
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise ShapeError("The item holds no rows. Read its .text or .json().")
        return found

    def bytes(self) -> bytes:
        """The file that was sent as base64.

        :raises ShapeError: If it was not; :attr:`url` may say where it is.
        """
        try:
            return base64.b64decode(self.content, validate=True)
        except (ValueError, binascii.Error):
            raise ShapeError("The item is no base64. Read its .text or fetch its .url.") from None


@dataclass(frozen=True)
class Result:
    """What came of one data source, or of one command.

    .. versionadded:: 0.1
    """

    items: tuple[Item, ...] = ()
    request: WidgetRequest | None = None
    """The widget and the parameters it was fetched with."""
    error: str | None = None
    """Why there is nothing, in words for the agent."""
    error_type: str | None = None
    """``not_found``, ``gateway_error`` or ``unexpected_error``."""
    message: str = ""
    """What a command says."""
    data: Any = field(default=None, repr=False)
    """What a command returns."""
    extra_citations: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return self.error is None

    @property
    def text(self) -> str:
        """The texts of all items, for a language model."""
        return "\n".join(item.text for item in self.items)

    def rows(self) -> list[dict[str, Any]]:
        """The rows of all items; none after an error.

        :raises ShapeError: If an item holds none.
        """
        return [row for item in self.items for row in item.rows()]


def read_items(data: Any) -> tuple[Item, ...]:
    """Read ``{"items": [...]}``; what is no item is left out."""
    return tuple(map(_item, mappings(mapping(data).get("items"))))


def read_results(data: Any, arguments: Mapping[str, Any], names: Mapping[str, str]) -> tuple[Result, ...]:
    """Read the outcome of a function call, each with the data source that it is of.

    :param data: One entry a data source, in the order asked.
    :param arguments: The call's own.
    :param names: The names of widgets by uuid.
    """
    asked = mappings(arguments.get("data_sources"))
    found = data if isinstance(data, list) else []
    requests = [_request(source, names) for source in asked] if len(asked) == len(found) else [None] * len(found)
    return tuple(_result(mapping(one), request) for one, request in zip(found, requests, strict=True))


def _request(source: Mapping[str, Any], names: Mapping[str, str]) -> WidgetRequest:
    uuid, id = text(source.get("widget_uuid")), text(source.get("id"))
    return WidgetRequest(
        widget_id=id,
        origin=text(source.get("origin")),
        uuid=uuid,
        arguments=mapping(source.get("input_args")),
        name=names.get(uuid, id),
    )


def _result(given: Mapping[str, Any], request: WidgetRequest | None) -> Result:
    if "error_type" in given:
        why = text(given.get("content")) or "It failed."
        return Result(request=request, error=why, error_type=text(given.get("error_type")))
    if "status" in given and "items" not in given:
        message = text(given.get("message"))
        error = (message or "It failed.") if given.get("status") == "error" else None
        return Result(request=request, error=error, message=message, data=given.get("data"))
    items = read_items(given)
    failed = next((one for one in mappings(given.get("items")) if "error_type" in one), None)
    return Result(
        items=items,
        request=request,
        error=(text(failed.get("content")) or "It failed.") if failed else None,
        error_type=text(failed.get("error_type")) if failed else None,
        extra_citations=tuple(mappings(given.get("extra_citations"))),
    )


def _item(given: Mapping[str, Any]) -> Item:
    form = mapping(given.get("data_format"))
    content = given.get("content")
    return Item(
        content=orjson.dumps(content).decode() if isinstance(content, dict | list) else text(content),
        url=text(given.get("url")) or text(given.get("file_reference")) or None,
        data_type=text(form.get("data_type")) or "object",
        parse_as=text(form.get("parse_as")) or None,
        filename=text(form.get("filename")) or None,
        citable=given.get("citable") is not False,
        chart_params=mapping(form.get("chart_params")) or None,
    )
