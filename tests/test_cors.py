import re
import sys

import pytest
from flask import Flask
from flask_cors import cross_origin
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from flask_openbb.door.cors import DEFAULT_ORIGINS, CorsPolicy, is_preflight
from flask_openbb.errors import ConfigError


@pytest.mark.parametrize("origin", DEFAULT_ORIGINS)
def test_workspace_is_allowed_by_default(origin):
    assert CorsPolicy().allows(origin)
    assert CorsPolicy().allows(origin.upper())


LOOK_ALIKES = [
    None,
    "",
    " ",
    "*",
    "null",
    "NULL",
    "https://pro.openbb.co.evil.example",
    "https://evil-pro.openbb.co",
    "https://evil.example/https://pro.openbb.co",
    "https://evil.example#https://pro.openbb.co",
    "https://pro.openbb.co@evil.example",
    "http://pro.openbb.co",
    "https://pro.openbb.co.",
    "https://pro.openbb.co:443",
    "https://pro.openbb.co:8443",
    "https://pro.openbb.co/",
    "https://proxopenbb.co",
    "https://openbb.co",
    "https://*.openbb.co",
    "pro.openbb.co",
    "//pro.openbb.co",
    "https://pro.openbb.co ",
    " https://pro.openbb.co",
    "https://pro.openbb.co\n",
    "https://pro.openbb.co\r\nSet-Cookie: a=b",
    "https://evil.example\nhttps://pro.openbb.co",
    "https://pro.openbb.co, https://evil.example",
    "https://pro.openbb.co\x00.evil.example",
    "http\u017f://pro.openbb.co",
    "https://\uff50ro.openbb.co",
    "http://localhost",
    "http://localhost:14200",
    "http://127.0.0.1:1420",
    "tauri://localhost.evil.example",
]


@pytest.mark.parametrize("origin", LOOK_ALIKES, ids=repr)
def test_look_alike_is_refused(origin):
    assert not CorsPolicy().allows(origin)


@pytest.mark.parametrize(
    ("given_origins", "expected"),
    [
        ("https://a.example", ("https://a.example",)),
        (" https://a.example/ , ,http://b.example:3000// ,", ("https://a.example", "http://b.example:3000")),
        (["https://A.Example", "https://a.example/"], ("https://a.example",)),
        (["https://a.example:443", "http://b.example:80"], ("https://a.example", "http://b.example")),
        (["http://a.example:443", "https://b.example:8443"], ("http://a.example:443", "https://b.example:8443")),
        (["http://[::1]:5050"], ("http://[::1]:5050",)),
        (["chrome-extension://abcdef"], ("chrome-extension://abcdef",)),
        (("https://b.example", "https://a.example"), ("https://b.example", "https://a.example")),
        (re.compile("https://a"), (re.compile("https://a"),)),
        (["regex: https://[a-z]{1,3}\\.example "], (re.compile("https://[a-z]{1,3}\\.example"),)),
    ],
    ids=["text", "comma separated", "case", "default port", "other port", "ipv6", "scheme", "order", "re", "regex:"],
)
def test_build_normalises_origins(given_origins, expected):
    policy = CorsPolicy.build(origins=given_origins)

    assert policy.origins == expected
    assert policy == CorsPolicy(origins=expected)
    assert hash(policy) == hash(CorsPolicy(origins=expected))


@pytest.mark.parametrize(
    ("origins", "message"),
    [
        ("", "No CORS origin is left"),
        (" , ,", "No CORS origin is left"),
        ([], "No CORS origin is left"),
        (["null"], "'null' would admit every sandboxed page. List the origin"),
        (["pro.openbb.co"], "has no scheme. Write scheme and host, like 'https://pro.openbb.co'"),
        (["localhost:3000"], "has no scheme"),
        (["https://"], "has no scheme"),
        (["://a.example"], "is not scheme, host and port"),
        (["https:///a.example"], "holds a path"),
        (["https://a.example/widgets.json"], "holds a path or a query. An origin is scheme, host and port only"),
        (["https://a.example?x=1"], "holds a path or a query"),
        (["https://a.example#x"], "holds a path or a query"),
        (["https://user@a.example"], "holds a user name"),
        (["https://*.example"], "Use a pattern, like 'regex:https://"),
        (["https://a.example https://b.example"], "holds spaces or control characters"),
        (["https://a.example\nhttps://b.example"], "holds spaces or control characters"),
        (["https://a\x00.example"], "holds spaces or control characters"),
        (["https://a.example\r\nX: y"], "holds spaces or control characters"),
        (["https://münchen.example"], "in punycode"),
        (["https://a.example:0"], "has a port outside 1 to 65535"),
        (["https://a.example:65536"], "has a port outside 1 to 65535"),
        (["https://a.example:http"], "is not scheme, host and port"),
        (["https://a.example,https://b.example"], "holds a comma. Make it several items of the list"),
        (["regex:"], "'regex:' and nothing else"),
        (["regex:https://("], "is not a regular expression: missing"),
        ("regex:https://[a-z]{1,3}\\.example", "one that holds a comma must be in a list"),
        ("regex:https://(a,b)", "must be in a list, not in a comma separated text"),
        ([None], "holds None. Use texts only"),
        ([b"https://a.example"], "Use texts only"),
        ([re.compile(b"https://a")], "Use texts only"),
        (7, "7 is neither a list nor a comma separated text"),
        (None, "None is neither a list nor a comma separated text"),
    ],
    ids=repr,
)
def test_build_refuses_what_is_no_origin(origins, message):
    with pytest.raises(ConfigError, match=re.escape(message)) as caught:
        CorsPolicy.build(origins=origins)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "pattern",
    ["*", "regex:.*", "regex:https?://.+", "regex:.*://.*", re.compile(".+"), "regex:https://[^/]+", "regex:|.*"],
    ids=repr,
)
def test_everybody_with_credentials_is_refused(pattern):
    with pytest.raises(ConfigError, match="admits every page on the web, and with credentials"):
        CorsPolicy.build(origins=["https://a.example", pattern])

    assert CorsPolicy.build(origins=[pattern], credentials=False).allows("https://anybody.example")


def test_constructor_refuses_everybody_with_credentials_too():
    with pytest.raises(ConfigError, match="or turn credentials off"):
        CorsPolicy(origins=("*",))


def test_star_admits_everybody_without_credentials():
    policy = CorsPolicy.build(origins="https://a.example, *", credentials=False)

    assert policy.origins == ("*",)
    assert policy.allows("https://anybody.example")
    assert policy.allows("null")
    assert not policy.allows(None)
    assert not policy.allows("")
    assert not policy.varies


PATTERNS = [
    (r"https://[a-z]+\.example", "https://ab.example", "https://ab.example.evil.test"),
    (r"https://[a-z]+\.example", "https://ab.example", "xhttps://ab.example"),
    (r"https://[a-z]+\.example$", "https://ab.example", "https://ab.example\n"),
    (r"https://a\.example|https://b\.example", "https://b.example", "https://a.example.evil.test"),
    (r"https://a\.example|https://b\.example", "https://a.example", "https://evil.test?https://b.example"),
    (r"(?i)https://A\.example", "https://a.EXAMPLE", "https://a.example.evil.test"),
    (r"(?i)(?s)https://A\.example", "https://a.EXAMPLE", "https://a.example\n"),
    (r"(?i:https)://a\.example", "HTTPS://a.example", "HTTPS://A.example"),
    (r"(?m)^https://a\.example$", "https://a.example", "https://a.example\nhttps://evil.test"),
    ("(?x) https://a\\.example  # only this one", "https://a.example", "https://a.example.evil.test"),
    (r"https://(a|b)\.\1\.example", "https://a.a.example", "https://a.b.example"),
    (r"https://a\.example|.{0,4}", "https://a.example", "null"),
    (r"https://a\.example|", "https://a.example", ""),
]


@pytest.mark.parametrize(("source", "good", "bad"), PATTERNS, ids=[source for source, *_ in PATTERNS])
@pytest.mark.parametrize("make", [lambda source: f"regex:{source}", re.compile], ids=["text", "compiled"])
def test_pattern_must_match_the_whole_origin(make, source, good, bad):
    policy = CorsPolicy.build(origins=[make(source)])

    assert policy.allows(good)
    assert not policy.allows(bad)
    assert policy.varies


def test_only_flags_in_front_are_lifted_out_of_a_pattern():
    policy = CorsPolicy.build(origins=[r"regex:(?:https)://a[(?i)]\.example"])

    assert policy.allows("https://a(.example")
    assert policy.allows("https://ai.example")
    assert not policy.allows("https://aI.example")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="3.10 takes flags anywhere, with a deprecation warning")
def test_pattern_that_cannot_be_anchored_is_refused():
    flags_behind_a_comment = re.compile("(?#ours)(?i)https://a")

    with pytest.raises(ConfigError, match="cannot be anchored"):
        CorsPolicy.build(origins=[flags_behind_a_comment])


NAMES = st.from_regex(r"\A[a-z][a-z0-9-]{0,12}\Z")


@given(name=NAMES, before=st.text(max_size=6), after=st.text(max_size=6))
@example(name="k", before="", after="\n")
@settings(max_examples=100, deadline=None)
def test_only_the_origin_itself_is_allowed(name, before, after):
    origin = f"https://{name}.example"
    candidate = before + origin + after

    assert CorsPolicy.build(origins=[origin]).allows(candidate) == (candidate.lower() == origin)


@given(text=st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_no_text_is_both_refused_by_build_and_obscure_about_it(text):
    try:
        policy = CorsPolicy.build(origins=[text], credentials=False)
    except ConfigError as error:
        policy, message = None, str(error)
    else:
        message = "ok."

    assert (policy is None) == (message != "ok.")
    assert message.endswith((".", "'"))
    assert "\n" not in message


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"max_age": -1}, "CORS max_age -1 is not a number of seconds"),
        ({"max_age": True}, "CORS max_age True is not a number of seconds"),
        ({"max_age": "600"}, "CORS max_age '600' is not a number of seconds"),
        ({"max_age": 1.5}, "CORS max_age 1.5 is not a number of seconds"),
        ({"allow_headers": ["X Y"]}, "CORS allow_headers holds 'X Y', which is not a header name"),
        ({"allow_headers": ["X-A\r\nX-B"]}, "is not a header name"),
        ({"allow_headers": ["X-.*"]}, "is not a header name"),
        ({"allow_headers": [re.compile("X-.*")]}, "is not a header name"),
        ({"expose_headers": ["é"]}, "CORS expose_headers holds 'é', which is not a header name"),
        ({"expose_headers": [1]}, "CORS expose_headers holds 1. Use texts only"),
        ({"expose_headers": "*"}, "CORS expose_headers holds '*', which browsers ignore with credentials"),
    ],
    ids=repr,
)
def test_build_refuses_other_settings(kwargs, message):
    with pytest.raises(ConfigError, match=re.escape(message)):
        CorsPolicy.build(**kwargs)


def test_build_normalises_other_settings():
    policy = CorsPolicy.build(
        origins="*",
        credentials=False,
        private_network=False,
        allow_headers=" X-API-KEY ,, X-Other, X-API-KEY",
        expose_headers=["*", "ETag"],
        max_age=None,
    )

    assert policy == CorsPolicy(
        origins=("*",),
        credentials=False,
        private_network=False,
        allow_headers=("X-API-KEY", "X-Other"),
        expose_headers=("*",),
        max_age=None,
    )
    assert CorsPolicy.build() == CorsPolicy()
    assert CorsPolicy.build(max_age=0).max_age == 0


PREFLIGHT = {"Origin": "https://pro.openbb.co", "Access-Control-Request-Method": "GET"}


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        ("OPTIONS", PREFLIGHT, True),
        ("options", {name.lower(): value for name, value in PREFLIGHT.items()}, True),
        ("OPTIONS", Headers(PREFLIGHT), True),
        ("GET", PREFLIGHT, False),
        ("POST", PREFLIGHT, False),
        ("OPTIONS", {"Origin": "https://pro.openbb.co"}, False),
        ("OPTIONS", {"Access-Control-Request-Method": "GET"}, False),
        ("OPTIONS", {}, False),
    ],
    ids=["preflight", "lower case", "werkzeug", "get", "post", "no method asked", "no origin", "bare options"],
)
def test_is_preflight(method, headers, expected):
    assert is_preflight(method, headers) is expected


@pytest.mark.parametrize("origin", [*DEFAULT_ORIGINS, "HTTPS://PRO.OPENBB.CO", "https://a1.lab.example", *LOOK_ALIKES])
def test_flask_cors_decides_as_the_policy_does(origin):
    policy = CorsPolicy.build(origins=[*DEFAULT_ORIGINS, r"regex:https://[a-z0-9]+\.lab\.example"])
    app = Flask(__name__)

    @app.get("/")
    @cross_origin(
        origins=list(policy.patterns),
        supports_credentials=policy.credentials,
        allow_private_network=policy.private_network,
        allow_headers=list(policy.allow_headers),
        max_age=policy.max_age,
    )
    def view():
        return "text"

    if origin is not None and not (origin.isascii() and origin.isprintable()):
        return  # no server lets such a header through
    response = app.test_client().get("/", headers={} if origin is None else {"Origin": origin})

    assert response.headers.get("Access-Control-Allow-Origin") == (origin if policy.allows(origin) else None)
