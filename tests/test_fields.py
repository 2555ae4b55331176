"""One request value: what each field reads, what it refuses, and in which words."""

import math
import uuid
from datetime import date, datetime, timezone
from decimal import Decimal
from enum import Enum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import EXCLUDE, Schema, ValidationError, missing
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import MultiDict

from flask_openbb.manifest.dates import RelativeDate, days_ago
from flask_openbb.manifest.fields import (
    ChoiceField,
    DateField,
    FlagField,
    IntegerField,
    ListField,
    NumberField,
    Problem,
    TextField,
    UuidField,
    Whole,
)
from flask_openbb.manifest.wire import read_number, split_list, wire_text


def clock():
    return datetime(2024, 3, 31, 12)


class Color(Enum):
    RED = "red"
    NAMED = (1, 2)


ID = uuid.UUID("12345678-1234-5678-1234-567812345678")
TEXT, NUMBER, DECIMAL = TextField(), NumberField(), NumberField(convert=Decimal)
WHOLE, FLAG, UUID_FIELD = IntegerField(), FlagField(), UuidField()
DAY, MOMENT = DateField(clock=clock), DateField(target=datetime, clock=clock)
DAY_TEXT = DateField(target=str, clock=clock)
WORDS = ChoiceField({"AAPL": "AAPL", "007": "007", "a b": "a b"})
COUNTS = ChoiceField({"1": 1, "5": 5})
COLORS = ChoiceField({"red": Color.RED, "NAMED": Color.NAMED})

READ = [
    (TEXT, "x", "x"),
    (TEXT, "  ", "  "),
    (TEXT, "2024-01-01", "2024-01-01"),
    (TEXT, "$currentDate-1y", "$currentDate-1y"),
    (TEXT, 5, "5"),
    (TEXT, 1.5, "1.5"),
    (NUMBER, "5", 5.0),
    (NUMBER, " -1.5e3 ", -1500.0),
    (NUMBER, ".5", 0.5),
    (NUMBER, "5.", 5.0),
    (NUMBER, 7, 7.0),
    (DECIMAL, "0.1", Decimal("0.1")),
    (DECIMAL, 0.1, Decimal("0.1")),
    (DECIMAL, Decimal("2.50"), Decimal("2.50")),
    (WHOLE, "5", 5),
    (WHOLE, "+5", 5),
    (WHOLE, "5.0", 5),
    (WHOLE, "5e2", 500),
    (WHOLE, "0e999999999", 0),
    (WHOLE, "9007199254740993", 9007199254740993),
    (WHOLE, 5.0, 5),
    (WHOLE, 2**70, 2**70),
    (FLAG, "true", True),
    (FLAG, "True", True),
    (FLAG, "1", True),
    (FLAG, " ON ", True),
    (FLAG, "yes", True),
    (FLAG, "false", False),
    (FLAG, "0", False),
    (FLAG, "Off", False),
    (FLAG, True, True),
    (FLAG, 0, False),
    (DAY, "2024-01-31", date(2024, 1, 31)),
    (DAY, "2024-01-31T23:59:59Z", date(2024, 1, 31)),
    (DAY, "1/31/2024", date(2024, 1, 31)),
    (DAY, "$currentDate-1M", date(2024, 2, 29)),
    (DAY, days_ago(1), date(2024, 3, 30)),
    (DAY, datetime(2024, 1, 31, 5), date(2024, 1, 31)),
    (MOMENT, "2024-01-31", datetime(2024, 1, 31)),
    (MOMENT, "2024-01-31T05:00:00Z", datetime(2024, 1, 31, 5, tzinfo=timezone.utc)),
    (MOMENT, "$currentDate-1d", datetime(2024, 3, 30)),
    (MOMENT, date(2024, 1, 31), datetime(2024, 1, 31)),
    (MOMENT, datetime(2024, 1, 31, 5), datetime(2024, 1, 31, 5)),
    (DAY_TEXT, "1/31/2024", "2024-01-31"),
    (DAY_TEXT, "$currentDate", "2024-03-31"),
    (UUID_FIELD, str(ID), ID),
    (UUID_FIELD, ID, ID),
    (WORDS, "AAPL", "AAPL"),
    (WORDS, " AAPL ", "AAPL"),
    (WORDS, "a b", "a b"),
    (COUNTS, "1", 1),
    (COUNTS, "5.0", 5),
    (COUNTS, 5, 5),
    (COLORS, "red", Color.RED),
    (COLORS, "NAMED", Color.NAMED),
    (COLORS, Color.NAMED, Color.NAMED),
]


def name(case):
    raw = "huge" if case[1] == 10**5000 else repr(case[1])[:40]
    return f"{type(case[0]).__name__}-{raw}"


@pytest.mark.parametrize(("field", "raw", "value"), READ, ids=map(name, READ))
def test_reads(field, raw, value):
    read = field.deserialize(raw)
    assert read == value
    assert type(read) is type(value)


REFUSED = [
    (TEXT, True, "Not text but True.", "invalid"),
    (TEXT, ["x"], "Not text but a list.", "invalid"),
    (TEXT, {"a": 1}, "Not text but an object.", "invalid"),
    (NUMBER, "x", "'x' is not a number.", "invalid"),
    (NUMBER, "nan", "'nan' is not a number.", "invalid"),
    (NUMBER, "Infinity", "'Infinity' is not a number.", "invalid"),
    (NUMBER, math.inf, "inf is not a number.", "invalid"),
    (NUMBER, math.nan, "nan is not a number.", "invalid"),
    (NUMBER, "1_000", "'1_000' is not a number.", "invalid"),
    (NUMBER, "1,5", "'1,5' is not a number.", "invalid"),
    (NUMBER, "٣", "'٣' is not a number.", "invalid"),
    (NUMBER, "0x10", "'0x10' is not a number.", "invalid"),
    (NUMBER, True, "True is not a number.", "invalid"),
    (NUMBER, "1e400", "'1e400' is too large or too small for a number.", "range"),
    (NUMBER, "1e-400", "'1e-400' is too large or too small for a number.", "range"),
    (NUMBER, "1.8e308", "'1.8e308' is too large for a number.", "range"),
    (NUMBER, 10**5000, "a very large number is too large or too small for a number.", "range"),
    (NUMBER, "9" * 1_000_000, f"'{'9' * 39}…' is not a number.", "invalid"),
    (DECIMAL, "1e999999999", "'1e999999999' is too large or too small for a number.", "range"),
    (WHOLE, "1.5", "'1.5' is not a whole number.", "invalid"),
    (WHOLE, 1.5, "1.5 is not a whole number.", "invalid"),
    (WHOLE, "five", "'five' is not a whole number.", "invalid"),
    (WHOLE, "1e38", "'1e38' is too large for a whole number.", "range"),
    (WHOLE, "1e-999999999", "'1e-999999999' is not a whole number.", "invalid"),
    (WHOLE, [], "a list is not a whole number.", "invalid"),
    (FLAG, "maybe", "'maybe' is not a boolean, use true or false.", "invalid"),
    (FLAG, 2, "2 is not a boolean, use true or false.", "invalid"),
    (FLAG, 1.0, "1.0 is not a boolean, use true or false.", "invalid"),
    (FLAG, "t" * 1000, f"'{'t' * 39}…' is not a boolean, use true or false.", "invalid"),
    (DAY, "soon", "'soon' is not a date; use YYYY-MM-DD or $currentDate-30d.", "invalid"),
    (DAY, 20240131, "Not a date but 20240131; use YYYY-MM-DD or $currentDate-30d.", "invalid"),
    (
        DAY,
        RelativeDate(-9999, "y"),
        "'$currentDate-9999y' is outside the years 1 to 9999; use a smaller number.",
        "invalid",
    ),
    (UUID_FIELD, "x", "'x' is not a UUID.", "invalid"),
    (UUID_FIELD, 5, "5 is not a UUID.", "invalid"),
    (WORDS, "APPL", "'APPL' is not a valid choice, use one of AAPL, 007, a b. Did you mean AAPL?", "choice"),
    (WORDS, "aapl", "'aapl' is not a valid choice, use one of AAPL, 007, a b. Did you mean AAPL?", "choice"),
    (WORDS, "7", "'7' is not a valid choice, use one of AAPL, 007, a b.", "choice"),
    (WORDS, ["AAPL"], "a list is not a valid choice, use one of AAPL, 007, a b.", "choice"),
    (COUNTS, "2", "'2' is not a valid choice, use one of 1, 5.", "choice"),
    (COUNTS, True, "True is not a valid choice, use one of 1, 5.", "choice"),
    (
        ChoiceField({str(n): n for n in range(1, 14)}),
        "99",
        "'99' is not a valid choice, use one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 3 more.",
        "choice",
    ),
]


@pytest.mark.parametrize(("field", "raw", "message", "kind"), REFUSED, ids=map(name, REFUSED))
def test_refuses(field, raw, message, kind):
    with pytest.raises(ValidationError) as caught:
        field.deserialize(raw)
    assert caught.value.messages == [message]
    assert [problem.kind for problem in caught.value.messages] == [kind]


@pytest.mark.parametrize(
    ("low", "high", "raw", "message"),
    [
        (1, 10, "11", "'11' is out of range, use 1 to 10."),
        (1, None, "0", "'0' is out of range, use at least 1."),
        (None, 10, "10.5", "'10.5' is out of range, use at most 10."),
        (0, 1, "1", None),
        (0, 1, "0", None),
    ],
    ids=["both", "low", "high", "at the top", "at the bottom"],
)
def test_range(low, high, raw, message):
    field = NumberField(low=low, high=high)
    if message is None:
        assert field.deserialize(raw) == float(raw)
        return
    with pytest.raises(ValidationError) as caught:
        field.deserialize(raw)
    assert caught.value.messages == [message]
    assert caught.value.messages[0].kind == "range"


ALL = [TEXT, NUMBER, DECIMAL, WHOLE, FLAG, DAY, MOMENT, DAY_TEXT, UUID_FIELD, WORDS, COUNTS, ListField(TEXT)]
ALL_IDS = [type(field).__name__ for field in ALL]


@pytest.mark.parametrize("field", ALL, ids=ALL_IDS)
@pytest.mark.parametrize("raw", ["", None, missing], ids=["empty", "null", "absent"])
def test_blank_is_absent(field, raw):
    assert field.deserialize(raw) is missing


@pytest.mark.parametrize("field", ALL[1:], ids=ALL_IDS[1:])
def test_white_space_is_absent_except_for_text(field):
    assert field.deserialize(" \t") is missing


@pytest.mark.parametrize("cls", [TextField, NumberField, FlagField], ids=lambda cls: cls.__name__)
def test_required(cls):
    with pytest.raises(ValidationError) as caught:
        cls(required=True).deserialize("")
    assert caught.value.messages == ["Required, but missing."]
    assert caught.value.messages[0].kind == "missing"


def test_other_marshmallow_errors_keep_their_words():
    assert TextField().make_error("validator_failed").messages == ["Invalid value."]


def test_blank_may_be_a_choice():
    field = ChoiceField({"": "", "a": "a"}, load_default="a")
    assert field.deserialize("") == ""
    assert field.deserialize(None) == "a"


def test_choices_that_move_with_the_calendar_are_read_anew():
    field = ChoiceField({"$currentDate-1d": None}, inner=DAY)
    assert field.deserialize("$currentDate-1d") == date(2024, 3, 30)
    with pytest.raises(ValidationError, match="not a valid choice"):
        field.deserialize("2024-03-30")


PLACES = ListField(ChoiceField({text: text for text in ("Rome", "Paris, Texas", "Paris", "a,b,c")}))
LISTS = [
    (ListField(TEXT), "a,b", ["a", "b"]),
    (ListField(TEXT), ["a,b", "c"], ["a", "b", "c"]),
    (ListField(TEXT), " a , ,b,", ["a", "b"]),
    (ListField(TEXT), ["", "a", None], ["a"]),
    (ListField(TEXT), Whole(["a,b", "", None, "c"]), ["a,b", "c"]),
    (ListField(TEXT), ("a,b", "c"), ["a", "b", "c"]),
    (ListField(TEXT), 5, ["5"]),
    (ListField(TEXT), [], []),
    (ListField(TEXT), Whole([]), []),
    (ListField(WHOLE), "1,2.0,3", [1, 2, 3]),
    (ListField(WHOLE), Whole([1, "2"]), [1, 2]),
    (ListField(DAY), "2024-01-01,$currentDate", [date(2024, 1, 1), date(2024, 3, 31)]),
    (ListField(FLAG), "true,0", [True, False]),
    (ListField(COLORS), "red,NAMED", [Color.RED, Color.NAMED]),
    (PLACES, "Paris, Texas", ["Paris, Texas"]),
    (PLACES, "Rome,Paris, Texas,Paris", ["Rome", "Paris, Texas", "Paris"]),
    (PLACES, "a,b,c,Rome", ["a,b,c", "Rome"]),
    (PLACES, ["Paris, Texas", "Rome"], ["Paris, Texas", "Rome"]),
    (ListField(TEXT, joined=True), ["a,b", " c"], "a,b,c"),
    (ListField(WORDS, joined=True), "AAPL, 007", "AAPL,007"),
]


@pytest.mark.parametrize(
    ("field", "raw", "value"), LISTS, ids=[f"{index}-{raw!r}" for index, (_, raw, _) in enumerate(LISTS)]
)
def test_lists(field, raw, value):
    assert field.deserialize(raw) == value


@pytest.mark.parametrize("raw", ["", ",", " , ", None, ["", ","], [None]], ids=repr)
def test_lists_of_nothing_are_absent(raw):
    assert ListField(TEXT, load_default=None).deserialize(raw) is None


@pytest.mark.parametrize(
    ("field", "raw", "messages"),
    [
        (ListField(WHOLE), "1,x,y", ["'x' is not a whole number.", "'y' is not a whole number."]),
        (ListField(WHOLE), "a," * 50_000, ["'a' is not a whole number."] * 3),
        (
            PLACES,
            "a,b",
            [
                "'a' is not a valid choice, use one of Rome, Paris, Texas, Paris, a,b,c.",
                "'b' is not a valid choice, use one of Rome, Paris, Texas, Paris, a,b,c.",
            ],
        ),
        (ListField(TEXT), {"a": 1}, ["Not text but an object."]),
        (ListField(TEXT), Whole([["nested"]]), ["Not text but a list."]),
    ],
    ids=["items", "only the first three", "choices", "object", "nested"],
)
def test_wrong_lists(field, raw, messages):
    with pytest.raises(ValidationError) as caught:
        field.deserialize(raw)
    assert caught.value.messages == messages


def test_a_list_error_without_items_is_told():
    class Odd(TextField):
        def _deserialize(self, value, attr, data, **kwargs):
            raise ValidationError({"inner": ["odd"]})

    with pytest.raises(ValidationError) as caught:
        ListField(Odd()).deserialize("a")
    assert caught.value.messages == ["{'inner': ['odd']}"]


def test_repeated_keys_through_webargs():
    schema = Schema.from_dict({"tags": ListField(TextField()), "n": IntegerField(load_default=3)})(unknown=EXCLUDE)
    query = MultiDict([("tags", "a,b"), ("tags", "c"), ("theme", "dark"), ("n", "")])
    assert schema.load(MultiDictProxy(query, schema)) == {"tags": ["a", "b", "c"], "n": 3}


def test_problem_is_text_with_a_kind():
    assert Problem("x") == "x"
    assert Problem("x").kind == "invalid"
    assert Problem("x", "range").kind == "range"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (True, "true"),
        (5, "5"),
        (1.5, "1.5"),
        (Decimal("2.50"), "2.50"),
        (date(2024, 1, 31), "2024-01-31"),
        (datetime(2024, 1, 31), "2024-01-31"),
        (datetime(2024, 1, 31, 9, 30), "2024-01-31T09:30:00"),
        (datetime(2024, 1, 31, tzinfo=timezone.utc), "2024-01-31T00:00:00+00:00"),
        (days_ago(3), "$currentDate-3d"),
        (ID, str(ID)),
        (Color.RED, "red"),
        (Color.NAMED, "NAMED"),
        (None, None),
        ([], None),
    ],
    ids=repr,
)
def test_wire_text(value, text):
    assert wire_text(value) == text


ANYTHING = st.one_of(
    st.text(max_size=60),
    st.text("0123456789+-.eE_ ,$", max_size=30),
    st.from_regex(r"[+-]?\d{0,30}\.?\d{0,30}([eE][+-]?\d{1,12})?", fullmatch=True),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.none(),
    st.lists(st.one_of(st.text(max_size=5), st.integers(), st.none(), st.lists(st.none(), max_size=1)), max_size=4),
    st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
)


@settings(max_examples=100, deadline=None)
@given(ANYTHING)
def test_nothing_raises_anything_but_validation_error(raw):
    for field in (*ALL, PLACES, ListField(WHOLE), NumberField(low=0, high=1)):
        try:
            field.deserialize(raw)
        except ValidationError as error:
            assert all(isinstance(message, Problem) for message in error.messages)


@settings(max_examples=100, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**30), 10**30))
def test_numbers_come_back(real, whole):
    assert NUMBER.deserialize(repr(real)) == real
    assert WHOLE.deserialize(str(whole)) == whole
    assert read_number(str(whole)) == whole


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("ab, ", min_size=1, max_size=4), min_size=1, max_size=5))
def test_joined_choices_come_apart(texts):
    choices = {text.strip(): None for text in texts if text.strip(" ,")}
    found = list(split_list(",".join(choices), frozenset(choices), max((c.count(",") for c in choices), default=0)))
    # Ambiguous joins may come apart otherwise, but never into anything that was not there.
    assert ",".join(found).replace(" ", "").replace(",", "") == "".join(choices).replace(" ", "").replace(",", "")
    if choices and all("," not in text for text in choices):
        assert found == list(choices)
