"""A Rasa 3.6 server in the place of our classifier, for who has one: `POST /model/parse`.

Only the intent comes from Rasa. Language, slots, acts, crisis and STOP stay ours, and so does the whole answer
when the server is slow, away or answers something else.
https://rasa.com/docs/rasa/pages/http-api (operations parseModelMessage and getStatus)
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Any

import httpx

from nlu.training_data import ACTS
from nlu.understander import Understander
from nlu.values import NO_HINTS, Hints, Understanding

log = logging.getLogger(__name__)
TIMEOUT = 2.0  # seconds; a person waits
REST = 10.0  # seconds that a server is left alone after it did not help
RANKED = 5


class RasaError(RuntimeError):
    """The server is slow, away, or answers something else; the message says which, without the message asked."""


class RasaServer:
    """The server at `url`. Threads may share it; `close` ends its connections."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT, clock: Callable[[], float] = monotonic) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=timeout)
        self._clock = clock
        self._rests_until = 0.0
        self._helps = True

    def ranking(self, text: str) -> tuple[tuple[str, float], ...]:
        """Intents with their probabilities, best first, without our dialogue acts. Raises RasaError.

        After a failure it is not asked for a while, so that not every message waits for the time-out.
        """
        if self._clock() < self._rests_until:
            raise RasaError("it did not help a moment ago")
        try:
            reply = self._client.post("/model/parse", json={"text": text})
            reply.raise_for_status()
            found = _ranking(reply.json())
        except (httpx.HTTPError, ValueError) as error:
            self._rests_until = self._clock() + REST
            reason = _reason(error)
            if self._helps:
                log.warning(
                    "the Rasa server does not help (%s): using the embedded engine until it does", reason
                )
            self._helps = False
            raise RasaError(reason) from error
        if not self._helps:
            log.info("the Rasa server helps again")
        self._helps = True
        return found

    def status(self) -> str:
        """The loaded model and the version, in words. Raises RasaError."""
        try:
            version = self._client.get("/version").raise_for_status().json()["version"]
            model = self._client.get("/status").raise_for_status().json()["model_file"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise RasaError(_reason(error)) from error
        if not model:
            raise RasaError("it has no model loaded")
        return f"Rasa {version} with {model}"

    def close(self) -> None:
        self._client.close()


class RasaUnderstander:
    """Understands with the embedded engine, and takes the intent from a Rasa server."""

    def __init__(self, embedded: Understander, server: RasaServer) -> None:
        self._embedded = embedded
        self._server = server

    @property
    def model_version(self) -> str:
        return f"rasa+{self._embedded.model_version}"

    @property
    def languages(self) -> tuple[str, ...]:
        """As of the embedded engine."""
        return self._embedded.languages

    @property
    def uses_embeddings(self) -> bool:
        """As of the embedded engine."""
        return self._embedded.uses_embeddings

    def understand(self, text: str, hints: Hints = NO_HINTS) -> Understanding:
        """As `Understander.understand`; never raises."""
        ours = self._embedded.understand(text, hints)
        if ours.crisis or ours.opt_out or ours.act is not None:
            return ours  # what is certain needs no second opinion
        try:
            ranking = self._server.ranking(ours.text)
        except RasaError:
            return ours
        return replace(
            ours,
            intent=ranking[0][0],
            confidence=ranking[0][1],
            ranking=ranking[:RANKED],
            model_version=self.model_version,
        )


def _ranking(parsed: Any) -> tuple[tuple[str, float], ...]:
    """The intents of an answer. Raises ValueError for anything else."""
    try:
        entries = parsed.get("intent_ranking") or [parsed["intent"]]
        ranking = tuple(
            (str(entry["name"]), float(entry["confidence"])) for entry in entries if entry["name"] not in ACTS
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("no intents in the answer") from error
    if not ranking:
        raise ValueError("no intents in the answer")
    return ranking


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"it answers {error.response.status_code}"
    if isinstance(error, httpx.TimeoutException):
        return "it does not answer in time"
    if isinstance(error, httpx.TransportError):
        return "it cannot be reached"
    return "it answers something else"
