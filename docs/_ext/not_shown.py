"""What the example does not show, and why: the only gaps that ``tests/test_coverage_table.py`` lets pass."""

_ONE_EDITOR = "an editor is an editor: the example has SQL, JSON and Markdown"
_LIVE = "comes with the live grid"
_MODEL = "the example's agent has no language model"
_SET_BY_WORKSPACE = "Workspace writes it itself as somebody uses the widget"

NOT_SHOWN: dict[tuple[str, str], str] = {
    ("Widget types", "live_grid"): _LIVE,
    ("Widgets", "wsEndpoint"): _LIVE,
    ("Widgets", "inputType"): "Workspace calls it deprecated: ``language`` of a parameter is in its place",
    ("Widgets", "searchCategory"): "no page describes it, and the check hints so: ``category`` is in its place",
    ("Widgets", "groupById"): "read in Workspace's own widgets alone",
    ("Widgets", "widgetId"): "the check hints that the key in the manifest is the id",
    ("Widgets", "widgetType"): "does nothing, and the check warns of it",
    ("Widgets", "defaultViz"): "the old name of ``type``, and the check warns of it",
    ("``data``", "wsRowIdColumn"): _LIVE,
    ("``data``", "wsRowIdColumns"): _LIVE,
    ("``data.table``", "period"): "Workspace checks it and drops it",
    ("``data.table``", "columnState"): _SET_BY_WORKSPACE,
    ("``data.table``", "filterModel"): _SET_BY_WORKSPACE,
    ("``columnsDefs``", "enableCellChangeWs"): _LIVE,
    ("``renderFn``", "showCellChange"): _LIVE,
    ("``renderFnParams``", "groupByParamName"): "the old form of ``groupBy.paramName``",
    ("``renderFnParams``", "hoverCardData"): "the old form of ``hoverCard``",
    ("Parameters", "row"): "Workspace writes it itself for parameters in rows",
    ("Parameters", "groupById"): "Workspace writes it itself, from the options endpoint",
    ("Apps", "templateId"): "given by Workspace to the apps that its users save",
    ("Apps", "id"): "given by Workspace to the apps that its users save",
    ("Apps", "authentication"): "no page says what it may be",
    ("``mcpServers``", "authType"): "left at the default, ``oauth``",
    **{("``layout``", name): _SET_BY_WORKSPACE for name in ("moved", "static", "isDraggable")},
    **{("``layout``", name): "the widget's own ``gridData`` says it" for name in ("minW", "minH", "maxW", "maxH")},
    **{("``state``", name): _SET_BY_WORKSPACE for name in ("paramOrder", "chartModel", "columnState", "filterModel")},
    ("Types of a form's inputs", "endpoint"): "a form's input loses its options endpoint: give static options",
    ("Agents", "link"): "no page says what it is for",
    ("Agents", "models"): _MODEL,
    ("``models``", "id"): _MODEL,
    ("``models``", "name"): _MODEL,
    ("``endpoints``", "feedback"): "wants a place to keep votes; see :doc:`agents`",
    **{
        ("``features``", name): _MODEL
        for name in ("widget-global-search", "file-upload", "mcp-tools", "generative-ui", "agent-orchestration")
    },
    ("``features``", "feedback"): "wants a place to keep votes; see :doc:`agents`",
    **{("``language``", name): _ONE_EDITOR for name in ("javascript", "python", "html", "css", "xml", "text")},
}
"""The reason, by the title of the section and the name in it."""
