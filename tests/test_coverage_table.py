"""The table of docs/coverage.rst: nothing of Workspace's format is without an example, but for named reasons."""

from __future__ import annotations

from pathlib import Path

import pytest
import test_example_widgets
from example_coverage import CHART_FAMILIES, Manifests, Section, proof_of, sections
from not_shown import NOT_SHOWN

from flask_openbb.manifest.schema_widgets import CHART_TYPES

ROOT = Path(__file__).resolve().parents[1]
SECTIONS = sections()


@pytest.fixture(scope="module")
def manifests() -> Manifests:
    return Manifests.of_the_example()


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.title.replace("`", ""))
def test_the_example_shows_all_of_it(manifests: Manifests, section: Section) -> None:
    missing = [row.name for row in section.rows(manifests) if not row.shown_by]
    assert [name for name in missing if (section.title, name) not in NOT_SHOWN] == []


def test_no_reason_outlives_its_gap(manifests: Manifests) -> None:
    gaps = {(section.title, row.name) for section in SECTIONS for row in section.rows(manifests) if not row.shown_by}
    assert set(NOT_SHOWN) - gaps == set()
    assert all(NOT_SHOWN.values())


def test_titles_are_told_apart() -> None:
    titles = [section.title for section in SECTIONS]
    assert len(titles) == len(set(titles))


def test_every_chart_type_has_a_family() -> None:
    members = [name for family in CHART_FAMILIES.values() for name in family]
    assert sorted(members) == sorted(CHART_TYPES)


def test_the_table_names_tests_that_exist(manifests: Manifests) -> None:
    assert set(manifests.widgets) == set(test_example_widgets.WIDGETS)
    named = {
        proof_of(owner, manifests) for section in SECTIONS for row in section.rows(manifests) for owner in row.shown_by
    }
    for test in named:
        file, _, function = test.partition("::")
        name = function.partition("[")[0]
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), test
