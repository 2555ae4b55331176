"""What ``test_forms_servers.py`` serves: a table of clients in the SQLite file ``FORM_DB``, and its form."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from typing import Any

from flask import Flask
from marshmallow import Schema, ValidationError, fields, validate

from flask_openbb import Form, OpenBB

_TABLE = """
    CREATE TABLE IF NOT EXISTS clients (
        email TEXT PRIMARY KEY, name TEXT NOT NULL, investments TEXT NOT NULL, worker INTEGER NOT NULL)
"""


class Client(Schema):
    """What is typed in."""

    email = fields.Email(required=True)
    name = fields.String(required=True, validate=validate.Length(min=2))
    investments = fields.List(fields.String(validate=validate.OneOf(["stocks", "bonds"])), load_default=list)


def connect() -> sqlite3.Connection:
    """Open the database; a writer waits for the others."""
    connection = sqlite3.connect(os.environ["FORM_DB"], timeout=30)
    connection.row_factory = sqlite3.Row
    return connection


def create_app() -> Flask:
    """A service whose settings are ``OPENBB_*`` variables."""
    app = Flask("form_backend")
    openbb = OpenBB(app)
    with closing(connect()) as database, database:
        database.execute(_TABLE)

    @app.post("/save_client")
    @openbb.form(Client)
    def save_client(button: str, email: str, name: str, investments: list[str]) -> str:
        """Add or remove a client."""
        with closing(connect()) as database, database:
            database.execute("BEGIN IMMEDIATE")
            if button == "remove":
                database.execute("DELETE FROM clients WHERE email = ?", [email])
                return f"{name} was removed."
            row = (email, name, ",".join(investments), os.getpid())
            added = database.execute("INSERT INTO clients VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", row).rowcount
            known = database.execute("SELECT name FROM clients WHERE email = ?", [email]).fetchone()
            if not added and known["name"] != name:
                raise ValidationError("Taken by another client.", "email")
            time.sleep(0.01)  # long enough that the submissions overlap
            if name == "Crash":
                raise RuntimeError("the disk is full of secrets")
        return f"{name} was added." if added else f"{name} was there already."

    @app.get("/clients")
    @openbb.table(cache=600, params=[Form(save_client, buttons={"add": "Add client", "remove": "Remove"})])
    def clients() -> Any:
        """The clients, newest last."""
        with closing(connect()) as database:
            return [*database.execute("SELECT email, name, investments, worker FROM clients ORDER BY rowid")]

    return app
