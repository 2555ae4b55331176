"""Metrics, Markdown, HTML and news, for ``test_draw_texts.py``. Called by ``drawings.py``."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Flask
from markupsafe import Markup

from flask_openbb import OpenBB

DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAP8AAP8AACwAAAAAAQABAAACAkQBADs="
"""A red dot."""
REPORT = f"""# Report

Spreads **widened**, see [the note](https://example.org/note).

| desk | weight |
|------|-------:|
| Rates | 50 |
| FX & gold | 20 |

- first
- second, as `price = 10`

```
if a and b: pass
```

![A dot]({DOT})

<script>document.title = "hacked"</script>
"""
NEW_YORK = dt.timezone(dt.timedelta(hours=-5))
ARTICLES: list[dict[str, Any]] = [
    {
        "title": "Rates rise",
        "date": dt.datetime(2026, 1, 5, 22, 30, tzinfo=NEW_YORK),
        "author": ["Desk One", "Desk Two"],
        "excerpt": "A longer summary of it.",
        "body": "Rates **rose**.\n\n- by 25 points",
    },
    {"title": "A day alone", "date": dt.date(2026, 1, 6)},
    {"title": "Seconds", "date": 1_767_960_000, "author": "Wire"},
    {"title": "As RSS writes it", "date": "Wed, 07 Jan 2026 12:00:00 GMT", "body": "Text"},
]


def add_texts(app: Flask, openbb: OpenBB) -> None:
    def add(kind: str, name: str, answer: Any, **options: Any) -> None:
        view = getattr(openbb, kind)(id=name, name=name.title(), **options)(lambda: answer)
        app.add_url_rule(f"/{name}", name, view)

    add("metric", "metric_scalar", 1_234.5)
    add("metric", "metric_tuple", ("Users", "1,234", -2.5))
    add("metric", "metric_dict", {"label": "Price", "value": "$10", "delta": "0.0"})
    three = [("Up", 1, "+12.5"), ("Down", 2, "-3"), {"label": "None", "value": 3}]
    add("metric", "metric_list", three)
    add("metric", "metric_key", {"at": "now", "kpis": [("Up", 1)]}, data_key="kpis")
    add("markdown", "report", REPORT)
    add("markdown", "report_key", {"text": REPORT}, data_key="text")
    add("newsfeed", "news", ARTICLES)

    @app.get("/page")
    @openbb.html(raw=True)
    def page(theme: str = "dark", raw: bool = False) -> Any:
        """A page in the colours of the theme."""
        if raw:
            return [{"desk": "Rates"}]
        colour, background = ("#ffffff", "#151518") if theme == "dark" else ("#222222", "#ffffff")
        return Markup(
            '<body style="margin:0;background:{};color:{}"><h1>Desks &amp; “weights”</h1><p>{}</p></body>'
        ).format(background, colour, "<escaped>")
