"""The check of parameters: every key and type, the client's repairs, what crosses parameters, and Excel's limits."""

from typing import Any

import pytest

from flask_openbb.manifest.lint import lint_widgets

E, W, H = "error", "warning", "hint"
BARE = {"name": "W", "description": "A widget.", "endpoint": "w"}
SHOWN = {"paramName": "p", "show": True}


def check(*params: Any, **keys: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    """Check a widget of these parameters; return severities and paths inside ``params``."""
    faults = lint_widgets({"w": {**BARE, **keys, "params": list(params)}})
    return [(fault.severity, fault.path[1:] if fault.path[:1] == ("params",) else fault.path) for fault in faults]


def one(**keys: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    """Check one parameter of these keys; return severities and paths inside it."""
    return [(severity, path[1:]) for severity, path in check({**SHOWN, **keys})]


TYPES = ["text", "date", "ticker", "number", "boolean", "button", None]


@pytest.mark.parametrize("kind", TYPES)
def test_known_type(kind: Any) -> None:
    assert one(type=kind) == []


@pytest.mark.parametrize(
    ("kind", "fix"),
    [
        ("string", "Did you mean 'text'?"),
        ("integer", "Did you mean 'number'?"),
        ("bool", "Did you mean 'boolean'?"),
        ("select", "Did you mean 'text'?"),
        ("Date", "Did you mean 'date'?"),
        ("slider", "Use 'text' with 'options' for a list of choices."),
        (5, "Use 'text' with 'options' for a list of choices."),
        ([], "Use 'text' with 'options' for a list of choices."),
    ],
    ids=repr,
)
def test_unknown_type(kind: Any, fix: str) -> None:
    (fault,) = lint_widgets({"w": {**BARE, "params": [{**SHOWN, "type": kind}]}})
    assert (fault.severity, fault.path, fault.fix) == (E, ("params", 0, "type"), fix)
    assert "tabs" in fault.allowed


def test_name_that_every_javascript_object_has_needs_a_type() -> None:
    assert one(paramName="constructor") == [(E, ("type",))]
    assert one(paramName="constructor", type="text") == []


@pytest.mark.parametrize("name", [None, 5, "", [], {}], ids=repr)
def test_param_name(name: Any) -> None:
    assert one(paramName=name) == [(E, ("paramName",))]


GOOD_VALUES: list[tuple[str | None, list[Any]]] = [
    ("text", ["x", "", None, 0, False, 5, True, ["a"], {"a": 1}]),
    ("tabs", ["x", "", None, 0, False]),
    ("ticker", ["AAPL", "", None, 0]),
    ("date", ["2024-01-01", "$currentDate", "", None, False]),
    ("number", [5, -1.5, "5", "-3.5", "1e3", ".5", " 7", "12abc", "", None, False]),
    ("boolean", [True, False, None, 0, ""]),
    ("button", ["x", 5, True, None]),
    ("endpoint", ["x", 5, ["a"], {"a": 1}, None]),
    (None, ["x", "", None, 0, False]),
]
BAD_VALUES: list[tuple[str | None, list[Any]]] = [
    ("tabs", [5, True, ["x"], {"a": 1}]),
    ("ticker", [5, True, [], ["x"], {}]),
    ("date", [20240101, True, ["x"], {}]),
    ("number", ["x", "-", ".", " ", "Infinity", "1e999", True, [], {}, float("inf")]),
    ("boolean", ["true", 1, [], {}]),
    ("button", [[], {}]),
    (None, [5, True, [], {}]),
]
MORE = {"endpoint": {"optionsEndpoint": "o"}, "tabs": {"options": [{"label": "a", "value": "a"}]}}


@pytest.mark.parametrize(
    ("kind", "value"), [(kind, value) for kind, values in GOOD_VALUES for value in values], ids=repr
)
def test_accepted_value(kind: str | None, value: Any) -> None:
    assert one(type=kind, value=value, **MORE.get(kind or "", {})) == []


@pytest.mark.parametrize(
    ("kind", "value"), [(kind, value) for kind, values in BAD_VALUES for value in values], ids=repr
)
def test_refused_value(kind: str | None, value: Any) -> None:
    assert one(type=kind, value=value, **MORE.get(kind or "", {})) == [(E, ("value",))]


def test_zero_is_not_sent() -> None:
    assert one(type="number", value=0) == [(H, ("value",))]


def test_param_named_date_is_a_date() -> None:
    assert one(paramName="date", value=5) == [(E, ("value",))]
    assert one(paramName="date", value="soon") == [(W, ("value",))]
    assert one(paramName="date", type="number", value=5) == []


def test_a_row_takes_any_value_for_text_as_the_client_does() -> None:
    assert check([{**SHOWN, "value": 5}]) == [(H, ())]
    assert check([{**SHOWN, "paramName": "date", "value": 5}]) == [(E, (0, 0, "value")), (H, ())]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"label": None, "description": {"any": 1}, "show": False, "multiSelect": True, "hidden": False, "row": 2}, []),
        ({"placeholder": "p", "query": "q", "roles": ["x"], "style": {"popupWidth": 100}, "min": 1, "max": 2}, []),
        ({"label": 5}, [(E, "label")]),
        ({"show": "yes"}, [(W, "show"), (H,)]),
        ({"multiSelect": None}, [(E, "multiSelect")]),
        ({"multiSelect": 1}, [(E, "multiSelect")]),
        ({"multiple": "x"}, [(E, "multiple")]),
        ({"multiple": True}, []),
        ({"multiple": True, "type": "text"}, []),
        ({"multiple": True, "type": "number"}, [(E, "multiple")]),
        ({"multiple": True, "paramName": "date"}, [(E, "multiple")]),
        ({"multiple": False, "type": "number"}, []),
        ({"hidden": None}, [(E, "hidden")]),
        ({"row": "1"}, [(E, "row")]),
        ({"row": None}, [(E, "row")]),
        ({"placeholder": None}, [(E, "placeholder")]),
        ({"query": 5}, [(E, "query")]),
        ({"roles": "fileSelector"}, [(E, "roles")]),
        ({"roles": [5]}, [(E, "roles", 0)]),
        ({"style": None}, [(E, "style")]),
        ({"style": {"popupWidth": 99}}, [(E, "style", "popupWidth")]),
        ({"style": {"popupWidth": 1001}}, [(E, "style", "popupWidth")]),
        ({"style": {"popupWidth": "300"}}, [(E, "style", "popupWidth")]),
        ({"style": {"width": 300}}, [(W, "style", "width")]),
        ({"min": "1", "max": [], "step": "x"}, [(W, "min"), (W, "max"), (W, "step")]),
        ({"type": "text", "language": "python"}, []),
        ({"type": "text", "language": None}, []),
        ({"type": "text", "language": "cobol"}, [(E, "language")]),
        ({"type": "number", "language": "cobol"}, [(W, "language")]),
        ({"optional": True}, [(W, "optional")]),
        ({"name": "x"}, [(E, "name")]),
        ({"default": "x"}, [(E, "default")]),
        ({"defaultValue": "x"}, [(W, "defaultValue")]),
        ({"param_name": "x"}, [(W, "param_name")]),
        ({"multiselect": True}, [(W, "multiselect")]),
        ({"role": "fileSelector"}, [(W, "role")]),
        ({"optionsEndpoint": "o"}, [(W, "optionsEndpoint")]),
        ({"type": "text", "optionsParams": {}, "groupById": "g"}, [(W, "optionsParams"), (W, "groupById")]),
        ({"type": "text", "endpoint": "x", "method": "GET"}, [(W, "endpoint"), (W, "method")]),
        ({"type": "text", "optionsEndpoint": None, "method": None}, []),
    ],
    ids=repr,
)
def test_keys(keys: dict[str, Any], expected: list[Any]) -> None:
    found = check({**SHOWN, **keys})
    assert [(severity, *path[1:]) for severity, path in found] == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"options": None}, []),
        ({"options": []}, []),
        ({"options": [{"label": "a", "value": "a", "extraInfo": {}}, {"label": "b", "value": 2}]}, []),
        ({"options": "x"}, [(E, "options")]),
        ({"options": {"a": 1}}, [(E, "options")]),
        ({"options": ["a"]}, [(E, "options", 0)]),
        ({"options": [None]}, [(E, "options", 0)]),
        ({"options": [{"value": "a"}]}, [(E, "options", 0, "label")]),
        ({"options": [{"label": 5, "value": "a"}]}, [(E, "options", 0, "label")]),
        ({"options": [{"label": "a", "value": ["a"]}]}, [(E, "options", 0, "value")]),
        ({"options": [{"label": "a", "value": "a", "colour": 1}]}, [(W, "options", 0, "colour")]),
        ({"type": "tabs", "options": [{"label": "a", "value": 5}]}, [(E, "options", 0, "value")]),
        ({"type": "tabs", "options": []}, [(W, "options")]),
        ({"type": "tabs"}, [(W, "options")]),
        ({"options": [{"label": "a", "value": ""}]}, [(W, "options", 0, "value")]),
        ({"options": [{"label": "a", "value": 0}]}, [(W, "options", 0, "value")]),
        ({"options": [{"label": "a", "value": False}]}, [(W, "options", 0, "value")]),
        ({"options": [{"label": "a"}]}, [(W, "options", 0, "value")]),
        ({"type": "boolean", "options": [{"label": "No", "value": False}]}, []),
        # The client fills in a boolean's options wherever they have no JavaScript length.
        ({"type": "boolean", "options": ""}, []),
        ({"type": "boolean", "options": 5}, [(W, "options")]),
        ({"type": "boolean", "options": {"a": 1}}, [(W, "options")]),
        ({"type": "boolean", "options": {"length": 1}}, [(E, "options")]),
        ({"type": "boolean", "options": "x"}, [(E, "options")]),
    ],
    ids=repr,
)
def test_options(keys: dict[str, Any], expected: list[Any]) -> None:
    found = check({**SHOWN, **keys})
    assert [(severity, *path[1:]) for severity, path in found] == expected


ENDPOINT = {**SHOWN, "type": "endpoint", "optionsEndpoint": "o"}


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"optionsParams": {"a": "$p", "b": "fixed", "c": 5}, "groupById": "g"}, []),
        ({"optionsParams": {"a": "$q"}}, [(W, "optionsParams", "a")]),
        ({"optionsParams": {"a": "$"}}, [(W, "optionsParams", "a")]),
        ({"optionsParams": []}, [(E, "optionsParams")]),
        ({"optionsParams": None}, [(E, "optionsParams")]),
        ({"groupById": None}, [(E, "groupById")]),
        ({"optionsEndpoint": ""}, [(E, "optionsEndpoint")]),
        ({"optionsEndpoint": 5}, [(E, "optionsEndpoint")]),
        ({"optionsEndpoint": "http_options"}, [(E, "optionsEndpoint")]),
        ({"optionsEndpoint": "https://example.com/o"}, []),
    ],
    ids=repr,
)
def test_endpoint_param(keys: dict[str, Any], expected: list[Any]) -> None:
    found = check({**ENDPOINT, **keys})
    assert [(severity, *path[1:]) for severity, path in found] == expected


def test_endpoint_param_without_options_endpoint() -> None:
    assert one(type="endpoint") == [(E, ("optionsEndpoint",))]
    assert one(type="endpoint", options=[{"label": "a", "value": "a"}]) == [(E, ("optionsEndpoint",))]


def test_options_params_near_miss() -> None:
    params = [{**ENDPOINT, "optionsParams": {"a": "$categry"}}, {**SHOWN, "paramName": "category", "type": "text"}]
    (fault,) = lint_widgets({"w": {**BARE, "params": params}})
    assert fault.fix == "Did you mean 'category'?"


@pytest.mark.parametrize(
    ("param", "expected"),
    [
        (ENDPOINT, []),
        ({**ENDPOINT, "optionsEndpoint": "/o/"}, []),
        ({**ENDPOINT, "optionsEndpoint": "option"}, [(E, ("params", 0, "optionsEndpoint"), "Did you mean 'options'?")]),
        ({"type": "form", "show": True, "endpoint": "o"}, []),
        (
            {"type": "form", "show": True, "endpoint": "ww"},
            [(E, ("params", 0, "endpoint"), "Add the route, or correct the URL.")],
        ),
    ],
    ids=["served", "slashes", "near", "form", "unserved form"],
)
def test_options_and_form_endpoints_are_served(param: Any, expected: list[Any]) -> None:
    faults = lint_widgets({"w": {**BARE, "params": [param]}}, endpoints={"w", "o", "options"})
    assert [(fault.severity, fault.path, fault.fix) for fault in faults] == expected


FORM: dict[str, Any] = {"type": "form", "endpoint": "save", "show": True}
INPUT: dict[str, Any] = {"paramName": "i", "type": "text"}


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"method": "POST", "inputParams": [INPUT]}, []),
        ({"paramName": "f", "method": "PUT", "value": 5, "inputParams": []}, []),
        ({"paramName": None}, [(E, "paramName")]),
        ({"endpoint": None}, [(E, "endpoint"), (W, "endpoint")]),
        ({"endpoint": ""}, [(W, "endpoint")]),
        ({"endpoint": 5}, [(E, "endpoint")]),
        ({"endpoint": "http_save"}, [(E, "endpoint")]),
        ({"method": "GET"}, [(E, "method")]),
        ({"multiple": True}, [(E, "multiple")]),
        ({"inputParams": None}, [(E, "inputParams")]),
        ({"inputParams": {}}, [(E, "inputParams")]),
        ({"inputParams": [None]}, [(E, "inputParams", 0)]),
        ({"inputParams": [{}]}, [(E, "inputParams", 0, "paramName")]),
        ({"inputParams": [{"paramName": "i"}]}, []),
        ({"inputParams": [{**INPUT, "type": None}]}, [(E, "inputParams", 0, "type")]),
        ({"inputParams": [{**INPUT, "type": "ticker"}]}, [(E, "inputParams", 0, "type")]),
        ({"inputParams": [{**INPUT, "label": None}]}, [(E, "inputParams", 0, "label")]),
        ({"inputParams": [{**INPUT, "show": "x"}]}, [(E, "inputParams", 0, "show")]),
        ({"inputParams": [{**INPUT, "options": None}]}, [(E, "inputParams", 0, "options")]),
        (
            {"inputParams": [{**INPUT, "options": [{"label": "a", "value": ""}]}]},
            [(W, "inputParams", 0, "options", 0, "value")],
        ),
        ({"inputParams": [{**INPUT, "type": "number", "multiple": True, "value": ["x"]}]}, []),
        (
            {"inputParams": [{**INPUT, "type": "endpoint", "optionsEndpoint": "o"}]},
            [(W, "inputParams", 0, "optionsEndpoint")],
        ),
        (
            {"inputParams": [{**INPUT, "name": "x", "default": 1}]},
            [(E, "inputParams", 0, "name"), (E, "inputParams", 0, "default")],
        ),
    ],
    ids=repr,
)
def test_form(keys: dict[str, Any], expected: list[Any]) -> None:
    found = check({**FORM, **keys})
    assert [(severity, *path[1:]) for severity, path in found] == expected


def test_form_without_endpoint() -> None:
    assert check({"type": "form", "show": True}) == [(W, (0, "endpoint"))]


SELECTOR = {**ENDPOINT, "roles": ["fileSelector"]}


@pytest.mark.parametrize(
    ("params", "kind", "expected"),
    [
        ([SELECTOR], "table", []),
        ([SELECTOR, {**SELECTOR, "paramName": "q"}], "table", [(E, ())]),
        ([[SELECTOR, {**SELECTOR, "paramName": "q"}]], "table", [(E, ()), (H, ())]),
        ([SELECTOR], "multi_file_viewer", []),
        ([], "multi_file_viewer", [(E, ())]),
        ([ENDPOINT], "multi_file_viewer", [(E, ())]),
        ([{**SHOWN, "type": "text", "roles": ["fileSelector"]}], "multi_file_viewer", [(E, ())]),
        ([{**ENDPOINT, "role": "fileSelector"}], "multi_file_viewer", [(E, ()), (E, (0, "role"))]),
        ([{**ENDPOINT, "role": "fileSelector"}], "file_viewer", [(E, (0, "role"))]),
        ([{**ENDPOINT, "role": "fileSelector"}], "table", [(W, (0, "role"))]),
    ],
    ids=[
        "one",
        "two",
        "two in a row",
        "viewer",
        "viewer without",
        "no role",
        "no endpoint",
        "role",
        "role 2",
        "role 3",
    ],
)
def test_file_selector(params: list[Any], kind: str, expected: list[Any]) -> None:
    faults = lint_widgets({"w": {**BARE, "type": kind, "params": params}})
    found = [(fault.severity, fault.path[1:]) for fault in faults if fault.widget == "w"]
    assert found == expected


def test_viewer_by_its_old_type_key_needs_a_selector_too() -> None:
    faults = lint_widgets({"w": {**BARE, "defaultViz": "multi_file_viewer"}})
    assert (E, ("params",)) in [(fault.severity, fault.path) for fault in faults]


def test_duplicate_names() -> None:
    assert check(SHOWN, {**SHOWN, "paramName": "q"}, [SHOWN]) == [(W, (2, 0, "paramName")), (H, ())]


def test_a_row_model_is_never_sent_a_query() -> None:
    query = {**SHOWN, "paramName": "query"}
    assert (W, (0, "paramName")) in check(query, type="ssrm_table")
    assert (W, (0, "paramName")) not in check({**SHOWN, "paramName": "search"}, type="ssrm_table")
    assert check(query) == []


def test_excel_wants_show_and_flat_params() -> None:
    faults = lint_widgets({"w": {**BARE, "params": [[{"paramName": "a"}], {"paramName": "b"}, SHOWN]}})
    assert [(fault.severity, fault.path, fault.value) for fault in faults] == [
        (H, ("params",), None),
        (H, ("params",), ["a", "b"]),
    ]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("date", "2024-01-31", []),
        ("date", "2024-01-31T00:00:00Z", []),
        ("date", "1/31/2024", []),
        ("date", "$currentDate", []),
        ("date", "$currentDate-1y", []),
        ("date", "$currentDate+10b", []),
        ("date", "$currentDate-3M", []),
        ("date", "$currentDate-1q", [H]),
        ("date", "$currentDate-1D", [H]),
        ("date", "$currentDate-1x", [W]),
        ("date", "$currentDate - 1d", [W]),
        ("date", "yesterday", [W]),
        ("text", "$currentDate-1y", [H]),
        ("text", "yesterday", []),
    ],
)
def test_date_defaults(kind: str, value: str, expected: list[str]) -> None:
    assert one(type=kind, value=value) == [(severity, ("value",)) for severity in expected]
