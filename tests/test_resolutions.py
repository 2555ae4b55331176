"""TradingView's resolutions: what is one, how it is written, and what can be made of what."""

import pytest

from flask_openbb import ResolutionError
from flask_openbb.live.resolutions import STANDARD, Resolution, base_for, parse_resolution, supported


@pytest.mark.parametrize(
    ("text", "written", "seconds"),
    [
        ("1", "1", 60),
        ("5", "5", 300),
        (" 60 ", "60", 3600),
        (240, "240", 14_400),
        ("1440", "1440", 86_400),
        ("S", "1S", 1),
        ("1S", "1S", 1),
        ("30s", "30S", 30),
        ("D", "1D", 86_400),
        ("1D", "1D", 86_400),
        ("2d", "2D", 172_800),
        ("W", "1W", 604_800),
        ("1W", "1W", 604_800),
        ("M", "1M", 2_592_000),
        ("1M", "1M", 2_592_000),
        ("12M", "12M", 31_104_000),
    ],
)
def test_read_and_written(text, written, seconds):
    resolution = parse_resolution(text)
    assert (str(resolution), resolution.seconds) == (written, seconds)
    assert parse_resolution(written) == resolution
    assert parse_resolution(resolution) is resolution


@pytest.mark.parametrize(
    "text", ["", "0", "00", "0D", "-1", "1.5", "X", "1X", "D1", "1DD", "999999", "1T", None, 1.5, []]
)
def test_what_is_none_is_refused(text):
    with pytest.raises(ResolutionError, match="is not a resolution") as refused:
        parse_resolution(text)
    assert refused.value.status == 422


def test_hours_are_minutes():
    with pytest.raises(ResolutionError, match="Hours are minutes there: '60'"):
        parse_resolution("1H")


@pytest.mark.parametrize(
    ("base", "longer", "possible"),
    [
        ("1", "5", True),
        ("5", "15", True),
        ("5", "7", False),
        ("15", "5", False),
        ("30S", "1", True),
        ("45S", "1", False),
        ("1", "1D", True),
        ("7", "1D", True),
        ("1D", "60", False),
        ("1D", "1W", True),
        ("1D", "12M", True),
        ("1D", "3D", True),
        ("2D", "1W", False),
        ("1W", "2W", True),
        ("1W", "1M", False),
        ("1M", "3M", True),
        ("3M", "12M", True),
        ("3M", "1M", False),
        ("1D", "1D", True),
    ],
)
def test_what_can_be_made_of_what(base, longer, possible):
    assert parse_resolution(base).makes(parse_resolution(longer)) is possible


def texts(resolutions):
    return [str(one) for one in resolutions]


@pytest.mark.parametrize(
    ("native", "expected"),
    [
        (["1D"], ["1D", "1W", "1M"]),
        (["1W"], ["1W"]),
        (["1M"], ["1M"]),
        (["15"], ["15", "30", "60", "120", "240", "1D", "1W", "1M"]),
        (["7"], ["7", "1D", "1W", "1M"]),
        (["1", "1D"], ["1", "5", "15", "30", "60", "120", "240", "1D", "1W", "1M"]),
        (["1S"], texts(STANDARD)),
        ([], []),
    ],
)
def test_what_is_offered(native, expected):
    assert texts(supported(map(parse_resolution, native))) == expected


def test_the_longest_bars_that_will_do_are_asked():
    native = [Resolution(1, "min"), Resolution(15, "min"), Resolution(1, "D")]
    assert base_for(Resolution(30, "min"), native) == Resolution(15, "min")
    assert base_for(Resolution(1, "W"), native) == Resolution(1, "D")
    assert base_for(Resolution(20, "min"), native) == Resolution(1, "min")
    assert base_for(Resolution(1, "S"), native) is None
