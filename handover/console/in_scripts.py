"""What the console's scripts say: the page carries it, in the language of who reads it (`static/said.js`)."""

from data.translation import N_, _, forms

SENTENCES = {
    "now": N_("net"),
    "hours": N_("{hours} u"),
    "hours_minutes": N_("{hours} u {minutes}"),
    "waiting": N_("wachten"),
    "waiting_on_you": N_("wachten op jou"),
    "for_you": N_("{count} voor jou"),
    "writes": N_("{name} schrijft een antwoord"),
    "looks": N_("{name} kijkt ook"),
    "left_after_all": N_("Je bericht was toch vertrokken."),
    "failed": N_("Dat lukte niet. Je tekst staat er nog. Probeer het opnieuw."),
    "unsent": N_("Geen verbinding. Je tekst staat er nog. Verstuur opnieuw als je weer verbinding hebt."),
    "odd_letters": N_("{cost} (bijzondere tekens)"),
    "searching": N_("De bot zoekt een antwoord …"),
    "suggested": N_("Voorstel van de bot. Lees het na en pas het aan; het vertrekt pas als jij verstuurt."),
    "no_suggestion": N_("De bot heeft hier geen antwoord op uit zijn bronnen."),
    "offline": N_("Geen verbinding. Probeer het opnieuw."),
    "uncorrected": N_("Dat lukte niet. Laad de bladzijde opnieuw en probeer nog eens."),
    "uncorrected_offline": N_("Geen verbinding. Probeer het opnieuw als je weer verbinding hebt."),
    "kept": N_("Bewaard"),
    "crisis": N_("Iemand in nood staat in de wachtrij."),
    "promise": N_("Een belofte loopt bijna af. Kijk bovenaan de wachtrij."),
    "own_client": N_("Een cliënt van jou wacht op antwoord."),
    "question": N_("Nieuwe vraag in de wachtrij."),
    "copied": N_("Link naar dit bericht gekopieerd."),
    "link": N_("De link naar dit bericht: {link}"),
}


def said_by_scripts() -> dict[str, str | tuple[str, str]]:
    """By name: a sentence, or its two forms for a number of things. The places are filled in by the script."""
    counted = {
        "days": forms("{count} dag", "{count} dagen"),
        "cost": forms("{count} teken, {parts} sms", "{count} tekens, {parts} sms"),
        "named": forms("{count} bericht benoemd", "{count} berichten benoemd"),
    }
    return {**{name: _(dutch) for name, dutch in SENTENCES.items()}, **counted}
