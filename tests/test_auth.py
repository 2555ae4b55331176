import dataclasses
import functools
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import Headers, MultiDict

from flask_openbb.door.auth import (
    ApiKeyAuth,
    BearerAuth,
    Credentials,
    Identity,
    any_of,
    authenticate,
    knows,
    resolve,
)
from flask_openbb.errors import AuthError, ConfigError

KEY = "correct-horse-battery-staple"
KEY_ID = hashlib.sha256(KEY.encode()).hexdigest()[:12]


def decide(policy, headers=(), query=(), **kwargs):
    """The identity's id, or (status, detail)."""
    try:
        return authenticate(policy, Credentials(headers=dict(headers), query=dict(query), **kwargs)).id
    except AuthError as error:
        return error.status, error.detail


# --- credentials -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [dict, Headers], ids=["dict", "werkzeug"])
@pytest.mark.parametrize(
    ("name", "expected"),
    [("X-API-KEY", "alpha"), ("x-api-key", "alpha"), ("Blank", None), ("Absent", None)],
    ids=["same case", "other case", "blank", "absent"],
)
def test_header(make, name, expected):
    assert Credentials(headers=make({"X-Api-Key": " alpha ", "blank": " \t"})).header(name) == expected


@pytest.mark.parametrize(
    ("query", "first", "every"),
    [
        ({"key": " alpha "}, "alpha", ("alpha",)),
        ({"key": ""}, None, ()),
        ({"KEY": "alpha"}, None, ()),
        (MultiDict([("key", ""), ("key", "alpha"), ("key", "beta")]), "alpha", ("alpha", "beta")),
        (MultiDict(), None, ()),
    ],
    ids=["one", "blank", "other case", "repeated", "absent"],
)
def test_query(query, first, every):
    credentials = Credentials(query=query)

    assert credentials.query_value("key") == first
    assert credentials.query_values("key") == every


def test_credentials_do_not_show_what_they_hold():
    credentials = Credentials(headers={"X-API-KEY": KEY, "Host": "h"}, query={KEY: KEY}, widget="prices")

    assert repr(credentials) == "<Credentials: 2 header(s), 1 query parameter(s), widget 'prices'>"
    assert f"{credentials}" == repr(credentials)
    assert repr(Credentials()) == "<Credentials: 0 header(s), 0 query parameter(s), widget None>"


@pytest.mark.parametrize("id_", ["", " ", None, 7], ids=repr)
def test_identity_needs_an_id(id_):
    with pytest.raises(ConfigError, match="An Identity needs an id"):
        Identity(id_)


def test_identity_is_hashable_and_hides_claims():
    identity = Identity("a", "Ann", {"token": KEY})

    assert repr(identity) == "Identity(id='a', name='Ann')"
    assert hash(identity) == hash(Identity("a", "Ann"))


# --- API keys --------------------------------------------------------------------------------------------

BY_HEADER = "API key required: send it in the 'X-API-KEY' header"
BY_QUERY = "API key required: send it as the query parameter 'apikey'"
WRONG = (403, "Invalid API key.")


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        ({"X-API-KEY": KEY}, {}, KEY_ID),
        ({"x-api-key": f" {KEY} "}, {}, KEY_ID),
        ({"X-API-KEY": KEY, "Authorization": "Basic eDp5"}, {"api_key": "other"}, KEY_ID),
        ({}, {}, (401, f"{BY_HEADER}.")),
        ({"X-API-KEY": ""}, {}, (401, f"{BY_HEADER}.")),
        ({"X-API-KEY": "  "}, {}, (401, f"{BY_HEADER}.")),
        ({"X-API-KEY": "wrong"}, {}, WRONG),
        ({"X-API-KEY": f"{KEY},{KEY}"}, {}, WRONG),
        ({"X-API-KEY": f"Bearer {KEY}"}, {}, WRONG),
        ({"X-API-KEY": "sha256:" + hashlib.sha256(KEY.encode()).hexdigest()}, {}, WRONG),
        ({"X-API-KEY": KEY * 40_000}, {}, WRONG),
        ({"X-API-KEY": "\xff\xfe"}, {}, WRONG),
        ({"Authorization": f"Bearer {KEY}"}, {}, (401, f"{BY_HEADER}, not in the 'Authorization' header.")),
        ({"API-KEY": KEY}, {}, (401, f"{BY_HEADER}, not in the 'API-KEY' header.")),
        ({}, {"X-API-KEY": KEY}, (401, f"{BY_HEADER}, not as the query parameter 'X-API-KEY'.")),
        ({}, {"api_key": KEY}, (401, f"{BY_HEADER}, not as the query parameter 'api_key'.")),
        ({}, {"apikey": KEY}, (401, f"{BY_HEADER}, not as the query parameter 'apikey'.")),
        ({}, {"symbol": KEY}, (401, f"{BY_HEADER}.")),
        ({"Cookie": KEY}, {}, (401, f"{BY_HEADER}.")),
    ],
    ids=[
        "right",
        "any case",
        "right among others",
        "none",
        "empty",
        "blank",
        "wrong",
        "twice",
        "with scheme",
        "as digest",
        "1 MB",
        "not text",
        "in Authorization",
        "in another header",
        "as a query parameter of that name",
        "in api_key",
        "in apikey",
        "in any parameter",
        "in a cookie",
    ],
)
@pytest.mark.parametrize(
    "keys",
    [KEY, f"older,{KEY},,", ["sha256:" + hashlib.sha256(KEY.encode()).hexdigest()], {"desk": KEY}],
    ids=["text", "several", "digest", "named"],
)
def test_key_by_header(keys, headers, query, expected):
    assert decide(ApiKeyAuth(keys), headers, query) == expected


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        ({}, {"apikey": KEY}, KEY_ID),
        ({}, {"apikey": f" {KEY} "}, KEY_ID),
        ({}, {}, (401, f"{BY_QUERY}.")),
        ({}, {"apikey": ""}, (401, f"{BY_QUERY}.")),
        ({}, {"apikey": "wrong"}, WRONG),
        ({}, {"APIKEY": KEY}, (401, f"{BY_QUERY}.")),
        ({"X-API-KEY": KEY}, {}, (401, f"{BY_QUERY}, not in the 'X-API-KEY' header.")),
        ({"Authorization": KEY}, {}, (401, f"{BY_QUERY}, not in the 'Authorization' header.")),
        ({"apikey": KEY}, {}, (401, f"{BY_QUERY}, not in the 'apikey' header.")),
    ],
    ids=["right", "blanks", "none", "empty", "wrong", "case", "header", "Authorization", "header of that name"],
)
def test_key_by_query(headers, query, expected):
    assert decide(ApiKeyAuth(KEY, header=None, query="apikey"), headers, query) == expected


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        ({"X-Key": KEY}, {}, KEY_ID),
        ({}, {"k": KEY}, KEY_ID),
        ({"X-Key": KEY}, {"k": KEY}, KEY_ID),
        ({}, {"k": "wrong"}, WRONG),
        ({}, {}, (401, "API key required: send it in the 'X-Key' header or as the query parameter 'k'.")),
        (
            {"X-Key": KEY},
            {"k": "wrong"},
            (
                403,
                "Several different API keys were sent: send one, in the 'X-Key' header or as the query parameter 'k'.",
            ),
        ),
    ],
    ids=["header", "query", "both", "wrong", "none", "different"],
)
def test_key_by_either(headers, query, expected):
    assert decide(ApiKeyAuth(KEY, header="X-Key", query="k"), headers, query) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ([KEY, KEY], KEY_ID),
        ([KEY, ""], KEY_ID),
        ([KEY, "wrong"], 403),
        (["wrong", KEY], 403),
    ],
    ids=["same", "blank", "second wrong", "first wrong"],
)
def test_repeated_query_key(sent, expected):
    policy = ApiKeyAuth(KEY, header=None, query="k")
    credentials = Credentials(query=MultiDict([("k", value) for value in sent]))

    if expected == KEY_ID:
        assert authenticate(policy, credentials).id == KEY_ID
    else:
        with pytest.raises(AuthError, match="Several different API keys were sent") as caught:
            authenticate(policy, credentials)
        assert caught.value.status == expected


def test_key_identity_has_the_name_and_never_the_key():
    identity = authenticate(ApiKeyAuth({"desk": KEY}), Credentials(headers={"X-API-KEY": KEY}))

    assert identity == Identity(KEY_ID, "desk")


def test_rotation():
    new, both, old = ApiKeyAuth("new"), ApiKeyAuth(["old", "new"]), ApiKeyAuth(["old"])
    old_id = hashlib.sha256(b"old").hexdigest()[:12]

    assert [decide(policy, {"X-API-KEY": "old"}) for policy in (old, both, new)] == [old_id, old_id, WRONG]
    assert [policy.knows(old_id) for policy in (old, both, new)] == [True, True, False]
    assert [knows(policy, old_id) for policy in (old, both, new)] == [True, True, False]


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({}, "ApiKeyAuth has no source of keys"),
        ({"keys": ""}, "ApiKeyAuth was given no usable key"),
        ({"keys": [" ", ""]}, "ApiKeyAuth was given no usable key"),
        ({"keys": KEY, "header": None}, "ApiKeyAuth(header=None, query=None) reads no key anywhere"),
        ({"keys": KEY, "header": ""}, "ApiKeyAuth(header='') is not a name"),
        ({"keys": KEY, "header": "X KEY"}, "ApiKeyAuth(header='X KEY') is not a name"),
        ({"keys": KEY, "query": " "}, "ApiKeyAuth(query=' ') is not a name"),
        ({"keys": KEY, "query": 7}, "ApiKeyAuth(query=7) is not a name"),
        ({"keys": [f"sha256:{KEY}"]}, "ApiKeyAuth(keys=...), entry 1 starts with 'sha256:'"),
        ({"get_keys": KEY}, "ApiKeyAuth(get_keys=...) must be a function"),
    ],
    ids=["nothing", "blank", "blank list", "nowhere", "no header", "header", "query", "type", "digest", "get_keys"],
)
def test_api_key_auth_refuses_at_start(kwargs, message):
    with pytest.raises(ConfigError) as caught:
        ApiKeyAuth(**kwargs)

    assert str(caught.value).startswith(message)
    assert KEY not in str(caught.value)


def test_api_key_auth_reads_the_environment_once():
    policy = ApiKeyAuth(keys_from_env="OPENBB_API_KEYS", query="k")
    env = {"OPENBB_API_KEYS": KEY}
    ready = resolve(policy, env)
    env["OPENBB_API_KEYS"] = "changed"

    assert decide(ready, {"X-API-KEY": KEY}) == KEY_ID
    assert decide(ready, {}, {"k": KEY}) == KEY_ID
    assert decide(ready, {"X-API-KEY": "changed"}) == WRONG
    with pytest.raises(ConfigError, match="call its resolve"):
        authenticate(policy, Credentials(headers={"X-API-KEY": KEY}))
    with pytest.raises(ConfigError, match="'OPENBB_API_KEYS' is not set"):
        resolve(policy, {})


def test_api_key_auth_is_frozen():
    policy = ApiKeyAuth(KEY)

    with pytest.raises(dataclasses.FrozenInstanceError):
        policy.header = None
    assert policy == ApiKeyAuth([KEY])
    assert hash(policy) == hash(ApiKeyAuth([KEY]))
    assert policy != ApiKeyAuth("other")


# --- bearer tokens ---------------------------------------------------------------------------------------

BEARER = "Bearer token required: send it in the 'Authorization' header, as 'Bearer <token>'"
WRONG_TOKEN = (403, "Invalid bearer token.")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Authorization": f"Bearer {KEY}"}, KEY_ID),
        ({"authorization": f"bearer   {KEY} "}, KEY_ID),
        ({"Authorization": "Bearer wrong"}, WRONG_TOKEN),
        ({"Authorization": f"Bearer {KEY} {KEY}"}, WRONG_TOKEN),
        ({}, (401, f"{BEARER}.")),
        ({"Authorization": ""}, (401, f"{BEARER}.")),
        ({"Authorization": "Bearer"}, (401, f"{BEARER}.")),
        ({"Authorization": "Bearer  "}, (401, f"{BEARER}.")),
        ({"Authorization": KEY}, (401, f"{BEARER}.")),
        ({"Authorization": f"Basic {KEY}"}, (401, f"{BEARER}.")),
        ({"X-API-KEY": KEY}, (401, f"{BEARER}, not in the 'X-API-KEY' header.")),
    ],
    ids=["right", "any case", "wrong", "two", "none", "empty", "no token", "blank", "bare", "basic", "as API key"],
)
def test_bearer(headers, expected):
    assert decide(BearerAuth(KEY), headers) == expected
    assert decide(BearerAuth(keys_from_env="T").resolve({"T": f"x,{KEY}"}), headers) == expected


def test_bearer_verify_is_asked_for_tokens_that_are_no_keys():
    asked = []

    def verify(token):
        asked.append(token)
        return {"jwt-of-ann": Identity("ann", claims={"desk": "rates"}), "jwt-of-bob": "bob"}.get(token)

    policy = resolve(BearerAuth(KEY, verify=verify), {})
    results = [decide(policy, {"Authorization": f"Bearer {token}"}) for token in (KEY, "jwt-of-ann", "jwt-of-bob", "x")]

    assert results == [KEY_ID, "ann", "bob", WRONG_TOKEN]
    assert asked == ["jwt-of-ann", "jwt-of-bob", "x"]
    assert policy.knows("ann")
    assert decide(policy) == (401, f"{BEARER}.")
    assert decide(BearerAuth(verify=verify), {"Authorization": "Bearer jwt-of-bob"}) == "bob"


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({}, "BearerAuth has no source of keys"),
        ({"keys": ","}, "BearerAuth was given no usable key"),
        ({"keys": "", "verify": str}, "BearerAuth(verify=...) was given the class str"),
        ({"keys": "", "verify": lambda token: None}, "BearerAuth was given no usable key"),
        ({"verify": "jwt"}, "BearerAuth(verify=...) was given a str, which cannot be called"),
    ],
    ids=["nothing", "blank", "class", "blank beside verify", "text"],
)
def test_bearer_auth_refuses_at_start(kwargs, message):
    with pytest.raises(ConfigError) as caught:
        BearerAuth(**kwargs)

    assert str(caught.value).startswith(message)


def test_bearer_knows_its_keys_only():
    assert BearerAuth(KEY).knows(KEY_ID)
    assert not BearerAuth(KEY).knows("ann")


# --- plain callables -------------------------------------------------------------------------------------

PLAIN_401 = (401, "Credentials required: add them to this backend's connection in OpenBB Workspace.")
PLAIN_403 = (403, "Invalid credentials.")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Identity("ann"), "ann"),
        ("ann", "ann"),
        (None, PLAIN_401),
        (False, PLAIN_401),
        ("", PLAIN_401),
        (" ", PLAIN_401),
    ],
    ids=repr,
)
def test_plain_callable(answer, expected):
    assert decide(lambda credentials: answer) == expected


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        ({"Authorization": "Basic eDp5"}, {}, PLAIN_403),
        ({"X-API-KEY": "x"}, {}, PLAIN_403),
        ({"X-Auth-Token": "x"}, {}, PLAIN_403),
        ({}, {"api_key": "x"}, PLAIN_403),
        ({}, {"access_token": "x"}, PLAIN_403),
        ({"Authorization": " "}, {"api_key": ""}, PLAIN_401),
        ({"Host": "x"}, {"symbol": "x"}, PLAIN_401),
    ],
    ids=["authorization", "key", "token", "query key", "query token", "blank", "others"],
)
def test_plain_callable_that_says_no(headers, query, expected):
    assert decide(lambda credentials: None, headers, query) == expected


def test_plain_callable_with_its_own_idea_of_presented():
    class ByCookie:
        def __call__(self, credentials):
            return None

        def presented(self, credentials):
            return credentials.header("Cookie") is not None

    assert decide(ByCookie(), {"Authorization": "x"}) == PLAIN_401
    assert decide(ByCookie(), {"Cookie": "x"}) == PLAIN_403


def test_plain_callable_sees_the_widget():
    assert decide(lambda credentials: credentials.widget, widget="prices") == "prices"


def test_plain_callable_may_raise_its_own_refusal():
    def policy(credentials):
        raise AuthError(403, "Your desk has no licence for this.")

    assert decide(policy) == (403, "Your desk has no licence for this.")


def test_failure_of_a_callable_admits_nobody():
    def policy(credentials):
        raise LookupError("directory is down")

    with pytest.raises(LookupError):
        authenticate(policy, Credentials())
    with pytest.raises(LookupError):
        authenticate(any_of(policy, ApiKeyAuth(KEY)), Credentials(headers={"X-API-KEY": KEY}))


async def coroutine(credentials):
    return Identity("ann")


@pytest.mark.parametrize(
    ("policy", "type_name"),
    [
        (lambda credentials: True, "bool"),
        (lambda credentials: 1, "int"),
        (lambda credentials: {"id": KEY}, "dict"),
        (lambda credentials: [KEY], "list"),
        (lambda credentials: 0, "int"),
        (coroutine, "coroutine"),
        (functools.partial(lambda extra, credentials: KEY.encode(), 1), "bytes"),
    ],
    ids=["true", "int", "dict", "list", "zero", "coroutine", "partial"],
)
def test_answer_that_is_no_identity_admits_nobody(policy, type_name):
    with pytest.raises(TypeError, match=f"returned a {type_name}, so nobody is admitted") as caught:
        authenticate(policy, Credentials())

    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (KEY, "was given a str, which cannot be called"),
        ([KEY], "was given a list, which cannot be called"),
        (None, "was given a NoneType"),
        (ApiKeyAuth, "was given the class ApiKeyAuth, not an instance"),
        (coroutine, "was given the async function coroutine"),
    ],
    ids=["text", "list", "none", "class", "async"],
)
def test_what_is_no_policy_is_refused_at_start(policy, message):
    for make in (lambda: resolve(policy, {}), lambda: any_of(ApiKeyAuth(KEY), policy)):
        with pytest.raises(ConfigError) as caught:
            make()
        assert message in str(caught.value)
        assert KEY not in str(caught.value)


def test_plain_callable_resolves_to_itself_and_knows_everybody():
    def policy(credentials):
        return None

    assert resolve(policy, {}) is policy
    assert knows(policy, "ann")


# --- any_of ----------------------------------------------------------------------------------------------


def test_any_of_needs_a_policy():
    with pytest.raises(ConfigError, match="any_of"):
        any_of()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-API-KEY": KEY}, KEY_ID),
        ({"Authorization": "Bearer token"}, hashlib.sha256(b"token").hexdigest()[:12]),
        ({"Authorization": "Bearer token", "X-API-KEY": "wrong"}, hashlib.sha256(b"token").hexdigest()[:12]),
        ({"X-API-KEY": "wrong"}, WRONG),
        ({"Authorization": "Bearer wrong"}, WRONG_TOKEN),
        ({"Authorization": "Bearer wrong", "X-API-KEY": "wrong"}, WRONG),
        ({}, (401, f"{BY_HEADER}. Or: {BEARER}.")),
    ],
    ids=["key", "token", "token beside wrong key", "wrong key", "wrong token", "both wrong", "none"],
)
def test_any_of(headers, expected):
    policy = any_of(ApiKeyAuth(KEY), BearerAuth("token"))

    assert decide(policy, headers) == expected
    assert decide(any_of(policy, policy), headers) == expected
    assert policy.presented(Credentials(headers=headers)) == bool(headers)


def test_any_of_with_plain_callables():
    def by_host(credentials):
        return "lab" if credentials.header("Host") == "lab" else None

    policy = any_of(by_host, ApiKeyAuth(KEY))

    assert decide(policy, {"Host": "lab"}) == "lab"
    assert decide(policy, {"X-API-KEY": KEY}) == KEY_ID
    assert decide(policy, {"X-API-KEY": "wrong"}) == PLAIN_403
    assert decide(policy) == (401, f"{PLAIN_401[1]} Or: {BY_HEADER}.")
    assert not policy.presented(Credentials())
    assert policy.knows("anybody")


def test_any_of_resolves_and_knows_what_its_policies_do():
    policy = resolve(any_of(ApiKeyAuth(keys_from_env="KEYS"), BearerAuth("token")), {"KEYS": KEY})

    assert decide(policy, {"X-API-KEY": KEY}) == KEY_ID
    assert policy.knows(KEY_ID)
    assert not policy.knows("anybody")
    with pytest.raises(ConfigError, match="'KEYS' is not set"):
        resolve(any_of(BearerAuth("token"), ApiKeyAuth(keys_from_env="KEYS")), {})


@pytest.mark.parametrize(
    ("policy", "challenge"),
    [
        (ApiKeyAuth(KEY), "ApiKey"),
        (BearerAuth(KEY), "Bearer"),
        (any_of(BearerAuth(KEY), ApiKeyAuth(KEY), lambda credentials: None, BearerAuth("other")), "Bearer, ApiKey"),
    ],
    ids=["key", "bearer", "any"],
)
def test_challenge(policy, challenge):
    assert policy.challenge == challenge


# --- properties ------------------------------------------------------------------------------------------

LONG = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters=","), min_size=12, max_size=40)


@given(key=LONG, presented=st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_a_text_that_is_no_key_never_authenticates(key, presented):
    policies = [ApiKeyAuth([f"k{key}"], query="k"), BearerAuth([f"k{key}"])]

    for policy in policies:
        if presented.strip() != f"k{key}":
            for headers, query in (
                ({"X-API-KEY": presented}, {}),
                ({}, {"k": presented}),
                ({"Authorization": f"Bearer {presented}"}, {}),
                ({presented: presented}, {presented: presented}),
            ):
                answer = decide(policy, headers, query)
                assert isinstance(answer, tuple)
                assert answer[0] in {401, 403}


@given(key=LONG)
@settings(max_examples=100, deadline=None)
def test_nothing_that_is_shown_holds_a_key(key):
    key = f"Zq{key}"
    partial = functools.partial(lambda keys: keys, [key])
    policies = [
        ApiKeyAuth([key]),
        ApiKeyAuth({"desk": key}, query="k"),
        ApiKeyAuth(keys_from_env="E").resolve({"E": key}),
        ApiKeyAuth(get_keys=partial),
        BearerAuth([key]),
        BearerAuth(verify=functools.partial(lambda secret, token: None, key)),
        any_of(ApiKeyAuth([key]), BearerAuth([key]), functools.partial(lambda secret, credentials: None, key)),
    ]
    credentials = [
        Credentials(headers={"X-API-KEY": key + "x", "Authorization": f"Bearer {key}x"}, query={"k": key, key: key}),
        Credentials(headers={"Other": key}, query={key: key, "api_key": key}),
    ]

    shown = [f"{each!r} {each}" for each in [*policies, *credentials]]
    for policy in policies:
        for each in credentials:
            try:
                shown.append(repr(authenticate(policy, each)))
            except AuthError as error:
                shown.append(f"{error!r} {error} {error.detail} {error.errors}")

    assert not [text for text in shown if key in text or ascii(key)[1:-1] in text]
