"""Directives that print the tables of the code, so that the documentation cannot differ from it."""

from collections.abc import Iterator

from docutils import nodes
from docutils.statemachine import StringList
from example_coverage import WIDGET_TYPES, Manifests, Section, proof_of, sections
from not_shown import NOT_SHOWN
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


MOST_NAMED = 3


class CoverageTable(SphinxDirective):
    """Every key and choice of Workspace's format, and who in the example has it; a section each."""

    def run(self) -> list[nodes.Node]:
        manifests = Manifests.of_the_example()
        found: list[nodes.Node] = []
        for section in sections():
            part = nodes.section(ids=[nodes.make_id(f"coverage-{section.title}")])
            lines = [".. list-table::", "   :header-rows: 1", "   :widths: 22 42 36", ""]
            rows = [("Name", "Shown by", "Proved by"), *self.rows(section, manifests)]
            for row in rows:
                lines += [f"   {'* -' if number == 0 else '  -'} {cell}" for number, cell in enumerate(row)]
            title = nodes.title()
            text, _ = self.state.inline_text(section.title, self.lineno)
            title.extend(text)
            part += title
            self.state.nested_parse(StringList([*lines, ""], source="generated"), 0, part)
            found.append(part)
        return found

    def rows(self, section: Section, manifests: Manifests) -> Iterator[tuple[str, str, str]]:
        for row in section.rows(manifests):
            aliases = KINDS[row.name].aliases if section.title == WIDGET_TYPES else ()
            name = ", ".join(f"``{one}``" for one in (row.name, *aliases))
            if not row.shown_by:
                yield name, f"not shown: {NOT_SHOWN[section.title, row.name]}", ""
                continue
            named = ", ".join(f"``{owner}``" for owner in row.shown_by[:MOST_NAMED])
            more = len(row.shown_by) - MOST_NAMED
            also = f" and {more} more" if more > 0 else ""
            yield name, named + also, f"``{proof_of(row.shown_by[0], manifests).partition('::')[2]}``"


def _default(value: object) -> str:
    if value is None or value in ("", ()):
        return "none"
    if isinstance(value, tuple):
        return ", ".join(f"``{part}``" for part in value)
    return f"``{value}``"


def setup(app):
    app.add_directive("settings-table", SettingsTable)
    app.add_directive("kinds-table", KindsTable)
    app.add_directive("coverage-table", CoverageTable)
    return {"parallel_read_safe": True}
