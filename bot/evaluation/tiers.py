"""The tier that triage gives to what was understood, beside the one that is right."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.triage import Known, decide
from nlu.evaluate import Answer, Share

_WEB = "web"


@dataclass(frozen=True, kw_only=True)
class TierScore:
    """Right tiers among the cases that name one; `confusions` holds (wanted, given, how often)."""

    share: Share
    confusions: tuple[tuple[str, str, int], ...]


def tier_of(answer: Answer) -> str:
    """What triage decides for somebody of whom nothing else is known."""
    known = Known(language=answer.found.language)
    return decide(answer.found, known, answer.case.channel or _WEB).tier.value


def score_tiers(answers: Sequence[Answer]) -> TierScore:
    """Over the answers whose case names a tier."""
    pairs = [(answer.case.tier, tier_of(answer)) for answer in answers if answer.case.tier]
    wrong = Counter((wanted, given) for wanted, given in pairs if wanted != given)
    return TierScore(
        share=Share.of_all(wanted == given for wanted, given in pairs),
        confusions=tuple((wanted, given, count) for (wanted, given), count in wrong.most_common()),
    )
