"""Directives that print the tables of the code, so that the documentation cannot differ from it."""

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from flask_openbb.manifest.kinds import KINDS
from flask_openbb.web.settings import SETTINGS


class _Rows(SphinxDirective):
    header: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()

    def rows(self) -> list[tuple[str, ...]]:
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        lines = [".. list-table::", "   :header-rows: 1", f"   :widths: {' '.join(map(str, self.widths))}", ""]
        for row in (self.header, *self.rows()):
            for number, cell in enumerate(row):
                lines.append(f"   {'* -' if number == 0 else '  -'} {cell}")
        holder = nodes.Element()
        self.state.nested_parse(StringList([*lines, ""], source="generated"), 0, holder)
        return holder.children


class SettingsTable(_Rows):
    header = ("Setting", "Default", "Allowed", "Meaning")
    widths = (26, 18, 24, 42)

    def rows(self) -> list[tuple[str, ...]]:
        return [
            (f"``OPENBB_{row.name}``", _default(row.default), row.allowed.replace("*", r"\*"), row.meaning)
            for row in SETTINGS
        ]


class KindsTable(_Rows):
    header = ("Type", "Other names", "Method", "Source")
    widths = (24, 30, 12, 44)

    def rows(self) -> list[tuple[str, ...]]:
        return [
            (f"``{kind.wire}``", ", ".join(f"``{name}``" for name in kind.aliases) or "none", kind.method, kind.source)
            for kind in KINDS.values()
        ]


def _default(value: object) -> str:
    if value is None or value in ("", ()):
        return "none"
    if isinstance(value, tuple):
        return ", ".join(f"``{part}``" for part in value)
    return f"``{value}``"


def setup(app):
    app.add_directive("settings-table", SettingsTable)
    app.add_directive("kinds-table", KindsTable)
    return {"parallel_read_safe": True}
