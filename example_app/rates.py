"""Exchange rates from a public HTTP service, asked with a time limit and a second try.

The European Central Bank's reference rates, as Frankfurter_ serves them; ``RATES_URL`` names another server of the same
API. Everything that can go wrong there becomes a ``RatesError`` with one sentence for the user. Knows nothing of
OpenBB; ``create_app`` makes one ``Source`` for each app.

.. _Frankfurter: https://frankfurter.dev/v1
"""

from __future__ import annotations

import time
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import requests

CONNECT = 2.0
"""Seconds until the server must have taken the connection."""
TRIES = 2
"""No connection, no answer and a server in trouble may be over a moment later; everything else would fail again."""
PAUSE = 30.0
"""Seconds for which a server that failed is left alone: a dashboard's other widgets need not find out again."""
CURRENCIES = (
    *("AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "INR", "JPY"),
    *("KRW", "MXN", "NOK", "NZD", "PLN", "SEK", "SGD", "TRY", "USD", "ZAR"),
)


class RatesError(Exception):
    """The rates cannot be had; its text is for the user."""


class Source:
    """A server of rates.

    :param url: Its base URL, as in ``https://api.frankfurter.dev/v1``.
    :param timeout: Seconds to wait for the answer, once connected.
    :param pause: Seconds for which it is not asked again after it failed.
    """

    def __init__(self, url: str, *, timeout: float, pause: float = PAUSE) -> None:
        self.url = url.rstrip("/")
        self.host = urlsplit(url).hostname
        self._timeout = (CONNECT, timeout)
        self._pause = pause
        self._failure: tuple[float, str] | None = None
        self._session = requests.Session()

    def latest(self, base: str) -> tuple[date, dict[str, float]]:
        """Return the day of the latest rates, and what one unit of ``base`` is in each other currency.

        :raises RatesError: If they cannot be had.
        """
        body = self._get("/latest", base=base)
        try:
            rates = {str(name): float(rate) for name, rate in body["rates"].items()}
            return date.fromisoformat(body["date"]), rates
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self._failed("answered with something other than rates") from None

    def history(self, base: str, quote: str, *, start: date, end: date) -> dict[date, float]:
        """Return what one unit of ``base`` was in ``quote`` on each day that has a rate, oldest first.

        :raises RatesError: If they cannot be had.
        """
        body = self._get(f"/{start}..{end}", base=base, symbols=quote)
        try:
            return {date.fromisoformat(day): float(rates[quote]) for day, rates in sorted(body["rates"].items())}
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self._failed("answered with something other than rates") from None

    def _get(self, path: str, **query: str) -> Any:
        if self._failure and time.monotonic() < self._failure[0]:
            raise RatesError(self._failure[1])
        problem = ""
        for _ in range(TRIES):
            try:
                answer = self._session.get(self.url + path, params=query, timeout=self._timeout)
            except requests.Timeout:
                problem = "did not answer in time"
            except requests.RequestException:
                problem = "cannot be reached"
            else:
                if answer.status_code < 500:
                    return self._read(answer)
                problem = f"answered with the status {answer.status_code}"
        raise self._failed(problem)

    def _read(self, answer: requests.Response) -> Any:
        if answer.status_code != 200:
            raise self._failed(f"answered with the status {answer.status_code}")
        try:
            return answer.json()
        except requests.JSONDecodeError:
            raise self._failed("answered with something other than JSON") from None

    def _failed(self, what: str) -> RatesError:
        # "missing" is a word that Workspace's connection test takes calmly: a source that is down for an hour is no
        # reason to refuse the backend and its other widgets.
        text = f"Exchange rates are missing: {self.host} {what}. Try again in a minute."
        self._failure = (time.monotonic() + self._pause, text)
        return RatesError(text)
