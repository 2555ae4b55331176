import base64
import hashlib
import json
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from itsdangerous import TimestampSigner
from itsdangerous.encoding import base64_encode

from flask_openbb.door.credentials import Identity
from flask_openbb.door.signing import MAX_LENGTH, Signer
from flask_openbb.errors import AuthError, ConfigError

HOUR = 3600
START = 1_800_000_000 // HOUR * HOUR
ANN = Identity("ann", "Ann", {"desk": "rates"})
FORGED = (403, "Invalid signed link: refresh the backend in OpenBB Workspace.")
EXPIRED = (401, "This signed link has expired: refresh the backend in OpenBB Workspace.")
OTHER = (403, "This signed link belongs to another widget.")


class Clock:
    def __init__(self, now=START):
        self.now = now

    def __call__(self):
        return self.now


def make(secret="a secret", *, max_age=HOUR, now=START):
    clock = Clock(now)
    return Signer(secret, max_age=max_age, clock=clock), clock


def check(signer, token, widget="report"):
    """The identity, or (status, detail)."""
    try:
        return signer.verify(token, widget=widget)
    except AuthError as error:
        return error.status, error.detail


@pytest.mark.parametrize(
    ("widget", "identity"),
    [("report", ANN), ("a/b?c=d&e#f", Identity("a/b?c")), ("отчёт", Identity("анна", "Анна")), ("", Identity("x", ""))],
    ids=["plain", "url characters", "not ascii", "empty"],
)
def test_round_trip(widget, identity):
    signer, _ = make()
    token = signer.sign(widget=widget, identity=identity)

    assert re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2}", token)
    assert signer.verify(token, widget=widget) == Identity(identity.id, identity.name)


def test_real_clock():
    signer = Signer(b"bytes", max_age=60)

    assert check(signer, signer.sign(widget="report", identity=ANN)) == Identity("ann", "Ann")


@pytest.mark.parametrize("name", ["x" * 300, None], ids=["repetitive", "none"])
def test_token_never_starts_with_a_dot(name):
    assert not make()[0].sign(widget="report", identity=Identity("ann", name)).startswith(".")


def test_token_is_stable_for_a_quarter_of_its_life():
    signer, clock = make()
    tokens, periods = [], []
    for clock.now in (START, START + 0.5, START + 899, START + 900, START + 1799, START + 1800):
        tokens.append(signer.sign(widget="report", identity=ANN))
        periods.append(signer.period())

    assert periods == [START, START, START, START + 900, START + 900, START + 1800]
    assert [tokens.index(token) for token in tokens] == [0, 0, 0, 3, 3, 5]


@pytest.mark.parametrize(
    ("signed", "asked", "expected"),
    [
        (0, 0, Identity("ann", "Ann")),
        (0, HOUR, Identity("ann", "Ann")),
        (0, HOUR + 1, EXPIRED),
        (899, HOUR, Identity("ann", "Ann")),
        (899, HOUR + 1, EXPIRED),
        (900, HOUR + 900, Identity("ann", "Ann")),
        (900, HOUR + 901, EXPIRED),
        (0, 10 * HOUR, EXPIRED),
        (900, 840, Identity("ann", "Ann")),
        (900, 839, EXPIRED),
    ],
    ids=[
        "at once",
        "full life",
        "past it",
        "three quarters",
        "past three quarters",
        "second period",
        "past second period",
        "long past",
        "clock a minute behind",
        "clock far behind",
    ],
)
def test_life(signed, asked, expected):
    signer, clock = make(now=START + signed)
    token = signer.sign(widget="report", identity=ANN)
    clock.now = START + asked

    assert check(signer, token) == expected


def test_token_opens_its_own_widget_only():
    signer, _ = make()
    token = signer.sign(widget="report", identity=ANN)

    assert check(signer, token, "other") == OTHER
    assert check(signer, token, "Report") == OTHER
    assert check(signer, token, "") == OTHER


def test_tokens_differ_by_widget_and_identity():
    signer, _ = make()
    tokens = {
        signer.sign(widget=widget, identity=identity)
        for widget in ("a", "b")
        for identity in (Identity("a"), Identity("b"), Identity("a", "b"))
    }

    assert len(tokens) == 6


@pytest.mark.parametrize(
    ("signed_by", "read_by", "good"),
    [
        ("new", ["old", "new"], True),
        ("old", ["old", "new"], True),
        (["older", "old"], ["old", "new"], True),
        ("old", "new", False),
        ("new", b"new", True),
        (["old", "new"], "old", False),
        (["old", "", "new"], ["new"], True),
    ],
    ids=["newest", "older", "rotated", "dropped", "bytes", "last signs", "blank ignored"],
)
def test_secret_rotation(signed_by, read_by, good):
    token = make(signed_by)[0].sign(widget="report", identity=ANN)

    assert check(make(read_by)[0], token) == (Identity("ann", "Ann") if good else FORGED)


def token_of(payload, *, secret="a secret", salt=b"flask-openbb.signed-endpoint.1"):
    signer = TimestampSigner(secret, salt=salt, key_derivation="hmac", digest_method=hashlib.sha256)
    signer.get_timestamp = lambda: START
    return signer.sign(base64_encode(payload)).decode()


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (token_of('["report","ann",null]'), Identity("ann")),
        (token_of('["report","ann",null]', salt=b"cookie-session"), FORGED),
        (token_of('["report","ann",null]', secret="other"), FORGED),
        (token_of('["report","ann"]'), FORGED),
        (token_of('["report","",null]'), FORGED),
        (token_of('["report",7,null]'), FORGED),
        (token_of('{"report":1}'), FORGED),
        (token_of("7"), FORGED),
        (token_of("not json"), FORGED),
        (token_of(b"\xff"), FORGED),
    ],
    ids=["ours", "salt", "secret", "short", "blank id", "id type", "mapping", "number", "no json", "no text"],
)
def test_signed_by_somebody_else_or_about_something_else(token, expected):
    assert check(make()[0], token) == expected


GOOD = make()[0].sign(widget="report", identity=ANN)
VALUE, STAMP, SIGNATURE = GOOD.split(".")


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        VALUE,
        f"{VALUE}.{STAMP}",
        f"{VALUE}.{STAMP}.",
        f".{STAMP}.{SIGNATURE}",
        f"{VALUE}..{SIGNATURE}",
        f"{VALUE}.{SIGNATURE}",
        f"{STAMP}.{VALUE}.{SIGNATURE}",
        f"{VALUE}.{STAMP}A.{SIGNATURE}",
        f"{VALUE}.{'_' * 40}.{SIGNATURE}",
        f"{GOOD}=",
        f"{GOOD}==",
        f"{GOOD}A",
        f"{GOOD}AA",
        f"{GOOD}\n",
        f" {GOOD}",
        f"{GOOD}.{SIGNATURE}",
        f".{GOOD}",
        GOOD + "\x00",
        GOOD.replace(".", "/"),
        GOOD.replace(".", "%2E"),
        GOOD.swapcase(),
        "é" * 40,
        "\ud800.\ud800.\ud800",
        "\uff21.\uff22.\uff23",
        "A" * MAX_LENGTH,
        "A" * 1_000_000,
        f"{'A' * 1_000_000}.{STAMP}.{SIGNATURE}",
        "." * 100_000,
    ],
    ids=lambda token: ascii(token)[:24],
)
def test_junk_is_refused(token):
    assert check(make()[0], token) == FORGED


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_a_mutated_token_never_verifies(data):
    place = data.draw(st.integers(0, len(GOOD)))
    cut = data.draw(st.integers(0, 3))
    put = data.draw(st.text(st.sampled_from("ABCDEFabcdefxyz0189-_.=/ é"), max_size=3))
    mutated = GOOD[:place] + put + GOOD[place + cut :]

    assert check(make()[0], mutated) == (Identity("ann", "Ann") if mutated == GOOD else FORGED)


@pytest.mark.parametrize("letter", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
def test_signature_has_one_spelling(letter):
    mutated = GOOD[:-1] + letter

    assert check(make()[0], mutated) == (Identity("ann", "Ann") if mutated == GOOD else FORGED)


@given(token=st.text(max_size=80))
@example(token="a.a.a")
@settings(max_examples=100, deadline=None)
def test_any_text_is_refused(token):
    assert check(make()[0], token) == FORGED


@given(widget=st.text(max_size=30), id_=st.text(min_size=1, max_size=30), name=st.none() | st.text(max_size=30))
@settings(max_examples=100, deadline=None)
def test_any_widget_and_identity_survive(widget, id_, name):
    signer, _ = make()
    if not id_.strip():
        return

    assert check(signer, signer.sign(widget=widget, identity=Identity(id_, name)), widget) == Identity(id_, name)


def test_too_long_a_token_is_refused_when_signed():
    signer, _ = make()

    with pytest.raises(ConfigError, match="a shorter id or name"):
        signer.sign(widget="report", identity=Identity("x" * MAX_LENGTH))


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        (None, "need a secret that is text or bytes, or a list of them. Set the app's SECRET_KEY"),
        (7, "need a secret that is text or bytes"),
        (["hunter2hunter2", None], "need a secret that is text or bytes"),
        ("", "and it is blank. Set the app's SECRET_KEY"),
        (b" ", "and it is blank"),
        ([], "and it is blank"),
        (["", " "], "and it is blank"),
    ],
    ids=repr,
)
def test_signer_needs_a_secret(secret, message):
    with pytest.raises(ConfigError, match=re.escape(message)) as caught:
        Signer(secret, max_age=HOUR)

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("max_age", [0, -1, 59, True, 60.5, "3600", None], ids=repr)
def test_signer_needs_a_life(max_age):
    with pytest.raises(ConfigError, match=f"cannot live {max_age!r} seconds. Use an int of 60 or more"):
        Signer("a secret", max_age=max_age)


def test_signer_shows_no_secret():
    assert repr(Signer(["hunter2", "hunter3"], max_age=HOUR)) == "<Signer: 2 secret(s), max_age 3600 s>"


def test_token_holds_no_more_than_it_says():
    payload = VALUE + "=" * (-len(VALUE) % 4)

    assert json.loads(base64.urlsafe_b64decode(payload)) == ["report", "ann", "Ann"]
