"""The web chat's extras in a real browser: files, speaking, listening, and a line that comes and goes."""

import re

from playwright.async_api import Page, WebSocketRoute, expect

from tests import files
from tests.browser.test_chat_browser import PHONE, ask

HEAVIEST = 150_000  # bytes of script and style that the chat may weigh
FAKE_EAR = """
window.SpeechRecognition = class {
  start() { window.ear = this; }
  stop() { this.onend(); }
  hear(...said) { this.onresult({ results: said.map((transcript) => [{ transcript }]) }); }
};
"""
FAKE_VOICE = "speechSynthesis.speak = (voice) => (window.said ??= []).push([voice.lang, voice.text])"


def photo() -> dict[str, object]:
    return {"name": "diploma.jpg", "mimeType": "image/jpeg", "buffer": files.picture()}


async def attach(page: Page, *chosen: dict[str, object]) -> None:
    await page.locator("#attach summary").click()
    await page.locator("#file").set_input_files(list(chosen))  # type: ignore[arg-type]


async def test_files_are_sent_and_shown_to_both_sides(new_page, staff_page, axe) -> None:
    page: Page = await new_page(viewport=PHONE)
    await page.goto("/chat")
    await page.get_by_role("button", name="Praat met een mens").click()
    await expect(page.locator("#thread .from-bot")).to_have_count(2)
    voice = {"name": "stem.ogg", "mimeType": "audio/ogg", "buffer": files.recording()}
    await attach(page, photo(), voice, {"name": "cv.pdf", "mimeType": "application/pdf", "buffer": files.PDF})
    await ask(page, "هذه شهادتي")
    picture = page.locator("#thread .from-person .file img")
    await expect(picture).to_have_count(1)
    await expect(page.locator("#thread .from-person")).to_have_count(2)
    assert await picture.evaluate("async (img) => { await img.decode(); return img.naturalWidth }") > 100
    await page.reload()
    await expect(picture).to_have_count(1)
    staff: Page = await staff_page("bart")
    await staff.goto("/console/wachtrij")
    await staff.locator(".list-row", has_text="شهادتي").first.click()
    shown = staff.locator("#talk .file img")
    await expect(shown).to_have_count(1)
    assert await shown.evaluate("async (img) => { await img.decode(); return img.naturalWidth }") > 100
    play = "async (audio) => { audio.muted = true; await audio.play(); return audio.duration }"
    assert 0.8 < await staff.locator("#talk audio").evaluate(play) < 1.3
    async with staff.expect_download() as download:
        await staff.get_by_role("link", name="cv.pdf").click()
    assert (await download.value).suggested_filename == "cv.pdf"
    found = [*await axe(page), *await axe(staff)]
    assert not found, "\n".join(found)


async def test_a_file_that_is_refused_can_be_changed(new_page) -> None:
    page: Page = await new_page(expected="415")
    await page.goto("/chat")
    await attach(page, {"name": "x.svg", "mimeType": "image/svg+xml", "buffer": files.SVG})
    await page.get_by_label("Typ je bericht").fill("kijk")
    await page.get_by_role("button", name="Verstuur").click()
    await expect(page.locator("#state")).to_contain_text("Dit bestand kunnen we niet aannemen")
    await expect(page.locator("#thread .from-person")).to_have_count(0)
    await expect(page.locator("#text")).to_have_value("kijk")


async def test_a_file_goes_without_javascript_too(new_page) -> None:
    page: Page = await new_page(java_script_enabled=False, viewport=PHONE)
    await page.goto("/chat")
    await attach(page, photo(), {"name": "cv.pdf", "mimeType": "application/pdf", "buffer": files.PDF})
    await page.get_by_role("button", name="Verstuur").click()
    sent = page.locator("#thread .from-person")
    await expect(sent.locator("img")).to_have_count(1)
    await expect(sent.get_by_role("link", name="cv.pdf")).to_be_visible()
    await expect(page.locator("#thread .from-bot").last).to_contain_text(
        "Ik kan foto's en bestanden niet lezen"
    )


async def test_speaking_fills_the_field_and_sends_nothing(page: Page) -> None:
    await page.add_init_script(FAKE_EAR)
    await page.goto("/chat")
    voice = page.get_by_role("button", name="Spreek in")
    await voice.click()
    await expect(voice).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("#state")).to_contain_text("Spreek maar")
    await page.evaluate("ear.hear('ik zoek een cursus ')")
    await page.evaluate("ear.hear('ik zoek een cursus ', 'Spaans')")
    await expect(page.locator("#text")).to_have_value("ik zoek een cursus Spaans")
    await voice.click()
    await expect(voice).to_have_attribute("aria-pressed", "false")
    await expect(page.locator("#text")).to_be_focused()
    await expect(page.locator("#thread .from-person")).to_have_count(0)
    assert await page.evaluate("ear.lang") == "nl-BE"


async def test_a_browser_that_cannot_hear_offers_nothing(page: Page) -> None:
    await page.add_init_script("delete window.SpeechRecognition; delete window.webkitSpeechRecognition")
    await page.goto("/chat")
    await expect(page.locator("#voice")).to_be_hidden()


async def test_each_answer_can_be_read_aloud(page: Page) -> None:
    await page.add_init_script(FAKE_VOICE)
    await page.goto("/chat")
    await ask(page, "dag")
    await expect(page.locator("#thread .from-bot")).to_have_count(2)
    await page.get_by_role("button", name="Lees dit voor").nth(1).click()
    ((language, text),) = await page.evaluate("window.said")
    assert language == "nl"
    assert "Stel gerust je vraag" in text


async def test_what_waits_says_that_it_waits_for_the_line(new_page) -> None:
    page: Page = await new_page(expected="ERR_FAILED")
    down = True
    await page.route_web_socket(
        re.compile("/chat/socket"), lambda route: route.close() if down else route.connect_to_server()
    )
    await page.route(
        "**/chat",
        lambda route: route.abort() if down and route.request.method == "POST" else route.continue_(),
    )
    await page.goto("/chat")
    await expect(page.locator("#state")).to_contain_text("Geen verbinding", timeout=30_000)
    await ask(page, "dag")
    await expect(page.locator(".msg.pending .msg-foot")).to_have_text(
        "wordt verstuurd zodra je weer online bent"
    )
    down = False
    await expect(page.locator(".msg.pending")).to_have_count(0, timeout=40_000)
    await expect(page.locator("#thread .from-person")).to_have_count(1)


async def test_a_thread_that_is_gone_leaves_the_page(page: Page) -> None:
    """The page saw more than the server has: what it shows is of a thread that was erased."""

    async def forged(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def out(frame: str | bytes) -> None:
            server.send(re.sub(r'"last_seq":\d+', '"last_seq":999999999', str(frame)))

        route.on_message(out)

    await page.goto("/chat")
    await ask(page, "dag")
    await expect(page.locator("#thread .from-bot")).to_have_count(2)
    await page.route_web_socket(re.compile("/chat/socket"), forged)
    await page.reload()
    await expect(page.locator("#thread .from-person")).to_have_count(1)
    await ask(page, "Spaanse les in Gent?")
    await expect(page.locator("#thread .from-bot")).to_have_count(3)
    seqs = await page.locator("#thread [data-seq]").evaluate_all(
        "items => items.map(item => Number(item.dataset.seq))"
    )
    assert seqs == sorted(set(seqs))


async def test_a_microphone_may_be_used_in_the_button_of_another_site(page: Page) -> None:
    await page.goto("/demo-site")
    await page.get_by_role("button", name="Stel je vraag").click()
    await expect(page.locator("leerlijn-chat iframe")).to_have_attribute("allow", "microphone")


async def test_the_chat_is_light(page: Page) -> None:
    weight: dict[str, int] = {}

    async def weigh(response) -> None:  # type: ignore[no-untyped-def]
        if response.request.resource_type in ("script", "stylesheet", "image"):
            weight[response.url] = len(await response.body())

    page.on("response", weigh)
    await page.goto("/chat", wait_until="networkidle")
    assert len(weight) >= 4
    assert sum(weight.values()) <= HEAVIEST, weight
