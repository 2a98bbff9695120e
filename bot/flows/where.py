"""What people mean by a place: one of several of that name, or just near them."""

import re

from bot.state import Asked, Dialogue, Goal
from bot.turn_types import Outcome, Reply, Turn
from data import geo

MOST = 4  # places of one name to choose from
_NEAR = re.compile(
    r"\bin (?:mijn|de|onze) (?:buurt|omgeving|streek)\b|\b(?:dicht|vlak|kort) ?bij(?: (?:mij|me|huis|ons))?\b"
    r"|\bbij (?:mij|ons) (?:thuis|om de hoek)\b|\bom de hoek\b"
    r"|\bpr[èe]s (?:de |d')?(?:chez )?(?:moi|nous|ici|maison)\b|\bpr[èe]s d'ici\b|\bdans (?:mon|le) quartier\b"
    r"|\bdans (?:ma|la) r[ée]gion\b|\b[àa] proximit[ée]\b|\bnear(?:by| me| here| home)\b|\bclose to (?:me|home)\b"
    r"|\bin my (?:area|neighbou?rhood)\b|\baround here\b",
    re.IGNORECASE,
)


def near_me(turn: Turn) -> bool:
    """Whether the message says near, and no place: near what, only they know."""
    return turn.place is None and bool(_NEAR.search(turn.understanding.text))


def which(turn: Turn, dialogue: Dialogue, goal: Goal | None) -> Outcome | None:
    """Ask which of several places of one name is meant, once; None when that is clear, or was asked."""
    slot = turn.understanding.slot("place")
    if slot is None or slot.negated or len(slot.choices) < 2:
        return None
    if turn.dialogue.asked is Asked.PLACE and turn.dialogue.options:
        return None
    places = [place for place in map(geo.by_key, slot.choices) if place][:MOST]
    labels = tuple(
        f"{place.named(turn.say.language)} ({place.postcodes[0]}, {place.province or place.municipality})"
        for place in places
    )
    return Outcome(
        replies=(Reply(text=turn.say("ask_place_which"), options=labels),),
        dialogue=dialogue.waiting_for(Asked.PLACE, options=tuple(place.key for place in places), goal=goal),
    )
