import pytest
from flask import Flask

from flask_openbb import ConfigError, OpenBB
from flask_openbb.web.settings import SETTINGS, read_settings

WRONG = {
    "URL_PREFIX": ["openbb", "/a b", 3, "/<x>"],
    "ON_INVALID": ["ignore", True],
    "UNROUTED": ["raise"],
    "AGENTS_FORM": ["list", None],
    "AGENTS_HEARTBEAT": [-1, "soon", 0.5],
    "INFO_PAGE": ["maybe", 7],
    "API_KEYS": [7],
    "API_KEY_HEADER": ["", "X KEY", None],
    "API_KEY_QUERY": ["a b", 3],
    "SIGNED_URL_MAX_AGE": [59, "soon", True, 1.5],
    "CORS_ORIGINS": [5],
    "CORS_CREDENTIALS": ["sometimes"],
    "CORS_PRIVATE_NETWORK": ["x"],
    "CORS_ALLOW_HEADERS": [5],
    "CORS_EXPOSE_HEADERS": [5],
    "CORS_MAX_AGE": [-1, "x"],
    "BIG_INTS": ["perhaps"],
    "DECIMALS": ["float", True],
    "MAX_VALUE_LENGTH": [0],
    "MAX_BODY_DEPTH": [0, "deep"],
    "MAX_FILE_SIZE": [0, "32 MB"],
    "COMPRESS_MIN_SIZE": [-1, "large", True],
    "CACHE": ["localhost:6379", "memcached://localhost", 7, dict],
    "CACHE_PREFIX": ["a b", 3, None],
    "CACHE_WAIT": [0, "long"],
    "CACHE_MAX_BYTES": [0, "8 MB"],
    "CACHE_MEMORY_BYTES": [0, 1.5],
    "ROW_MODEL_ERRORS": ["loud", True],
    "ROW_MODEL_TIMEOUT": [0, "long"],
    "ROW_MODEL_EXPORT_ROWS": [0],
    "ROW_MODEL_EXPORT_TIMEOUT": [0, "long"],
    "ROW_MODEL_COUNT_SECONDS": [-1],
    "ROW_MODEL_TIME_ZONE": ["Mars/Phobos", 3, ""],
}


def test_every_setting_has_a_wrong_value_here():
    assert set(WRONG) == {setting.name for setting in SETTINGS}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_value_is_refused_with_the_allowed_ones(name, value):
    app = Flask("host")
    app.config[f"OPENBB_{name}"] = value
    allowed = next(setting.allowed for setting in SETTINGS if setting.name == name)
    with pytest.raises(ConfigError) as raised:
        OpenBB(app)
    assert f"OPENBB_{name}" in str(raised.value)
    assert allowed in str(raised.value)


def test_all_wrong_settings_are_reported_at_once():
    with pytest.raises(ConfigError) as raised:
        read_settings({"OPENBB_ON_INVALID": "x", "OPENBB_INFO_PAGE": "y", "OPENBB_CORS_ORIGIN": "z"}, {})
    message = str(raised.value)
    assert "OPENBB_ON_INVALID: 'x'" in message
    assert "OPENBB_INFO_PAGE: 'y'" in message
    assert "OPENBB_CORS_ORIGIN is not a setting. Did you mean OPENBB_CORS_ORIGINS?" in message


def test_a_key_is_never_shown():
    with pytest.raises(ConfigError) as raised:
        read_settings({"OPENBB_API_KEYS": 123456789}, {})
    assert "123456789" not in str(raised.value)


def test_a_password_in_a_url_is_never_shown():
    with pytest.raises(ConfigError) as raised:
        read_settings({"OPENBB_CACHE": "postgres://user:hunter2@host"}, {})
    assert "hunter2" not in str(raised.value)


def test_the_environment_fills_what_the_config_leaves_open():
    environ = {
        "OPENBB_URL_PREFIX": "/workspace/",
        "OPENBB_INFO_PAGE": "off",
        "OPENBB_CORS_ORIGINS": "https://a.example, https://b.example",
        "OPENBB_CORS_MAX_AGE": "",
        "OPENBB_MAX_BODY_DEPTH": "8",
        "OPENBB_HUB_BACKEND": "of another product",
    }
    settings = read_settings({"OPENBB_MAX_BODY_DEPTH": 9}, environ)
    assert settings.url_prefix == "/workspace"
    assert settings.info_page is False
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert settings.cors_max_age is None
    assert settings.max_body_depth == 9


def test_defaults():
    settings = read_settings({}, {})
    assert {setting.name.lower(): getattr(settings, setting.name.lower()) for setting in SETTINGS} == {
        setting.name.lower(): setting.default for setting in SETTINGS
    }
