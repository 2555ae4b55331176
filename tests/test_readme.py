"""README.rst and docs/: their code runs, and nothing public is left out of them."""

import re
from pathlib import Path

import pytest

import flask_openbb
from flask_openbb.web.cli import openbb_commands
from flask_openbb.web.settings import SETTINGS

ROOT = Path(__file__).parent.parent
DOCS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.rst")}


def python_blocks(text):
    blocks = re.findall(r"\.\. code-block:: python\n\n((?:    .*\n|\n)+)", text)
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in blocks]


def test_the_readmes_code_runs_as_pasted():
    [block] = python_blocks((ROOT / "README.rst").read_text(encoding="utf-8"))
    names = {"__name__": "pasted"}
    exec(compile(block, "README.rst", "exec"), names)
    assert names["openbb"].validate(names["app"]) == ()
    client = names["app"].test_client()
    assert client.get("/hello_world?name=Ada").get_json() == "# Hello World Ada"
    assert [option["value"] for option in client.get("/symbols").get_json()] == ["AAPL", "MSFT"]
    [row] = client.get("/prices?symbol=MSFT&interval=1w").get_json()
    assert (row["meta_symbol"], row["meta_interval"]) == ("MSFT", "1w")
    [app] = client.get("/apps.json").get_json()
    assert [item["i"] for item in app["tabs"]["main"]["layout"]] == ["hello_world", "prices"]


@pytest.mark.parametrize(
    ("page", "widgets"),
    [("rowmodel.rst", ["trades", "fills", "quotes", "orders", "summary"]), ("sql.rst", ["query"])],
    ids=["rowmodel", "sql"],
)
def test_the_code_of_tables_of_any_size_runs_as_pasted(page, widgets, monkeypatch):
    """One file of all blocks, with the one class they take for granted; their database is nowhere."""
    pytest.importorskip("flask_sqlalchemy")
    monkeypatch.setattr("flask_openbb.web.row_columns.PATIENCE", 2)
    order = "from flask import g\nclass Order(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n"
    names = {"__name__": "pasted"}
    for block in python_blocks(DOCS[page]):
        given = order + "    client = db.Column(db.String)\n" if "Order" in block else ""
        exec(compile(given + block, page, "exec"), names)
    names["openbb"].validate(names["app"])
    assert list(names["app"].test_client().get("/widgets.json").get_json()) == widgets


@pytest.mark.parametrize("page", sorted(name for name, text in DOCS.items() if python_blocks(text)))
def test_the_docs_code_is_python(page):
    for block in python_blocks(DOCS[page]):
        compile(block, page, "exec")


@pytest.mark.parametrize("command", sorted(openbb_commands.commands))
def test_every_command_is_documented(command):
    assert f"``flask openbb {command}" in DOCS["commands.rst"]
    for option in openbb_commands.commands[command].params:
        assert option.opts[0] in DOCS["commands.rst"]


def test_every_setting_is_documented_by_the_generated_table():
    assert ".. settings-table::" in DOCS["settings.rst"]
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)
    assert all(setting.meaning and setting.allowed for setting in SETTINGS)


@pytest.mark.parametrize("name", [name for name in flask_openbb.__all__ if not name.endswith("Error")])
def test_every_public_name_is_in_the_api_page(name):
    in_errors = name in ("Fault",)
    assert in_errors or re.search(rf"::auto\w+:: flask_openbb\.{name}$|flask_openbb\.{name}$", DOCS["api.rst"], re.M)


@pytest.mark.parametrize("page", sorted(set(DOCS) - {"index.rst"}))
def test_every_page_is_in_the_index(page):
    assert f"   {page.removesuffix('.rst')}\n" in DOCS["index.rst"] + "\n"


def pictures_in(path):
    text = path.read_text(encoding="utf-8")
    return {(path.parent / name).resolve() for name in re.findall(r"^\.\. image:: (\S+)$", text, re.M)}


def test_pictures_are_there_small_and_shown():
    shown = pictures_in(ROOT / "README.rst") | pictures_in(ROOT / "docs" / "example.rst")
    assert shown == set((ROOT / "docs" / "images").iterdir())
    sizes = [picture.stat().st_size for picture in shown]
    assert max(sizes) < 150_000
    assert sum(sizes) < 1_000_000
