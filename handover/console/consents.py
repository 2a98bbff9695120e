"""What people are asked to agree to: each region's words in eight languages, their versions, and how many agreed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi.responses import Response
from sqlalchemy import select

from channels.policy import parts_of
from data.ids import id_of
from data.tables import ConsentKind, Person, Region
from data.translation import N_, _
from handover import access, consent_texts, consents
from handover.consents import Wording
from handover.console.desk import Desk, NotFound, Route
from handover.console.labels import words
from handover.conversation import NotAllowed

HERE = "/console/beheer/toestemmingen"
SAMPLE_QUESTION, SAMPLE_PARTNER = "Ik zoek een cursus naaien.", "VDAB"  # as a client and a partner would be
ASKED, AFTER_YES, AFTER_NO = N_("We vragen"), N_("Na een ja"), N_("Na een nee")
IN_CHAT, ON_PAGE = N_("In het gesprek"), N_("Op de bladzijde")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One message as the client reads it: `head` says when, `buttons` is what they tap, `sms` how many parts it takes."""

    head: str
    text: str
    buttons: Sequence[str] = ()
    sms: int | None = None


async def keep_agreed(desk: Desk, person: Person) -> None:
    """Keep that the person agreed to being written first, in the words that stood beside what one of ours ticked, also
    where there are newer ones by now."""
    about = person.region_id, ConsentKind.FOLLOW_UP, person.language
    if "agreed_text" in desk.form:
        said = await consents.version(desk.session, id_of(desk.form["agreed_text"]) or None, *about)
    else:
        said = await consents.current(desk.session, *about)
    await consents.agreed_at_desk(desk.session, person, said, now=desk.now)


async def show(desk: Desk) -> Response:
    """/console/beheer/toestemmingen?regio=gent"""
    visible = access.visible_regions(desk.staff)
    query = select(Region).order_by(Region.name)
    regions = [one for one in await desk.session.scalars(query) if visible is None or one.id in visible]
    wanted = desk.request.query_params.get("regio") or desk.staff.region_id
    region = next((one for one in regions if one.id == wanted), None)
    if region is None and desk.request.query_params.get("regio"):
        raise NotFound
    region = region or next(iter(regions), None)
    standing = await consent_texts.standing(desk.session, region.id) if region else {}
    return await desk.page(
        "consents.html", kinds=words("consent"), regions=regions, region=region, standing=standing,
        texts={
            kind: {
                language: _read(desk, kind, consents.of_row(one.newest, kind, language, region))
                for language, one in by_language.items()
            }
            for kind, by_language in standing.items()
        },
        given=await consents.given(desk.session, visible),
    )  # fmt: skip


async def edit(desk: Desk) -> Response:
    """/console/beheer/toestemming/gent/file/nl"""
    return await _form(desk, await desk.region())


async def change(desk: Desk) -> Response:
    """Look first how it reads (`doe` is "bekijk"), or keep it."""
    kind, language = _text(desk)
    region = await desk.region(lock=True)
    parts = {
        part: desk.text(f"part_{part}", 4 * consent_texts.LONGEST)
        for part in consent_texts.editable(kind, language)
    }
    problems = consent_texts.wrong(kind, language, parts)
    if problems or desk.form.get("doe") == "bekijk":
        return await _form(desk, region, parts, problems=problems, status=422 if problems else 200)
    try:
        await consent_texts.save(
            desk.session, region, kind, language, parts, base=id_of(desk.form.get("base", "")),
            by_id=desk.staff.id, now=desk.now,
        )  # fmt: skip
    except NotAllowed as refused:
        return await _form(desk, region, parts, warning=str(refused), status=409)
    return desk.go(f"{HERE}?regio={region.id}#{kind}-{language}")


async def put_back(desk: Desk) -> Response:
    """The standard text again."""
    kind, language = _text(desk)
    region = await desk.region(lock=True)
    await consent_texts.put_back(desk.session, region, kind, language, by_id=desk.staff.id, now=desk.now)
    return desk.go(f"{HERE}?regio={region.id}#{kind}-{language}")


def _text(desk: Desk) -> tuple[ConsentKind, str]:
    """Which text in which language the path names. Raises NotFound."""
    kind, language = desk.request.path_params["consent"], desk.request.path_params["language"]
    if kind not in consent_texts.KINDS or language not in consent_texts.LANGUAGES:
        raise NotFound
    return ConsentKind(kind), language


async def _form(
    desk: Desk,
    region: Region,
    typed: Mapping[str, str] | None = None,
    *,
    problems: Mapping[str, str] | None = None,
    warning: str = "",
    status: int = 200,
) -> Response:
    """The text to change, how it reads (as typed, where something was), the Dutch beside it, and all versions."""
    kind, language = _text(desk)
    standing = (await consent_texts.standing(desk.session, region.id))[kind]
    here = standing[language]
    now = consents.of_row(here.newest, kind, language, region)
    read = Wording(
        language=language, parts={**now.parts, **(typed or {})}, years=now.years, region=now.region
    )
    dutch = consents.of_row(standing[consents.ORIGINAL].newest, kind, consents.ORIGINAL, region)
    places = {part: sorted(consent_texts.asked_of(kind, part)) for part in consent_texts.PARTS}
    return await desk.page(
        "consent.html", status=status, region=region, kind=kind, code=language, standing=here, wording=now,
        parts={part: read.parts[part] for part in consent_texts.editable(kind, language)}, problems=problems or {}, warning=warning,
        names={part: _(name) for part, name in consent_texts.PARTS.items()}, places=places,
        means={place: _(words) for place, words in consent_texts.MEANS.items()}, everywhere=consent_texts.EVERYWHERE, most=consent_texts.LONGEST,
        preview=_read(desk, kind, read), typed=typed is not None,
        advice=consent_texts.advice(kind, language, typed) if typed is not None else {}, current=now.parts,
        dutch=_read(desk, kind, dutch) if language != consents.ORIGINAL else (),
        versions=[
            (one, _read(desk, kind, consents.of_row(one.row, kind, language, region)))
            for one in await consent_texts.versions(desk.session, region.id, kind, language)
        ],
        standard=_read(desk, kind, consents.of_row(None, kind, language, region)),
    )  # fmt: skip


def _read(desk: Desk, kind: str, wording: Wording) -> Sequence[Shown]:
    """A text as the client reads it, with the name of who looks in the place of the counsellor."""
    said = {
        part: wording.said(
            part, staff=desk.staff.name.split()[0], question=SAMPLE_QUESTION, partner=SAMPLE_PARTNER
        )
        for part in wording.parts
    }
    match kind:
        case ConsentKind.FILE:
            asked = f"{said['text']} {said['ask']}"
            return (
                Shown(
                    head=_(ASKED), text=asked, buttons=(said["yes_word"], said["no_word"]),
                    sms=parts_of("sms", asked),
                ),
                Shown(head=_(AFTER_YES), text=said["yes"]), Shown(head=_(AFTER_NO), text=said["no"]),
            )  # fmt: skip
        case ConsentKind.REFERRAL:
            page = (Shown(head=_(ON_PAGE), text=said["page"]),) if "page" in said else ()
            return (Shown(head=_(IN_CHAT), text=said["text"], sms=parts_of("sms", said["text"])), *page)
        case _:
            return (Shown(head=_(ASKED), text=said["text"]),)


_ONE = "/beheer/toestemming/{region_id}/{consent}/{language}"
ROUTES = (
    Route(method="GET", path="/beheer/toestemmingen", handler=show, roles=access.MANAGES),
    Route(method="GET", path=_ONE, handler=edit, roles=access.MANAGES),
    Route(method="POST", path=_ONE, handler=change, roles=access.MANAGES),
    Route(method="POST", path=f"{_ONE}/standaard", handler=put_back, roles=access.MANAGES),
)
