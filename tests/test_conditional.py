"""``etag=True``: an ETag of the answer's bytes, and 304 for who has them."""

import hashlib

import pytest
from flask import Response

from flask_openbb import ApiKeyAuth


def tag_of(body):
    return f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'


@pytest.fixture(params=[{}, {"cache": 60}], ids=["computed", "kept"])
def widget(request, app, openbb):
    """Serve a widget with an ETag; return what it answers, to be changed."""
    answer = [[{"a": 1}]]
    openbb_table = openbb.table(etag=True, **request.param)
    app.add_url_rule("/w", "w", openbb_table(lambda: answer[0]))
    return answer


def test_an_etag_names_the_bytes(widget, client):
    first, second = client.get("/w"), client.get("/w")
    assert first.headers["ETag"] == second.headers["ETag"] == tag_of(b'[{"a":1}]')
    assert first.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize(
    ("known", "status"),
    [("{}", 304), ("W/{}", 304), ('"x", {}', 304), ("*", 304), ('"x"', 200), ("x", 200), ("", 200)],
    ids=["same", "weak", "list", "any", "other", "no tag", "empty"],
)
def test_who_has_the_bytes_gets_304(widget, client, method, known, status):
    tag = tag_of(b'[{"a":1}]')
    for _ in range(2):
        answer = getattr(client, method)("/w", headers={"If-None-Match": known.format(tag)})
        assert (answer.status_code, answer.headers["ETag"]) == (status, tag)
        assert answer.get_data() == (b'[{"a":1}]' if status == 200 and method == "get" else b"")
        assert answer.headers["Vary"] == "Origin"
        assert answer.headers["Cache-Control"] == "no-cache"


def test_other_bytes_have_another_tag(app, openbb, client):
    numbers = iter(range(9))
    app.add_url_rule("/w", "w", openbb.table(etag=True)(lambda: [{"a": next(numbers)}]))
    tag = client.get("/w").headers["ETag"]
    answer = client.get("/w", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.headers["ETag"] == tag) == (200, False)


def test_if_match_is_honoured(widget, client):
    tag = tag_of(b'[{"a":1}]')
    assert client.get("/w", headers={"If-Match": '"x"'}).status_code == 412
    assert client.get("/w", headers={"If-Match": tag}).status_code == 200


def test_under_a_policy_it_is_private(app, openbb, client):
    policy = ApiKeyAuth(["k"], header="X-Desk")
    app.add_url_rule("/w", "w", openbb.table(etag=True, auth=policy)(lambda: [{"a": 1}]))
    for known, status in (("", 200), (tag_of(b'[{"a":1}]'), 304)):
        answer = client.get("/w", headers={"X-Desk": "k", "If-None-Match": known})
        assert (answer.status_code, answer.headers["Cache-Control"]) == (status, "private, no-cache")
        assert answer.headers["Vary"] == "X-Desk, Origin"
    refused = client.get("/w", headers={"If-None-Match": tag_of(b'[{"a":1}]')})
    assert (refused.status_code, "ETag" in refused.headers) == (401, False)


@pytest.mark.parametrize(
    ("view", "tag", "control"),
    [
        (lambda: ([{"a": 1}], {"ETag": '"mine"', "Cache-Control": "max-age=9"}), '"mine"', "max-age=9"),
        (lambda: ({"detail": "no"}, 404), None, None),
        (lambda: ([{"a": 1}], 201), None, None),
        (lambda: Response((part for part in [b"[]"]), mimetype="text/csv"), None, None),
    ],
    ids=["own", "404", "201", "stream"],
)
def test_what_is_the_views_own_stays(app, openbb, client, view, tag, control):
    app.add_url_rule("/w", "w", openbb.table(etag=True)(view))
    answer = client.get("/w", headers={"If-None-Match": '"other"'})
    assert (answer.headers.get("ETag"), answer.headers.get("Cache-Control")) == (tag, control)
