"""Who somebody is, what they have and how they want it."""

from __future__ import annotations

import pytest

from nlu.slots import find
from nlu.text import clean, tokens


def _found(text: str) -> set[tuple[str, str]]:
    message = clean(text)
    return {
        (slot.name, ("!" if slot.negated else "") + slot.value) for slot in find(message, tokens(message))
    }


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("kan het online?", {("mode", "online")}),
        ("bel mij op 0470 12 34 56", {("phone", "+32470123456")}),
        ("+32 (0)9 123 45 67", {("phone", "+32091234567")}),
        ("mail naar jan.peeters@example.be.", {("email", "jan.peeters@example.be")}),
        ("ik ben 19 jaar", {("age", "19")}),
        ("19j", {("age", "19")}),
        ("j'ai 34 ans", {("age", "34")}),
        ("i am 22", {("age", "22")}),
        ("25 yaşındayım", {("age", "25")}),
        ("мені 40 років", {("age", "40")}),
        ("gestopt op mijn 17, kan ik nog herbeginnen", {("age", "17")}),
        ("studeren op je dertigste", {("age", "30")}),
        ("j'en ai 41", {("age", "41")}),
        ("a diploma at 31", {("age", "31")}),
        ("lundi à 19 h", set()),
        ("see you at 9", set()),
        ("call me at 14", set()),
        ("à 45 euros", set()),
        ("kan op mijn 12 uur komen", set()),
        ("20 jaar geleden", set()),
        ("ik ben 15 uur vrij", set()),
        ("iemand die turks spreekt", {("language", "tr")}),
        ("qui parle arabe chez vous", {("language", "ar")}),
        ("who speaks polish", {("language", "pl")}),
        ("cocuga bakacak kimse yok", {("barrier", "childcare")}),
        ("geen oppas", {("barrier", "childcare")}),
        ("max 100 euro", {("price_max", "100")}),
        ("onder €50", {("price_max", "50")}),
        ("moins de 80 euros", {("price_max", "80")}),
        ("ik betaalde 100 euro", set()),
        ("nt2 niveau 1.2", {("nt2_level", "1.2")}),
        ("ik heb A2", {("nt2_level", "A2")}),
        ("kost het 1.20 euro", set()),
        ("ik leef van een leefloon", {("status", "leefloon")}),
        ("je suis au chômage", {("status", "job_seeker")}),
        ("ik ben ziek thuis", {("status", "sick")}),
        ("ik heb geen diploma", {("diploma", "none")}),
        ("kan het in het Frans", {("language", "fr")}),
        ("ik heb geen auto", {("barrier", "mobility")}),
        ("te duur voor mij", {("barrier", "money")}),
        ("niet online", {("mode", "!online")}),
    ],
)
def test_slots_are_found(text: str, wanted: set[tuple[str, str]]) -> None:
    assert _found(text) >= wanted if wanted else not _found(text)
