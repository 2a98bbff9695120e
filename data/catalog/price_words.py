"""Prices in words: short sentences that promise nothing, in Dutch, French and English; amounts in all languages of the bot."""

from __future__ import annotations

from decimal import Decimal

from data.catalog.prices import PartKind, Price, PricePart

_STATUS = {
    "nl": {
        "leefloon": "leefloon",
        "job_seeker": "werkzoekend",
        "unemployed": "werkloosheidsuitkering",
        "integration": "inburgering",
        "disability": "handicap",
        "detained": "gevangenis",
        "material_aid": "materiële hulp",
        "no_diploma": "geen diploma secundair",
        "brussels": "wonen in Brussel",
    },
    "fr": {
        "leefloon": "revenu d'intégration",
        "job_seeker": "demandeur d'emploi",
        "unemployed": "allocation de chômage",
        "integration": "parcours d'intégration",
        "disability": "handicap",
        "detained": "en prison",
        "material_aid": "aide matérielle",
        "no_diploma": "pas de diplôme secondaire",
        "brussels": "habiter à Bruxelles",
    },
    "en": {
        "leefloon": "living wage (leefloon)",
        "job_seeker": "job seeker",
        "unemployed": "unemployment benefit",
        "integration": "civic integration",
        "disability": "disability",
        "detained": "in prison",
        "material_aid": "material aid",
        "no_diploma": "no secondary diploma",
        "brussels": "living in Brussels",
    },
}
# How the sentence about a lower price begins, where "with" and the name of the situation would not do.
_WITH = {
    "nl": {
        "": "Met {status}",
        "job_seeker": "Als werkzoekende",
        "integration": "Als inburgeraar",
        "detained": "In de gevangenis",
        "no_diploma": "Zonder diploma secundair",
        "brussels": "Als inwoner van Brussel",
    },
    "fr": {
        "": "Avec {status}",
        "job_seeker": "Comme demandeur d'emploi",
        "integration": "En parcours d'intégration",
        "detained": "En prison",
        "no_diploma": "Sans diplôme secondaire",
        "brussels": "Comme habitant de Bruxelles",
    },
    "en": {
        "": "With {status}",
        "job_seeker": "As a job seeker",
        "integration": "In civic integration",
        "detained": "In prison",
        "no_diploma": "Without a secondary diploma",
        "brussels": "As a resident of Brussels",
    },
}
_SENTENCES = {
    "nl": {
        PartKind.PER_HOUR: "{hours} lestijden × {tariff} = {amount}.",
        PartKind.FIXED: "De prijs is {amount}.",
        PartKind.UNKNOWN: "De prijs ken ik niet. Vraag die aan de school.",
        PartKind.CEILING: "Je betaalt nooit meer dan {amount} per semester.",
        PartKind.YEAR_CEILING: "Je betaalt nooit meer dan {amount} per schooljaar.",
        PartKind.LOWERED: "{situation} betaal je misschien {amount}. Neem mee: {prove}.",
        PartKind.LOWER_FOR: "Soms betaal je minder: {statuses}.",
        PartKind.MATERIAL: "Cursusmateriaal: ongeveer {amount} extra.",
        PartKind.OTHER_PAGE: "Een andere pagina ({source}) zegt: {amount}.",
        PartKind.CHECK: "Vraag de prijs na bij de school: officiële pagina's zeggen niet hetzelfde.",
        PartKind.CHECK_YEAR: "Voor schooljaar {school_year} kan het anders zijn: vraag het na bij de school.",
        PartKind.FOURTH_PERHAPS: "Schreef je je in 6 schooljaren al drie keer in voor dezelfde module? Dan betaal je {tariff} per lestijd.",
        PartKind.FOURTH_TIME: "Dat is de prijs voor wie zich voor de vierde keer inschrijft voor dezelfde module: de school kijkt dat na.",
    },
    "fr": {
        PartKind.PER_HOUR: "{hours} périodes × {tariff} = {amount}.",
        PartKind.FIXED: "Le prix est de {amount}.",
        PartKind.UNKNOWN: "Je ne connais pas le prix. Demande-le à l'école.",
        PartKind.CEILING: "Tu ne paies jamais plus de {amount} par semestre.",
        PartKind.YEAR_CEILING: "Tu ne paies jamais plus de {amount} par année scolaire.",
        PartKind.LOWERED: "{situation}, tu paies peut-être {amount}. À apporter : {prove}.",
        PartKind.LOWER_FOR: "Parfois tu paies moins : {statuses}.",
        PartKind.MATERIAL: "Matériel de cours : environ {amount} en plus.",
        PartKind.OTHER_PAGE: "Une autre page ({source}) dit : {amount}.",
        PartKind.CHECK: "Vérifie le prix auprès de l'école : les pages officielles ne disent pas la même chose.",
        PartKind.CHECK_YEAR: "Pour l'année {school_year}, cela peut changer : vérifie auprès de l'école.",
        PartKind.FOURTH_PERHAPS: "Déjà trois inscriptions au même module en 6 années scolaires ? Tu paies alors {tariff} par période.",
        PartKind.FOURTH_TIME: "C'est le prix pour une quatrième inscription au même module : l'école le vérifie.",
    },
    "en": {
        PartKind.PER_HOUR: "{hours} lesson hours × {tariff} = {amount}.",
        PartKind.FIXED: "The price is {amount}.",
        PartKind.UNKNOWN: "I do not know the price. Ask the school.",
        PartKind.CEILING: "You never pay more than {amount} per semester.",
        PartKind.YEAR_CEILING: "You never pay more than {amount} per school year.",
        PartKind.LOWERED: "{situation} you may pay {amount}. Bring: {prove}.",
        PartKind.LOWER_FOR: "Some people pay less: {statuses}.",
        PartKind.MATERIAL: "Course material: about {amount} extra.",
        PartKind.OTHER_PAGE: "Another page ({source}) says: {amount}.",
        PartKind.CHECK: "Check the price with the school: official pages do not say the same.",
        PartKind.CHECK_YEAR: "It may be different for school year {school_year}: ask the school.",
        PartKind.FOURTH_PERHAPS: "Enrolled for the same module three times in 6 school years? Then you pay {tariff} per lesson hour.",
        PartKind.FOURTH_TIME: "This is the price for a fourth enrolment in the same module: the school checks that.",
    },
}
_FREE = {"nl": "niets (gratis)", "fr": "rien (gratuit)", "en": "nothing (free)"}
_ASK = {
    "nl": "prijs navragen", "fr": "prix à demander", "en": "ask for the price", "tr": "fiyatı okula sor",
    "ar": "اسأل عن السعر", "uk": "запитай ціну", "pl": "zapytaj o cenę", "es": "pregunta el precio",
}  # fmt: skip
_FREE_SHORT = {
    "nl": "gratis", "fr": "gratuit", "en": "free", "tr": "ücretsiz", "ar": "مجاناً", "uk": "безкоштовно",
    "pl": "bezpłatnie", "es": "gratis",
}  # fmt: skip
_OR = {"nl": "of", "fr": "ou", "en": "or", "tr": "veya", "ar": "أو", "uk": "або", "pl": "albo", "es": "o"}
_CHECK = {
    "nl": "vraag na", "fr": "à vérifier", "en": "ask first", "tr": "önce sor", "ar": "اسأل أولاً",
    "uk": "спершу запитай", "pl": "najpierw zapytaj", "es": "pregunta antes",
}  # fmt: skip
_NO_AMOUNT = {"nl": "geen bedrag", "fr": "pas de montant", "en": "no amount"}
_EUROS = {"fr": "euros", "en": "euros", "ar": "يورو", "uk": "євро", "es": "euros"}  # else "euro"


def sentences(price: Price, language: str = "nl", *, brief: bool = False) -> tuple[str, ...]:
    """Everything there is to say about a price, one short sentence each; Dutch for languages we lack.

    `brief` leaves out what is so for few people.
    """
    code = language if language in _SENTENCES else "nl"
    return tuple(
        _sentence(part, code) for part in price.parts if not (brief and part.kind is PartKind.FOURTH_PERHAPS)
    )


def short(price: Price, language: str = "nl") -> str:
    """The price in a few words: "90 euro", "gratis", "prijs navragen", and where pages disagree all they say:
    "gratis of 90 euro, vraag na".
    """
    language = language if language in _ASK else "nl"
    if price.amount is None:
        return _ASK[language]
    amounts = sorted({price.amount, *(other.amount for other in price.others if other.amount is not None)})
    said = f" {_OR[language]} ".join(
        _FREE_SHORT[language] if amount == 0 else euros(amount, language) for amount in amounts
    )
    return f"{said}, {_CHECK[language]}" if price.disputed else said


def euros(amount: Decimal, language: str = "nl") -> str:
    """An amount as people write it: "90 euro", "1,50 euro", "1.50 euros"."""
    number = f"{amount:.0f}" if amount == amount.to_integral_value() else f"{amount:.2f}"
    if language != "en":
        number = number.replace(".", ",")
    one = language == "fr" and abs(amount) < 2  # French says "1,50 euro"
    return f"{number} {'euro' if one else _EUROS.get(language, 'euro')}"


def _sentence(part: PricePart, language: str) -> str:
    names = _STATUS[language]

    def money(amount: Decimal | None) -> str:
        if amount is None:
            return _NO_AMOUNT[language]
        return _FREE[language] if amount == 0 else euros(amount, language)

    status = names.get(part.status or "", part.status or "")
    begins = _WITH[language].get(part.status or "") or _WITH[language][""].format(status=status)
    return _SENTENCES[language][part.kind].format(
        hours=part.hours,
        tariff="" if part.tariff is None else euros(part.tariff, language),
        amount=money(part.amount),
        situation=begins,
        prove=part.prove or "",
        source=part.source or "",
        school_year=part.school_year or "",
        statuses=", ".join(names.get(status, status) for status in part.statuses),
    )
