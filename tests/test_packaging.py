"""The project files agree with each other and with the package; each fact is written once."""

from __future__ import annotations

import ast
import configparser
import importlib.metadata
import sys
from pathlib import Path
from typing import Any

import pytest

import flask_openbb

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # pytest brings it along on 3.10

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "flask_openbb"


@pytest.fixture(scope="module")
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def setup_cfg() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def test_public_names_are_importable_and_named_once() -> None:
    names = flask_openbb.__all__
    assert len(names) == len(set(names))
    assert [name for name in names if not hasattr(flask_openbb, name)] == []
    assert [name for name in names if name.startswith("_") and name != "__version__"] == []


def test_the_version_is_written_in_pyproject_alone(pyproject: dict[str, Any]) -> None:
    version = pyproject["project"]["version"]
    assert importlib.metadata.version("Flask-OpenBB") == version
    files = [ROOT / "setup.cfg", ROOT / "docs" / "conf.py", *PACKAGE.rglob("*.py")]
    assert [path for path in files if f'"{version}"' in path.read_text(encoding="utf-8")] == []


def test_setup_cfg_repeats_nothing_of_pyproject(
    pyproject: dict[str, Any], setup_cfg: configparser.ConfigParser
) -> None:
    tools = {section.removeprefix("tool:").partition(":")[0] for section in setup_cfg.sections()}
    assert tools & {"metadata", "options", *pyproject["tool"]} == set()


def test_every_tool_checks_for_the_oldest_python_allowed(
    pyproject: dict[str, Any], setup_cfg: configparser.ConfigParser
) -> None:
    oldest = pyproject["project"]["requires-python"].removeprefix(">=")
    assert setup_cfg["mypy"]["python_version"] == oldest
    assert pyproject["tool"]["ruff"]["target-version"] == "py" + oldest.replace(".", "")


def test_every_extra_an_error_names_can_be_installed(pyproject: dict[str, Any]) -> None:
    named = {
        (path.name, node.args[0].value)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "MissingExtraError"
        if isinstance(node.args[0], ast.Constant)
    }
    assert ("certificates.py", "cert") in named
    assert {extra for _, extra in named} <= set(pyproject["project"]["optional-dependencies"])


def test_every_data_file_of_the_package_is_packed(pyproject: dict[str, Any]) -> None:
    patterns = pyproject["tool"]["setuptools"]["package-data"]["flask_openbb"]
    matched = [{path for path in PACKAGE.glob(pattern) if path.is_file()} for pattern in patterns]
    assert [pattern for pattern, files in zip(patterns, matched, strict=True) if not files] == []
    data = {path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}}
    assert set().union(*matched) == data
