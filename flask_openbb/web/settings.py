"""Every ``OPENBB_*`` setting: its default, its check, its one line of documentation.

Read once in ``init_app`` into a frozen :class:`Settings`; request code never looks at ``app.config``. A value
comes from ``app.config`` or, where that has none, from the environment variable of the same name.
``docs/settings.rst`` is generated from :data:`SETTINGS`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

from ..door.cors import DEFAULT_ORIGINS
from ..errors import ConfigError
from ..shape.sources import MOST_BYTES
from .stores import is_backend

_SECRET = frozenset({"API_KEYS", "CACHE"})
"""Settings whose value is never shown: keys, and a URL that may have a password."""
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError("true or false")


def _choice(*allowed: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in allowed:
            raise ValueError(" or ".join(repr(choice) for choice in allowed))
        return str(value)

    return read


def _whole(minimum: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        number = int(value)
        if isinstance(value, bool) or number != float(value) or number < minimum:
            raise ValueError(f"a whole number, {minimum} or more")
        return number

    return read


def _optional(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None or value == "" else read(value)


def _prefix(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a path such as '/openbb'")
    path = value.strip().rstrip("/")
    if path and (not path.startswith("/") or set("<>?#{} ") & set(path)):
        raise ValueError("empty, or a path that starts with '/' such as '/openbb'")
    return path


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or set(value) & set(" \t\r\n:"):
        raise ValueError("one name without spaces")
    return value


def _names(value: Any) -> tuple[Any, ...]:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(value, Sequence):
        return tuple(value)
    raise ValueError("a list, or text separated by commas")


def _keys(value: Any) -> Any:
    """Only None means that there are no keys: a blank list must stop the app, not open it."""
    if value is None or isinstance(value, str | Mapping):
        return value
    return _names(value)


def _backend(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(("redis://", "rediss://", "unix://")):
        return value
    if isinstance(value, str) or not is_backend(value):
        raise ValueError("a Redis URL or a cachelib backend")
    return value


def _zone(value: Any) -> str:
    try:
        return ZoneInfo(value).key
    except (KeyError, TypeError, OSError) as error:
        raise ValueError("a time zone") from error


def _label(value: Any) -> str:
    if not isinstance(value, str) or set(value) & set(" \t\r\n"):
        raise ValueError("text without spaces")
    return value


@dataclass(frozen=True)
class Setting:
    """One row of the settings table."""

    name: str
    default: Any
    read: Callable[[Any], Any]
    allowed: str
    """The values allowed, in words."""
    meaning: str


SETTINGS: tuple[Setting, ...] = (
    Setting("URL_PREFIX", "", _prefix, "a path", "Where the manifests live; it is the URL to give Workspace."),
    Setting(
        "ON_INVALID",
        "raise",
        _choice("raise", "quarantine"),
        "'raise' or 'quarantine'",
        "What to do with a widget that Workspace would refuse: fail, or serve the others and log it.",
    ),
    Setting(
        "UNROUTED",
        "error",
        _choice("error", "ignore"),
        "'error' or 'ignore'",
        "A declared view without a route in this app; 'ignore' suits one extension shared by apps that "
        "register different blueprints.",
    ),
    Setting(
        "AGENTS_FORM",
        "object",
        _choice("object", "array"),
        "'object' or 'array'",
        "How agents.json lists the agents: by id, as OpenBB documents it, or in the array that a data connection "
        "reads.",
    ),
    Setting(
        "AGENTS_HEARTBEAT",
        15,
        _whole(0),
        "seconds, 0 for none",
        "How long an async agent may be silent until a comment in its stream keeps proxies patient and finds out "
        "whether the user is still there.",
    ),
    Setting(
        "INFO_PAGE",
        True,
        _boolean,
        "true or false",
        "Serve a page about the backend where the host has none.",
    ),
    Setting(
        "API_KEYS",
        None,
        _keys,
        "a list, a mapping {name: key}, or text separated by commas",
        "The API keys that are let in; 'sha256:<hex>' stores a digest. Where it is not set, VALID_API_KEYS is read.",
    ),
    Setting("API_KEY_HEADER", "X-API-KEY", _name, "a header's name", "The header that carries the key."),
    Setting(
        "API_KEY_QUERY",
        None,
        _optional(_name),
        "a query parameter's name",
        "Also accept the key as this query parameter.",
    ),
    Setting(
        "SIGNED_URL_MAX_AGE",
        43_200,
        _whole(60),
        "seconds, 60 or more",
        "How long a signed endpoint lives, where Workspace sends no credentials.",
    ),
    Setting(
        "CORS_ORIGINS",
        DEFAULT_ORIGINS,
        _names,
        "a list, or text separated by commas; 'regex:...' for a pattern",
        "The origins whose pages may read this backend.",
    ),
    Setting("CORS_CREDENTIALS", True, _boolean, "true or false", "Let those pages send cookies."),
    Setting(
        "CORS_PRIVATE_NETWORK",
        True,
        _boolean,
        "true or false",
        "Let a public page reach this backend on a private network.",
    ),
    Setting("CORS_ALLOW_HEADERS", ("*",), _names, "a list", "Request headers allowed; '*' allows what is asked."),
    Setting("CORS_EXPOSE_HEADERS", (), _names, "a list", "Response headers that pages may read."),
    Setting(
        "CORS_MAX_AGE",
        600,
        _optional(_whole(0)),
        "seconds",
        "How long a browser may remember a preflight's answer.",
    ),
    Setting(
        "BIG_INTS", True, _boolean, "true or false", "Write integers beyond 2^53 - 1 as text, so that none changes."
    ),
    Setting(
        "DECIMALS",
        "exact",
        _choice("exact", "number", "string"),
        "'exact', 'number' or 'string'",
        "How a Decimal is written: a number where a float holds it exactly and text otherwise, always the nearest "
        "number, or always text.",
    ),
    Setting("MAX_VALUE_LENGTH", 100_000, _whole(1), "characters", "The longest parameter value accepted."),
    Setting("MAX_BODY_DEPTH", 32, _whole(1), "levels", "The deepest nesting of a JSON body accepted."),
    Setting(
        "MAX_FILE_SIZE", MOST_BYTES, _whole(1), "bytes", "The largest file that is sent, a PDF or an image in Markdown."
    ),
    Setting(
        "COMPRESS_MIN_SIZE",
        2_048,
        _whole(0),
        "bytes, 0 to compress nothing",
        "The size from which on answers are compressed for clients that accept it.",
    ),
    Setting(
        "CACHE",
        None,
        _optional(_backend),
        "a URL such as 'redis://localhost:6379/0', or a cachelib backend",
        "Where the answers of widgets with cache= are kept; without it in each worker.",
    ),
    Setting(
        "CACHE_PREFIX",
        "",
        _label,
        "text without spaces",
        "Separates services that share a backend; without it the app's name.",
    ),
    Setting(
        "CACHE_WAIT",
        30,
        _whole(1),
        "seconds, 1 or more",
        "How long a request waits for another that computes the same answer, before it computes it too.",
    ),
    Setting("CACHE_MAX_BYTES", 8 * 2**20, _whole(1), "bytes", "The size of the largest answer that is kept."),
    Setting(
        "CACHE_MEMORY_BYTES",
        64 * 2**20,
        _whole(1),
        "bytes",
        "How much a worker keeps in its own memory, where no backend is set.",
    ),
    Setting(
        "ROW_MODEL_ERRORS",
        "toast",
        _choice("toast", "status"),
        "'toast' or 'status'",
        "How a row model says what went wrong: as text that Workspace shows, with status 200, or with a status that "
        "Workspace does not explain.",
    ),
    Setting("ROW_MODEL_TIMEOUT", 30, _whole(1), "seconds, 1 or more", "How long a page of a row model may take."),
    Setting("ROW_MODEL_EXPORT_ROWS", 1_000_000, _whole(1), "rows", "The most rows in one export of a row model."),
    Setting(
        "ROW_MODEL_EXPORT_TIMEOUT",
        600,
        _whole(1),
        "seconds, 1 or more",
        "How long an export of a row model may take, until its last row is sent.",
    ),
    Setting(
        "ROW_MODEL_COUNT_SECONDS",
        60,
        _whole(0),
        "seconds, 0 to count each time",
        "How long each worker believes the number of rows that pass a filter.",
    ),
    Setting(
        "ROW_MODEL_TIME_ZONE",
        "UTC",
        _zone,
        "a name such as 'Europe/Berlin'",
        "What day it is to a row model's date filters, and the zone of times that have none.",
    ),
)
"""All settings, in the order documented; each is ``OPENBB_`` and its name."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one app, checked; field names are the settings' in lower case."""

    url_prefix: str
    on_invalid: Literal["raise", "quarantine"]
    unrouted: Literal["error", "ignore"]
    agents_form: Literal["object", "array"]
    agents_heartbeat: int
    info_page: bool
    api_keys: Any
    api_key_header: str
    api_key_query: str | None
    signed_url_max_age: int
    cors_origins: tuple[Any, ...]
    cors_credentials: bool
    cors_private_network: bool
    cors_allow_headers: tuple[str, ...]
    cors_expose_headers: tuple[str, ...]
    cors_max_age: int | None
    big_ints: bool
    decimals: Literal["exact", "number", "string"]
    max_value_length: int
    max_body_depth: int
    max_file_size: int
    compress_min_size: int
    cache: Any
    cache_prefix: str
    cache_wait: int
    cache_max_bytes: int
    cache_memory_bytes: int
    row_model_errors: Literal["toast", "status"]
    row_model_timeout: int
    row_model_export_rows: int
    row_model_export_timeout: int
    row_model_count_seconds: int
    row_model_time_zone: str


def read_settings(config: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """Read every setting, from the app's config first and the environment second.

    :param config: ``app.config``; an unknown ``OPENBB_*`` key in it is refused, in ``environ`` it is ignored,
        since OpenBB's other products have variables of their own.
    :raises ConfigError: All faults at once, each with the allowed values.
    """
    known = {f"OPENBB_{setting.name}" for setting in SETTINGS}
    faults = []
    for key in config:
        if key.startswith("OPENBB_") and key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            faults.append(f"{key} is not a setting." + (f" Did you mean {near[0]}?" if near else ""))
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        key = f"OPENBB_{setting.name}"
        raw = config[key] if key in config else environ.get(key, setting.default)
        try:
            values[setting.name.lower()] = setting.read(raw)
        except (TypeError, ValueError):
            shown = "the value given" if setting.name in _SECRET else repr(raw)
            faults.append(f"{key}: {shown} is not allowed. Allowed: {setting.allowed}.")
    if faults:
        raise ConfigError("Wrong OpenBB settings:\n" + "\n".join(f"  {fault}" for fault in faults))
    return Settings(**values)
