"""Content coding of our own answers, as a client sees it."""

import gzip
import random
import zlib

import brotli
import pytest
import zstandard
from flask import Response, jsonify, stream_with_context

from flask_openbb import Cache, OpenBB
from flask_openbb.web.compression import Kept, choose

ORIGIN = {"Origin": "https://pro.openbb.co"}
ROWS = [{"symbol": "AAPL", "close": number} for number in range(500)]
PLAIN = b"[" + b",".join(b'{"symbol":"AAPL","close":%d}' % number for number in range(500)) + b"]"

DECODE = {
    None: lambda body: body,
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}


def table(app, openbb, view=lambda: ROWS, kind="table", **options):
    app.add_url_rule("/w", "w", openbb.widget(type=kind, **options)(view), methods=["GET", "POST"])


def coded(answer):
    return DECODE[answer.headers.get("Content-Encoding")](answer.get_data())


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("*", "zstd"),
        ("*;q=0.5, br;q=1", "br"),
        ("zstd;q=0, br;q=0, *", "gzip"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("gzip ; q=0.3 , br;q=0.2", "gzip"),
        ("identity, gzip", "gzip"),
        ("identity;q=0, gzip", "gzip"),
        ("identity;q=0.5, gzip;q=0.2", None),
        ("identity", None),
        ("identity;q=0", None),
        ("gzip;q=0", None),
        ("gzip;q=0.000", None),
        ("*;q=0", None),
        ("deflate", None),
        ("gzip;q=much", None),
        ("gzip;level=9", "gzip"),
        ("", None),
        (",;,", None),
        ("gzip," * 100, None),
    ],
    ids=lambda value: str(value)[:40],
)
def test_the_coding_is_chosen_by_weight(app, openbb, client, accepted, coding):
    table(app, openbb)
    answer = client.get("/w", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == coding
    assert coded(answer) == PLAIN
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.headers["Content-Length"] == str(len(answer.get_data()))


def test_who_says_nothing_gets_plain_bytes(app, openbb, client):
    table(app, openbb)
    answer = client.get("/w")
    assert (answer.get_data(), "Content-Encoding" in answer.headers) == (PLAIN, False)
    assert answer.headers["Vary"] == "Origin, Accept-Encoding"


@pytest.mark.parametrize(
    ("size", "minimum", "compressed"), [(2047, 2048, False), (2048, 2048, True), (9000, 0, False), (9000, 9001, False)]
)
def test_small_answers_are_left_alone(make_app, size, minimum, compressed):
    app = make_app(OPENBB_COMPRESS_MIN_SIZE=minimum)
    table(app, OpenBB(app), lambda: "x" * size, kind="html")
    answer = app.test_client().get("/w", headers={"Accept-Encoding": "gzip"})
    assert ("Content-Encoding" in answer.headers) is compressed
    assert ("Accept-Encoding" in answer.headers["Vary"]) is compressed
    assert coded(answer) == b"x" * size


def response(body=b"x" * 9000, **arguments):
    return lambda: Response(body, **arguments)


@pytest.mark.parametrize(
    ("view", "reason"),
    [
        (response(mimetype="application/pdf"), "type"),
        (response(mimetype="image/png"), "type"),
        (response(mimetype="text/event-stream"), "type"),
        (response(mimetype="text/plain", headers={"Content-Encoding": "br"}), "coded"),
        (response(mimetype="text/plain", headers={"Cache-Control": "public, no-transform"}), "no-transform"),
        (response(mimetype="text/plain", headers={"Accept-Ranges": "bytes"}), "ranges"),
        (response(mimetype="text/plain", status=206), "206"),
    ],
    ids=["pdf", "image", "events", "coded", "no-transform", "ranges", "206"],
)
def test_such_an_answer_is_left_alone(app, openbb, client, view, reason):
    table(app, openbb, view, kind="@desk/plugins/raw")
    plain = client.get("/w")
    answer = client.get("/w", headers={"Accept-Encoding": "gzip"})
    assert (answer.get_data(), list(answer.headers)) == (plain.get_data(), list(plain.headers))


@pytest.mark.parametrize("kind", ["text/csv", "application/json", "application/vnd.x+json", "image/svg+xml"])
def test_text_is_compressed(app, openbb, client, kind):
    table(app, openbb, response(mimetype=kind), kind="@desk/plugins/raw", shape=False)
    assert coded(client.get("/w", headers={"Accept-Encoding": "br"})) == b"x" * 9000


def test_bytes_that_grow_are_sent_as_they_are(app, openbb, client):
    noise = random.Random(1).randbytes(4000)
    table(app, openbb, response(noise, mimetype="text/plain"), kind="@desk/plugins/raw")
    answer = client.get("/w", headers={"Accept-Encoding": "gzip"})
    assert (answer.get_data(), "Content-Encoding" in answer.headers) == (noise, False)


def test_head_says_that_it_varies(app, openbb, client):
    table(app, openbb)
    answer = client.head("/w", headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.get_data(), answer.headers["Content-Length"]) == (200, b"", str(len(PLAIN)))
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_errors_are_compressed_too(app, openbb, client):
    table(app, openbb, lambda: ({"detail": "x" * 5000}, 404))
    answer = client.get("/w", headers={"Accept-Encoding": "gzip", **ORIGIN})
    assert (answer.status_code, coded(answer)) == (404, b'{"detail":"%s"}\n' % (b"x" * 5000))
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]


def test_a_host_that_compresses_is_not_disturbed(app, openbb, client):
    @app.after_request
    def compress(response):
        response.set_data(gzip.compress(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
        return response

    table(app, openbb)
    assert coded(client.get("/w", headers={"Accept-Encoding": "br, gzip"})) == PLAIN
    assert coded(client.get("/widgets.json", headers={"Accept-Encoding": "br, gzip"})).startswith(b'{"w":')


def test_the_hosts_own_urls_are_not_ours(app, openbb, client):
    app.add_url_rule("/other", "other", lambda: "x" * 9000)
    answer = client.get("/other", headers={"Accept-Encoding": "gzip"})
    assert dict(answer.headers) == {"Content-Type": "text/html; charset=utf-8", "Content-Length": "9000"}


# Streams


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_a_stream_is_compressed_as_it_comes(app, openbb, client, coding):
    taken, numbers = [], random.Random(1)
    noise = [numbers.randbytes(10_000).hex().encode() for _ in range(200)]

    def view():
        def parts():
            for number in range(200):
                taken.append(number)
                yield noise[number]

        return Response(parts(), mimetype="text/csv", headers={"Content-Length": "4000000"})

    table(app, openbb, view, kind="@desk/plugins/raw")
    with client.get("/w", headers={"Accept-Encoding": coding}, buffered=False) as answer:
        assert answer.headers["Content-Encoding"] == coding
        assert "Content-Length" not in answer.headers
        pieces = iter(answer.response)
        body = next(pieces)
        assert len(taken) < 200, "something was sent before all was read"
        body += b"".join(pieces)
    assert DECODE[coding](body) == b"".join(noise)


@pytest.mark.parametrize("read", [False, True])
def test_a_stream_is_closed(app, openbb, client, read):
    closed = []

    class Parts:
        def __iter__(self):
            return iter(["ä" * 5000, "b" * 5000])

        def close(self):
            closed.append(True)

    table(app, openbb, lambda: Response(Parts(), mimetype="text/csv"), kind="@desk/plugins/raw")
    answer = client.get("/w", headers={"Accept-Encoding": "gzip"})
    if read:
        assert coded(answer).decode() == "ä" * 5000 + "b" * 5000
    answer.close()
    assert closed == [True]


def test_a_stream_that_breaks_is_cut_off(app, openbb, client):
    @stream_with_context
    def parts():
        yield "a" * 100_000
        raise RuntimeError("down")

    table(app, openbb, lambda: Response(parts(), mimetype="text/csv"), kind="@desk/plugins/raw")
    with client.get("/w", headers={"Accept-Encoding": "gzip"}, buffered=False) as answer:
        pieces = []
        with pytest.raises(RuntimeError, match="down"):
            pieces.extend(answer.response)
    with pytest.raises(EOFError):
        gzip.decompress(b"".join(pieces))


# ETags


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_a_manifests_304_works_for_every_coding(app, openbb, client, coding):
    table(app, openbb, description="x" * 5000)
    plain = client.get("/widgets.json")
    tag = plain.headers["ETag"]
    packed = client.get("/widgets.json", headers={"Accept-Encoding": coding})
    assert coded(packed) == plain.get_data()
    assert packed.headers["ETag"] == f"W/{tag}", "other bytes have no claim on the strong one"
    assert "Accept-Encoding" in plain.headers["Vary"]
    for known in (tag, f"W/{tag}", f'"other", W/{tag}', "*"):
        for accepted, expected in ((coding, f"W/{tag}"), ("identity", tag)):
            headers = {"If-None-Match": known, "Accept-Encoding": accepted}
            answer = client.get("/widgets.json", headers=headers)
            assert (answer.status_code, answer.get_data()) == (304, b"")
            assert answer.headers["ETag"] == expected
            assert "Accept-Encoding" in answer.headers["Vary"]
            assert "Content-Encoding" not in answer.headers
    assert client.get("/widgets.json", headers={"If-None-Match": '"x"', "Accept-Encoding": coding}).status_code == 200


@pytest.mark.parametrize("sent", ['"a"', 'W/"a"'])
def test_a_views_own_etag_is_made_weak(app, openbb, client, sent):
    table(app, openbb, lambda: (jsonify(ROWS), {"ETag": sent}))
    assert client.get("/w", headers={"Accept-Encoding": "gzip"}).headers["ETag"] == 'W/"a"'
    assert client.get("/w").headers["ETag"] == sent


def test_a_manifest_is_compressed_once(app, openbb, client, monkeypatch):
    opened = []
    original = zlib.compressobj
    monkeypatch.setattr(zlib, "compressobj", lambda *a: opened.append(a) or original(*a))
    table(app, openbb, description="x" * 5000)
    bodies = [client.get("/widgets.json", headers={"Accept-Encoding": "gzip"}).get_data() for _ in range(3)]
    assert len(set(bodies)) == len(opened) == 1


def test_a_kept_answer_is_compressed_once_too(app, openbb, client, monkeypatch):
    opened = []
    original = zlib.compressobj
    monkeypatch.setattr(zlib, "compressobj", lambda *a: opened.append(a) or original(*a))
    table(app, openbb, cache=Cache(60))
    bodies = [coded(client.get("/w", headers={"Accept-Encoding": "gzip"})) for _ in range(4)]
    assert bodies == [PLAIN] * 4
    assert len(opened) == 2, "once when it was computed, and once, smaller, to be kept"


def test_what_a_hosts_hook_changed_is_what_is_sent(app, openbb, client):
    texts = iter([b"first", b"second"])

    @app.after_request
    def change(response):
        response.set_data(response.get_data().replace(b"placeholder", next(texts)))
        return response

    table(app, openbb, description="placeholder " * 500)
    for text in (b"first ", b"second "):
        assert text in coded(client.get("/widgets.json", headers={"Accept-Encoding": "gzip"}))


def test_kept_bytes_are_bounded():
    kept = Kept(limit=16)
    for name in "abcde":
        kept.put(name, "gzip", b"1234")
        kept.get("a", "gzip")
    assert [kept.get(name, "gzip") is not None for name in "abcde"] == [True, False, True, True, True]
    kept.put("f", "gzip", b"12345")
    assert kept.get("f", "gzip") is None
    kept.put("a", "gzip", b"9")
    assert (kept.get("a", "gzip"), kept.get("a", "br")) == (b"1234", None)


# BREACH


@pytest.mark.parametrize(
    ("headers", "compressed"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "cross-site", **ORIGIN}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, False),
    ],
    ids=["client", "typed", "own", "workspace", "image", "sibling", "evil"],
)
def test_a_page_that_may_not_read_an_answer_cannot_measure_it(app, openbb, client, headers, compressed):
    table(app, openbb)
    answer = client.get("/w", headers={"Accept-Encoding": "gzip", **headers})
    assert ("Content-Encoding" in answer.headers) is compressed
    assert coded(answer) == PLAIN


def test_without_libraries_gzip_is_left(monkeypatch):
    import sys

    from flask_openbb.web import compression

    for name in ("compression.zstd", "backports.zstd", "zstandard", "brotli", "brotlicffi"):
        monkeypatch.setitem(sys.modules, name, None)
    compression.codings.cache_clear()
    try:
        assert list(compression.codings()) == ["gzip"]
    finally:
        monkeypatch.undo()
        compression.codings.cache_clear()
    assert choose("zstd").name == "zstd"
