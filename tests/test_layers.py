"""The rooms' rules, read from the imports: downwards only, no cycles, no Flask where there should be none."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import flask_openbb

PACKAGE = Path(flask_openbb.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

MAY_IMPORT = {
    "errors": set(),
    "shape": {"errors"},
    "door": {"errors"},
    "manifest": {"errors", "shape"},
    "agents": {"errors", "shape"},
    "rowmodel": {"errors", "shape", "manifest"},
    "live": {"errors", "shape", "manifest"},
    "web": {"errors", "shape", "door", "manifest", "agents", "rowmodel", "live"},
    "__init__": {"errors", "shape", "door", "manifest", "agents", "rowmodel", "live", "web"},
}
IMPORT_SHAPE = {"flask_openbb.manifest.kinds", "flask_openbb.manifest.app_parts"}
"""The modules of the manifest's room that do: kinds name shapers, and an image is one in an app and in a text."""
WITHOUT_FLASK = ("errors", "shape", "door", "manifest", "agents", "rowmodel", "live")
NEVER_AT_IMPORT = {
    "pandas",
    "polars",
    "pyarrow",
    "plotly",
    "altair",
    "sqlalchemy",
    "numpy",
    "cryptography",
    "openbb_ai",
    "pydantic",
    "duckdb",
    "sqlglot",
}
SQL_MODULES = {
    f"flask_openbb.rowmodel.{name}"
    for name in (
        *("dialects", "warehouses", "translate", "reflect", "protect", "engine_sql", "engine_duckdb"),
        *("sql_copies", "sql_database", "sql_duckdb", "sql_files", "sql_limits", "sql_servers"),
    )
}
"""The only modules that import SQLAlchemy; only they import each other, all others inside a function."""
PARSER_MODULES = {
    f"flask_openbb.rowmodel.{name}"
    for name in ("statement", "statement_names", "statement_size", "statement_words", "sql_errors", "sql_answer")
}
"""Likewise of the parser of SQL."""


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imports_of(path: Path, *, top_level: bool = False) -> set[str]:
    """Modules a file imports at run time, absolute; ``top_level`` leaves out imports inside functions."""
    found: set[str] = set()
    package = name_of(path).split(".") if path.name == "__init__.py" else name_of(path).split(".")[:-1]
    package = ["flask_openbb"] if path == PACKAGE / "__init__.py" else package

    def visit(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if is_type_checking(child) or (top_level and isinstance(child, ast.FunctionDef)):
                continue
            if isinstance(child, ast.Import):
                found.update(alias.name for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                base = package[: len(package) - child.level + 1] if child.level else []
                module = ".".join([*base, *(child.module.split(".") if child.module else [])])
                found.add(module)
                found.update(f"{module}.{alias.name}" for alias in child.names)
            else:
                visit(child)

    visit(ast.parse(path.read_text(encoding="utf-8")))
    return found


def own(imports: set[str]) -> set[str]:
    names = {name_of(path) for path in MODULES}
    return {name for name in imports if name in names}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_downwards(path: Path) -> None:
    module = name_of(path)
    room = room_of(module)
    for imported in own(imports_of(path)):
        other = room_of(imported)
        assert other == room or other in MAY_IMPORT[room], f"{module} imports {imported}"
        if room == "manifest" and other == "shape":
            assert module in IMPORT_SHAPE


@pytest.mark.parametrize("path", [path for path in MODULES if room_of(name_of(path)) in WITHOUT_FLASK], ids=name_of)
def test_rooms_without_flask(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports_of(path)}
    assert not roots & {"flask", "flask_cors", "werkzeug", "gunicorn"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_optional_packages_are_not_imported_with_the_package(path: Path) -> None:
    imports = imports_of(path, top_level=True)
    roots = {name.split(".")[0] for name in imports}
    if name_of(path) in SQL_MODULES | PARSER_MODULES:
        assert roots & NEVER_AT_IMPORT <= {"sqlalchemy" if name_of(path) in SQL_MODULES else "sqlglot"}
    else:
        assert not roots & NEVER_AT_IMPORT
        assert not imports & (SQL_MODULES | PARSER_MODULES)


def test_the_package_needs_no_sqlalchemy() -> None:
    absent = "sqlalchemy=None, duckdb=None, sqlglot=None"
    code = f"import sys; sys.modules.update({absent}); import flask_openbb, flask_openbb.rowmodel"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_no_import_cycles() -> None:
    graph = {name_of(path): own(imports_of(path)) - {name_of(path)} for path in MODULES}
    done: set[str] = set()

    def visit(module: str, above: tuple[str, ...]) -> None:
        assert module not in above, " -> ".join([*above, module])
        if module not in done:
            for imported in graph[module]:
                visit(imported, (*above, module))
            done.add(module)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            doc = node.body[0] if ast.get_docstring(node) else None
            lines = (node.end_lineno or 0) - node.lineno + 1
            if doc is not None:
                lines -= (doc.end_lineno or 0) - doc.lineno + 1
            assert lines <= 45, f"{node.name} has {lines} lines"


def test_rooms_that_most_services_do_not_use_are_not_imported_with_the_package() -> None:
    code = "import sys, flask_openbb; print(*(name for name in sys.modules if name.startswith('flask_openbb.')))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    later = ("flask_openbb.agents", "flask_openbb.rowmodel", "flask_openbb.live.feed", "flask_openbb.web.sql")
    assert [name for name in found if name.startswith(later)] == []
