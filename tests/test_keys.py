import contextlib
import hashlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flask_openbb.door.keys import Key, KeySource, parse_keys
from flask_openbb.errors import ConfigError


def digest(text):
    return hashlib.sha256(text.encode()).digest()


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("alpha", [("alpha", None)]),
        (" alpha ,,beta\n, ", [("alpha", None), ("beta", None)]),
        (["alpha, beta", " gamma "], [("alpha, beta", None), ("gamma", None)]),
        ({"desk": "alpha", "risk": ["beta", "gamma"]}, [("alpha", "desk"), ("beta", "risk"), ("gamma", "risk")]),
        ((key for key in ("alpha", "beta")), [("alpha", None), ("beta", None)]),
        ("ключ,clé", [("ключ", None), ("clé", None)]),
        (f"sha256:{digest('alpha').hex()}", [("alpha", None)]),
        ([f" SHA256:{digest('alpha').hex().upper()} "], [("alpha", None)]),
        ({"desk": f"sha256:{digest('alpha').hex()}"}, [("alpha", "desk")]),
        ("", []),
        ([], []),
        ({}, []),
        (["", "  ", "\t\n", "\u2003"], []),
        ({"desk": "", "risk": []}, []),
    ],
    ids=[
        "one",
        "comma separated",
        "list items are whole",
        "named",
        "generator",
        "not ascii",
        "digest",
        "upper-case digest",
        "named digest",
        "empty text",
        "empty list",
        "empty mapping",
        "blank items",
        "blank names",
    ],
)
def test_parse_keys(keys, expected):
    assert parse_keys(keys, where="keys") == tuple(Key(digest(text), name) for text, name in expected)


SECRET = "hunter2hunter2hunter2"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (f"{SECRET},sha256:{SECRET}", "keys, entry 2 starts with 'sha256:' but 64 hexadecimal digits do not follow"),
        ([f"sha256:{'a' * 63}"], "keys, entry 1 starts with"),
        ([f"sha256:{'a' * 65}"], "keys, entry 1 starts with"),
        ([f"sha256: {'a' * 64}"], "keys, entry 1 starts with"),
        ([f"sha256:{'g' * 64}"], "keys, entry 1 starts with"),
        (["sha256:"], "keys, entry 1 starts with"),
        ([f"sha256:{hashlib.sha256().hexdigest()}"], "keys, entry 1 is the digest of an empty text"),
        ({"a": "b", "desk": "sha256:x"}, "keys, entry 2 starts with"),
        ([SECRET, None], "keys, entry 2 is a NoneType. A key is a text"),
        ([SECRET.encode()], "keys, entry 1 is a bytes"),
        ({"desk": 7}, "keys, entry 1 is a int"),
        ({7: SECRET}, "keys, entry 1: its name is a int"),
        (SECRET.encode(), "keys is a bytes. Use a list of keys"),
        (None, "keys is a NoneType. Use a list of keys"),
        (7, "keys is a int"),
    ],
    ids=[
        "malformed",
        "short",
        "long",
        "space",
        "not hex",
        "bare prefix",
        "empty",
        "named",
        "none",
        "bytes",
        "number",
        "name",
        "bare bytes",
        "bare none",
        "bare number",
    ],
)
def test_parse_keys_refuses_without_telling_the_key(keys, message):
    with pytest.raises(ConfigError) as caught:
        parse_keys(keys, where="keys")

    assert str(caught.value).startswith(message)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_key_id_is_the_start_of_its_digest():
    (key,) = parse_keys("alpha", where="keys")

    assert key.id == hashlib.sha256(b"alpha").hexdigest()[:12]
    assert repr(key) == "Key(name=None)"


@pytest.mark.parametrize(
    ("presented", "found"),
    [
        ("alpha", "a"),
        (" alpha\t", "a"),
        ("beta", "b"),
        ("clé", "c"),
        ("clé".encode().decode("latin-1"), "c"),
        ("ключ".encode().decode("latin-1"), "d"),
        ("voilà".encode().decode("latin-1"), "e"),
        ("", None),
        ("alph", None),
        ("alphaa", None),
        ("ALPHA", None),
        ("alpha,beta", None),
        (f"sha256:{digest('beta').hex()}", None),
        (digest("beta").hex(), None),
        ("\ud800", None),
        ("кл", None),
        ("alpha\x00", None),
    ],
    ids=ascii,
)
def test_find(presented, found):
    keys = {"a": "alpha", "b": f"sha256:{digest('beta').hex()}", "c": "clé", "d": "ключ", "e": "voilà", "x": ""}
    source = KeySource.build(keys, None, None, policy="P")

    key = source.find(presented)

    assert (key and key.name) == found


def test_the_first_name_of_a_key_counts():
    source = KeySource.build({"first": "alpha", "second": "alpha"}, None, None, policy="P")

    assert source.find("alpha").name == "first"


@given(keys=st.lists(st.text(max_size=12), max_size=4), presented=st.text(max_size=12))
@example(keys=["sha256:"], presented="sha256:")
@example(keys=["\ud800"], presented="\ud800")
@settings(max_examples=100, deadline=None)
def test_only_a_key_is_found(keys, presented):
    try:
        source = KeySource.build([*keys, "one-key-that-counts"], None, None, policy="P")
    except ConfigError:
        return
    spellings = {presented.strip(" \t\r\n")}
    with contextlib.suppress(UnicodeError):
        spellings.add(presented.strip(" \t\r\n").encode("latin-1").decode("utf-8", "surrogatepass"))
    valid = {key.strip() for key in [*keys, "one-key-that-counts"]} - {""}

    assert (source.find(presented) is not None) == bool(spellings & valid)


def resolved(env, keys=None, variable="OPENBB_API_KEYS", ask=None):
    return KeySource.build(keys, variable, ask, policy="P").resolve(env)


@pytest.mark.parametrize(
    ("env", "good", "bad"),
    [
        ({"OPENBB_API_KEYS": "alpha, beta"}, ["alpha", "beta"], [" ", "alpha, beta"]),
        ({"VALID_API_KEYS": "alpha,beta,"}, ["alpha", "beta"], [""]),
        ({"OPENBB_API_KEYS": "alpha", "VALID_API_KEYS": "beta"}, ["alpha"], ["beta"]),
        ({"OPENBB_API_KEYS": f"sha256:{digest('alpha').hex()}"}, ["alpha"], [digest("alpha").hex()]),
    ],
    ids=["own", "docs", "own before docs", "digest"],
)
def test_keys_from_environment(env, good, bad):
    source = resolved(env)

    assert [key for key in good + bad if source.find(key)] == good


@pytest.mark.parametrize(
    ("env", "variable", "message"),
    [
        ({}, "OPENBB_API_KEYS", "The environment variable 'OPENBB_API_KEYS' is not set, so nobody could log in."),
        ({"OPENBB_API_KEYS": " , ,"}, "OPENBB_API_KEYS", "'OPENBB_API_KEYS' holds no usable key"),
        ({"VALID_API_KEYS": ""}, "OPENBB_API_KEYS", "'VALID_API_KEYS' holds no usable key"),
        ({"OPENBB_API_KEYS": "", "VALID_API_KEYS": SECRET}, "OPENBB_API_KEYS", "'OPENBB_API_KEYS' holds no usable"),
        ({"VALID_API_KEYS": SECRET}, "DESK_KEYS", "'DESK_KEYS' is not set"),
        ({"OPENBB_API_KEYS": f"sha256:{SECRET}"}, "OPENBB_API_KEYS", "'OPENBB_API_KEYS', entry 1 starts with"),
    ],
    ids=["absent", "blank", "docs blank", "blank hides docs", "other name", "malformed"],
)
def test_environment_without_usable_key_stops_the_start(env, variable, message):
    with pytest.raises(ConfigError) as caught:
        resolved(env, variable=variable)

    assert message in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_sources_add_up():
    source = resolved({"DESK_KEYS": "beta"}, keys="alpha", variable="DESK_KEYS", ask=lambda: ["gamma"])

    assert [name for name in ("alpha", "beta", "gamma", "delta") if source.find(name)] == ["alpha", "beta", "gamma"]
    assert repr(source) == "<KeySource: 2 key(s), environment 'DESK_KEYS', a callable>"


def test_other_keys_make_up_for_a_blank_variable():
    assert resolved({}, keys="alpha").find("alpha")
    assert resolved({}, ask=lambda: "alpha").find("alpha")


def test_resolve_leaves_its_source_alone():
    source = KeySource.build(None, "OPENBB_API_KEYS", None, policy="P")
    first, second = source.resolve({"OPENBB_API_KEYS": "alpha"}), source.resolve({"OPENBB_API_KEYS": "beta"})

    assert (bool(first.find("alpha")), bool(first.find("beta"))) == (True, False)
    assert (bool(second.find("alpha")), bool(second.find("beta"))) == (False, True)
    with pytest.raises(ConfigError, match="were never read"):
        source.find("alpha")


def test_callable_is_asked_every_time():
    answers = [["alpha"], ["beta"], []]
    source = KeySource.build(None, None, lambda: answers[0], policy="P").resolve({})
    alpha = hashlib.sha256(b"alpha").hexdigest()[:12]

    assert source.find("alpha")
    assert source.knows(alpha)
    answers.pop(0)
    assert not source.find("alpha")
    assert not source.knows(alpha)
    answers.pop(0)
    assert not source.find("beta")
    assert not source.find("")


@pytest.mark.parametrize("answer", [None, 7, [None], ["sha256:x"]], ids=repr)
def test_callable_with_a_wrong_answer_admits_nobody(answer):
    source = KeySource.build("alpha", None, lambda: answer, policy="P")

    with pytest.raises(ConfigError, match="The answer of get_keys"):
        source.find("alpha")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((None, None, None), "P has no source of keys. Give it keys="),
        (("", None, None), "P was given no usable key: blank entries never count. Give it keys="),
        (([" "], None, None), "P was given no usable key"),
        ((None, "", None), "P(keys_from_env=...) must name an environment variable, like 'OPENBB_API_KEYS'"),
        ((None, 7, None), "P(keys_from_env=...) must name an environment variable"),
        ((None, None, ["alpha"]), "P(get_keys=...) must be a function"),
    ],
    ids=["nothing", "blank", "blank list", "blank name", "no name", "not callable"],
)
def test_build_refuses_what_could_never_work(args, message):
    with pytest.raises(ConfigError) as caught:
        KeySource.build(*args, policy="P")

    assert str(caught.value).startswith(message)
