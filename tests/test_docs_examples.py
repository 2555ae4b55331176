"""The widgets of OpenBB's documentation pages: pasted as they stand, and retyped with our decorators."""

from collections import Counter

import pytest
from docs_examples import EXAMPLES
from docs_examples.example import params_of

from flask_openbb import ManifestError
from flask_openbb.manifest.kinds import kind_for

ADVICE = "Set 'chartDataType' to 'category'"
"""Said of columns of text, whose numbers Workspace reads as such; the pages leave the key out."""

every_example = pytest.mark.parametrize(
    "example", EXAMPLES, ids=[f"{example.page}:{example.entry['endpoint'].strip('/')}" for example in EXAMPLES]
)


def warnings_of(faults):
    return [str(fault) for fault in faults if fault.severity != "hint" and ADVICE not in fault.fix]


def paste(app, openbb, entry):
    """Declare an entry in the page's order of decorators, with the routes it refers to."""
    method = kind_for(entry.get("type") or entry.get("defaultViz") or "table").method
    url = "/framed" if "://" in entry["endpoint"] else "/" + entry["endpoint"].strip("/")

    @openbb.register_widget(entry)
    @app.route(url, methods=[method], endpoint="pasted")
    def view():
        raise NotImplementedError

    def other():
        raise NotImplementedError

    for param in params_of(entry):
        for key in ("optionsEndpoint", "endpoint"):
            if key in param:
                app.add_url_rule("/" + param[key].strip("/"), param[key], other, methods=["GET", "POST"])


@every_example
def test_a_pasted_entry_passes_unchanged_or_is_refused_with_its_faults(app, openbb, manifest, example):
    paste(app, openbb, example.entry)
    if example.refused:
        with pytest.raises(ManifestError) as refusal:
            openbb.validate(app)
        found = warnings_of(refusal.value.faults)
    else:
        assert list(manifest().values()) == [example.entry]
        found = warnings_of(openbb.validate(app))
    assert len(found) == len(example.faults), found
    for fault, told in zip(found, example.faults, strict=True):
        assert told in fault


@every_example
def test_a_retyped_widget_gives_the_entry_of_its_page(app, openbb, manifest, example):
    example.declare(app, openbb)
    assert list(manifest().values()) == [example.expected()]


@every_example
def test_a_retyped_widget_gets_no_warning(app, openbb, example):
    example.declare(app, openbb)
    assert warnings_of(openbb.validate(app)) == []


def test_at_least_sixty_examples_of_every_page_with_widgets():
    pages = Counter(example.page for example in EXAMPLES)
    distinct = {(example.page, str(example.entry)) for example in EXAMPLES}
    assert len(distinct) == len(EXAMPLES) >= 60
    assert len(pages) == 36
    assert {page.split("/")[0] for page in pages} == {"widget-types", "widget-parameters", "widget-configuration"}


def test_most_entries_are_given_to_the_letter():
    exact = [example for example in EXAMPLES if not example.departs]
    assert len(exact) >= 45, [example.page for example in exact]


@pytest.mark.parametrize("departure", {d.name: d for e in EXAMPLES for d in e.departs}.values(), ids=lambda d: d.name)
def test_every_departure_says_why(departure):
    assert departure.reason.endswith(".")
