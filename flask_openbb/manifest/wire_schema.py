"""The base of every manifest schema: wire object to dataclass, dataclass to wire object, and its findings.

A schema names its wire keys once, as ``data_key=`` of strict fields. Keys it does not name go into the dataclass's
``extra`` and come back out of it. Imports marshmallow and :mod:`.wire_fields`; subclassed by the ``schema_*`` modules.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple, cast

from marshmallow import EXCLUDE, Schema, post_load

from ..errors import Severity
from .near_misses import did_you_mean
from .wire_fields import Finding, WireField, plain


class Parts(NamedTuple):
    """What was loaded from an object that is no dataclass of its own."""

    attrs: dict[str, Any]
    extra: dict[str, Any]


class WrongKey(NamedTuple):
    """What to say about a key users write in place of another."""

    severity: Severity
    fix: str
    message: str = "Workspace accepts this key and does nothing with it."


@dataclass(frozen=True, kw_only=True)
class Keys:
    """What becomes of keys a schema does not name."""

    unknown: Literal["warned", "dropped", "kept"] = "dropped"
    """``warned``: Workspace shows a toast; ``dropped``: it strips them; ``kept``: it passes them on."""
    wrong: Mapping[str, WrongKey] = field(default_factory=dict)
    """Keys with something particular to say."""
    silent: frozenset[str] = frozenset()
    """Keys a rule of its own reports."""


_UNKNOWN = {
    "warned": "Workspace does not know this key and tells its users so.",
    "dropped": "Workspace drops this key without a word.",
    "kept": "Workspace never reads this key.",
}


class WireSchema(Schema):
    """One kind of JSON object in a manifest."""

    class Meta:
        """Unknown keys are collected by ``_load`` below."""

        unknown = EXCLUDE

    spec: ClassVar[Callable[..., Any] | None] = None
    """The dataclass a load builds; without one it returns :class:`Parts`."""
    held: ClassVar[frozenset[str]] = frozenset()
    """Attributes the dataclass has; loaded values of other keys go to ``extra``."""
    keys: ClassVar[Keys] = Keys()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        declared = cast("Mapping[str, WireField]", self.fields)
        self.by_key: dict[str, WireField] = {item.data_key or name: item for name, item in declared.items()}
        self._dumped = {
            name: (place, item.data_key or name, item) for place, (name, item) in enumerate(declared.items())
        }
        self.required = [key for key, item in self.by_key.items() if item.required]

    def findings(self, wire: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield everything to say about one object: types, ranges, missing and unknown keys.

        :param wire: The object as parsed from JSON; it is not changed.
        """
        for key in self.required:
            if key not in wire:
                yield Finding("error", (key,), "A required key is missing.", fix=self._missing_fix(key, wire))
        for key, value in wire.items():
            known = self.by_key.get(key)
            if known is None:
                yield from self._unknown(key, value)
            else:
                for finding in known.findings(value, wire):
                    yield finding.under(key)

    def unpack(self, obj: Any) -> Mapping[str, Any]:
        """Return the attributes to dump, without those not given."""
        if isinstance(obj, Mapping):
            return obj
        given = vars(obj)
        return {name: value for name, value in given.items() if value is not None and name in self.held}

    def build(self, attrs: dict[str, Any], extra: dict[str, Any]) -> Any:
        """Return the loaded object from its attributes and the wire keys it has none for."""
        if self.spec is None:
            return Parts(attrs, extra)
        if "extra" in self.held:
            attrs["extra"] = extra
        return self.spec(**attrs)

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """Write an object as the wire has it: what was not given is left out, ``extra`` is laid over the rest.

        Overridden because only the few fields that are given have to be visited.
        """
        if many:
            return [self.dump(item) for item in obj]
        attrs = self.unpack(obj)
        names = [name for name, value in attrs.items() if value is not None and name in self._dumped]
        names.sort(key=self._dumped.__getitem__)
        wire = {}
        for name in names:
            _, key, item = self._dumped[name]
            wire[key] = item._serialize(attrs[name], name, obj)
        return merged(wire, plain(getattr(obj, "extra", {})))

    @post_load(pass_original=True)
    def _load(self, data: Mapping[str, Any], original: Mapping[str, Any], **kwargs: Any) -> Any:
        attrs: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        for key, value in original.items():
            known = self.by_key.get(key)
            name = known.name if known is not None else ""
            if name in self.held:
                if data[name] is not None:
                    attrs[name] = data[name]
            else:
                extra[key] = plain(value)
        return self.build(attrs, extra)

    def _missing_fix(self, key: str, wire: Mapping[str, Any]) -> str:
        candidates = [name for name in wire if name not in self.by_key]
        near = did_you_mean(key, candidates)
        return near.replace("Did you mean", "Is it meant by") if near else f"Give {self.by_key[key].noun}."

    def _unknown(self, key: Any, value: Any) -> Iterator[Finding]:
        if key in self.keys.silent:
            return
        wrong = self.keys.wrong.get(key)
        if wrong is not None:
            yield Finding(wrong.severity, (key,), wrong.message, value, fix=wrong.fix)
            return
        near = did_you_mean(key, self.by_key)
        if near or self.keys.unknown != "kept":
            fix = near or "Remove it, or check the spelling."
            yield Finding("warning", (key,), _UNKNOWN[self.keys.unknown], value, fix=fix)


class Object(WireField):
    """An object with a schema of its own.

    :param schema: Its schema.
    :param keep: Load as the plain mapping instead of the schema's dataclass.
    """

    noun = "an object"

    def __init__(self, schema: type[WireSchema], *, keep: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.schema = schema()
        self.keep = keep

    def findings(self, value: Any, data: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield the findings of the object and everything in it."""
        if isinstance(value, Mapping):
            yield from self.schema.findings(value)
        else:
            yield from super().findings(value, data)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, Mapping):
            raise self.wrong_type(value)
        return plain(value) if self.keep else self.schema.load(value)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return plain(value) if self.keep else self.schema.dump(value)


class ObjectsByKey(WireField):
    """An object whose values one field accepts, under keys of the backend's choosing."""

    noun = "an object"

    def __init__(self, item: WireField, *, names: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.item = item
        self.names = tuple(names)

    def findings(self, value: Any, data: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield the findings of each key and value."""
        if not isinstance(value, Mapping):
            yield from super().findings(value, data)
            return
        for key, entry in value.items():
            if self.names and key not in self.names:
                fix = did_you_mean(key, self.names)
                yield Finding("error", (key,), "Workspace does not know this key here.", key, self.names, fix)
            for finding in self.item.findings(entry, value):
                yield finding.under(key)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, Mapping):
            raise self.wrong_type(value)
        return {key: self.item.deserialize(entry, attr, value) for key, entry in value.items()}

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return {key: self.item._serialize(entry, attr, obj) for key, entry in value.items()}


def held_by(spec: type[Any]) -> frozenset[str]:
    """Name the attributes of a dataclass, for :attr:`WireSchema.held`."""
    return frozenset(item.name for item in dataclasses.fields(spec))


def merged(wire: dict[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """Lay ``extra`` over a wire object, object by object: what the user wrote by hand has the last word."""
    for key, value in extra.items():
        known = wire.get(key)
        wire[key] = merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return wire
