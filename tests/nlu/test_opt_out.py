"""STOP in all its forms, and what only looks like it."""

from __future__ import annotations

import pytest

from nlu.opt_out import is_opt_in, is_opt_out

STOPS = [
    "STOP", "stop", "Stop.", "sToP", "STOP!!", "tsop", "stpo", "stopp", "sttop", "stop aub", "stop svp", "S T O P", "stop sms", "STOP STOP",
    "stop 🛑", "uitschrijven", "afmelden", "unsubscribe", "arrêt", "ARRET", "désabonner", "arrêtez", "стоп", "СТОП", "قف", "توقف", "dur",
    "zatrzymaj", "baja", "stop met berichten sturen", "geen berichten meer aub", "ik wil geen smsjes meer krijgen", "stuur mij niks meer",
    "schrijf mij uit", "laat mij met rust", "plus de sms svp", "ne m'envoyez plus de messages", "arrêtez de m'écrire", "no more messages",
    "don't text me anymore", "please stop texting me", "remove me from your list", "bana mesaj atmayın", "не пишіть мені більше",
    "не присылайте мне сообщения", "لا ترسلوا لي رسائل", "nie piszcie do mnie", "no me envien mas mensajes", "nu imi mai trimiteti mesaje",
    "Stop. Thank you", "stop!!!", "stop, bedankt", "отпишете ме", "спрете", "не искам съобщения", "відпишіть мене", "не хочу повідомлень",
    "отпишите меня", "wypisz mnie", "nie chcę wiadomości", "no quiero más mensajes", "nu mai vreau mesaje", "dezabonare", "mesaj istemiyorum",
    "لا أريد رسائل", "توقف", "لغو اشتراک", "دیگر پیام نفرستید", "پیام نفرستید", "بند کړئ", "پیغام مه رالېږئ", "نور پیغام مه رالېږئ", "ودرېږئ",
    "jooji", "jooji fariimaha", "ha ii soo dirina fariimo", "ma rabo fariimo", "ጠጠው", "ጠጠው በል", "መልእኽቲ ኣይትስደዱለይ",
]  # fmt: skip
OTHERS = [
    "je veux arrêter de fumer", "stop met roken cursus", "ik wil stoppen met school", "step", "stap", "stof", "shop", "top", "stp", "sop",
    "waar is de bushalte stop", "ik ben gestopt met werken", "kan ik stoppen met de cursus en later verder doen", "cursus stoppen met drinken",
    "krijg ik nog een bericht?", "ik heb geen bericht gekregen", "stuur mij meer info", "geen idee", "I want to stop smoking", "sigarayı bırakmak",
    "waarom kreeg ik gisteren een sms", "annuleer mijn afspraak", "ik kan niet meer komen", "quiero dejar de fumar", "hallo",
    "no more courses in Gent?", "geen avond meer vrij?",
    "je veux arrêter de fumer, stop?", "stoptober", "waar stopt de bus", "kan ik stoppen?", "moet ik stoppen met werken?", "stop de tijd",
    "хочу бросить курить", "rzucić palenie", "vreau să mă las de fumat", "искам да спра цигарите", "لا أريد أن أتوقف عن الدراسة",
    "می‌خواهم سیگار را ترک کنم", "waxaan rabaa inaan sigaarka joojiyo", "ስጋራ ክገድፍ ደልየ", "سګرېټ بندول غواړم", "ik kreeg geen bericht meer over mijn cursus?",
    "no quiero perder mensajes del curso, ¿cuándo empieza?", "fariin ayaan helay", "nie dostałam wiadomości",
]  # fmt: skip


@pytest.mark.parametrize("text", STOPS)
def test_stop_is_understood(text: str) -> None:
    assert is_opt_out(text, channel="sms")


@pytest.mark.parametrize("text", OTHERS)
def test_what_only_looks_like_stop_is_not(text: str) -> None:
    assert not is_opt_out(text, channel="sms")


@pytest.mark.parametrize("text", ["end", "QUIT", "Cancel"])
def test_operator_words_count_by_sms_only(text: str) -> None:
    assert is_opt_out(text, channel="sms")
    assert not is_opt_out(text, channel="web")


def test_start_is_the_way_back() -> None:
    again = ("START", "Hervat!", "СТАРТ", "/start", "start aub", "reprendre", "başla", "ابدأ", "شروع", "پیل کړئ", "почати", "возобновить",
             "wznów", "reanudar", "pornește", "започни", "bilow", "ጀምር")  # fmt: skip
    assert [word for word in again if not is_opt_in(word)] == []
    assert not is_opt_in("wanneer start de cursus")


def test_a_long_message_is_never_stop() -> None:
    assert not is_opt_out("stop " * 200 + "met berichten", channel="sms")
