"""PDF files in the ways that users give them, for ``test_draw_files.py``. Called by ``drawings.py``."""

import io
import tempfile
from pathlib import Path
from typing import Annotated, Any

from flask import Flask, Response, request, send_file

from flask_openbb import File, OpenBB, Param

NAMES = ["annual.pdf", "quarter.pdf"]
MISSING = "missing.pdf"


def pdf_of(*pages: str) -> bytes:
    """Write a PDF with a line of text on each page, by hand: nothing else is needed of a PDF library."""
    numbers = [4 + 2 * number for number in range(len(pages))]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, line in zip(numbers, pages, strict=True):
        content = f"BT /F1 24 Tf 40 700 Td ({line}) Tj ET"
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {resources} /Contents {number + 1} 0 R >>",
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        ]
    body, places = b"%PDF-1.7\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    end += f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    return body + end.encode()


def add_files(app: Flask, openbb: OpenBB) -> None:
    folder = Path(tempfile.mkdtemp())
    for name in NAMES:
        (folder / name).write_bytes(pdf_of(f"The {Path(name).stem} report", "Its second page"))

    @app.get("/elsewhere.pdf")
    def elsewhere() -> Response:
        """A file on another server, which lets the browser read it."""
        return Response(
            pdf_of("From elsewhere"), mimetype="application/pdf", headers={"Access-Control-Allow-Origin": "*"}
        )

    def there() -> str:
        return f"{request.url_root}elsewhere.pdf"

    def add(name: str, answer: Any, **options: Any) -> None:
        view = openbb.pdf(id=name, name=name.title(), **options)(lambda: answer())
        app.add_url_rule(f"/{name}", name, view)

    by_reference = {"data_format": {"data_type": "pdf", "filename": "reference.pdf"}}
    add("pdf_bytes", lambda: pdf_of("From bytes"))
    add("pdf_file", lambda: File(io.BytesIO(pdf_of("From a file object")), name="object.pdf"))
    add("pdf_path", lambda: folder / NAMES[0], folder=folder)
    add("pdf_name", lambda: NAMES[1], folder=folder)
    add("pdf_url", there)
    add("pdf_reference", lambda: {**by_reference, "file_reference": there()})
    add("pdf_body", lambda: {**by_reference, "content": pdf_of("From a body")})
    add("pdf_response", lambda: send_file(io.BytesIO(pdf_of("From a response")), mimetype="application/pdf"))

    @app.get("/paper_names")
    @openbb.options
    def paper_names() -> list[str]:
        return [*NAMES, MISSING]

    @app.post("/papers")
    @openbb.files(folder=folder)
    def papers(names: Annotated[list[str], Param(options=paper_names)] = NAMES) -> list[str]:
        """Papers, one of which does not exist."""
        return names

    @app.post("/papers_elsewhere")
    @openbb.files
    def papers_elsewhere(names: Annotated[list[str], Param(options=paper_names)] = NAMES) -> dict[str, Any]:
        """Papers by URL and by content."""
        return {NAMES[0]: there(), NAMES[1]: pdf_of("From bytes")}
