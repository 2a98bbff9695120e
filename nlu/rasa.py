"""A Rasa 3.6 server in the place of our classifier, for who has one: `POST /model/parse`.

Only the intent comes from Rasa. Language, slots, acts, crisis and STOP stay ours, and so does the whole answer
when the server is slow, away or answers something else.
https://rasa.com/docs/rasa/pages/http-api (operation parseModelMessage)
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import httpx

from nlu.training_data import ACTS
from nlu.understander import Understander
from nlu.values import NO_HINTS, Hints, Understanding

log = logging.getLogger(__name__)
TIMEOUT = 2.0  # seconds; a person waits
RANKED = 5


class RasaUnderstander:
    """Understands with the embedded engine, and takes the intent from a Rasa server at `url`."""

    def __init__(self, embedded: Understander, url: str, *, timeout: float = TIMEOUT) -> None:
        self._embedded = embedded
        self._client = httpx.Client(base_url=url, timeout=timeout)

    @property
    def model_version(self) -> str:
        return f"rasa+{self._embedded.model_version}"

    def understand(self, text: str, hints: Hints = NO_HINTS) -> Understanding:
        """As `Understander.understand`; never raises."""
        ours = self._embedded.understand(text, hints)
        if ours.crisis or ours.opt_out or ours.act is not None:
            return ours  # what is certain needs no second opinion
        try:
            reply = self._client.post("/model/parse", json={"text": ours.text})
            reply.raise_for_status()
            ranking = _ranking(reply.json())
        except (httpx.HTTPError, ValueError) as error:
            log.warning("the Rasa server does not help (%s): using the embedded engine", type(error).__name__)
            return ours
        return replace(
            ours,
            intent=ranking[0][0],
            confidence=ranking[0][1],
            ranking=ranking[:RANKED],
            model_version=self.model_version,
        )


def _ranking(parsed: Any) -> tuple[tuple[str, float], ...]:
    """Rasa's intents, best first, without our dialogue acts. Raises ValueError for anything else."""
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
