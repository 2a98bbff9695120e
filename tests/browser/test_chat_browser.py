"""The web chat as an adult meets it: by keyboard, over a bad line, without JavaScript, and inside another site."""

import asyncio
import re

from playwright.async_api import FrameLocator, Page, Route, WebSocketRoute, expect

PHONE = {"width": 360, "height": 740}
QUESTION = "Spaanse les in Gent?"


async def ask(chat: Page | FrameLocator, text: str) -> None:
    """Type a message and send it with Enter."""
    await chat.locator("#text").fill(text)
    await chat.locator("#text").press("Enter")


async def test_a_question_is_answered_by_keyboard_alone(page: Page) -> None:
    await page.goto("/chat")
    await expect(page.locator("#thread")).to_contain_text("digitale assistent")
    await ask(page, QUESTION)
    await expect(page.locator("#thread .from-person .msg-body")).to_have_text(QUESTION)
    await expect(page.locator("#thread .from-bot")).to_have_count(2)
    await expect(page.locator("#text")).to_be_focused()
    choice = page.locator("#thread .from-bot").nth(1).locator(".choices button").first
    await choice.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread .from-bot")).to_have_count(3)
    await expect(choice).to_be_disabled()
    await page.reload()
    await expect(page.locator("#thread .from-person")).to_have_count(2)
    await expect(page.locator("#thread .from-bot")).to_have_count(3)


async def test_a_line_that_breaks_loses_and_doubles_nothing(new_page) -> None:
    page: Page = await new_page(viewport=PHONE)
    sockets: list[WebSocketRoute] = []
    deaf = True

    def carry(route: WebSocketRoute) -> None:
        """While we are deaf, our messages reach the server, but of its answers only the welcome reaches us."""
        server = route.connect_to_server()
        sockets.append(route)

        def back(frame: str | bytes) -> None:
            if not deaf or '"welcome"' in str(frame):
                route.send(frame)

        server.on_message(back)

    await page.route_web_socket(re.compile("/chat/socket"), carry)
    await page.goto("/chat")
    await expect(page.locator("#examples")).to_be_visible()
    await ask(page, QUESTION)
    await expect(page.locator(".msg.pending")).to_have_count(1)
    await page.wait_for_timeout(1_000)  # by now the server has it and has answered, and we heard nothing
    deaf = False
    await sockets[-1].close()
    await expect(page.locator(".msg.pending")).to_have_count(0)
    await expect(page.locator("#thread .from-person")).to_have_count(1)
    await expect(page.locator("#thread .from-bot")).to_have_count(2)
    assert len(sockets) >= 2


async def test_what_is_typed_without_a_connection_is_sent_later(page: Page) -> None:
    down = True

    async def carry(route: WebSocketRoute) -> None:
        if down:
            await route.close()
        else:
            route.connect_to_server()

    async def post(route: Route) -> None:
        while down:
            await asyncio.sleep(0.05)
        await route.continue_()

    await page.route_web_socket(re.compile("/chat/socket"), carry)
    await page.goto("/chat")
    await page.route("**/chat", post)  # an unlucky page may have given up on sockets by now
    await ask(page, "dag")
    await expect(page.locator(".msg.pending")).to_have_count(1)
    await expect(page.locator("#state")).to_contain_text("Geen verbinding", timeout=30_000)
    await expect(page.locator(".msg.pending")).to_have_count(1)
    down = False
    await expect(page.locator(".msg.pending")).to_have_count(0, timeout=30_000)
    await expect(page.locator("#thread .from-bot")).to_have_count(2)
    await expect(page.locator("#thread .from-person")).to_have_count(1)


async def test_a_network_without_sockets_still_carries_the_message(page: Page) -> None:
    await page.route_web_socket(re.compile("/chat/socket"), lambda route: route.close())
    await page.goto("/chat")
    await ask(page, "dag")
    await expect(page.locator("#thread .from-bot")).to_have_count(2, timeout=30_000)
    await expect(page.locator("#thread .from-person")).to_have_count(1)


async def test_it_works_without_javascript(new_page) -> None:
    page: Page = await new_page(java_script_enabled=False, viewport=PHONE)
    await page.goto("/chat")
    await page.get_by_label("Typ je bericht").fill(QUESTION)
    await page.get_by_role("button", name="Verstuur").click()
    await expect(page.locator("#thread .from-bot")).to_have_count(2)
    await page.locator("#thread .from-bot").last.locator(".choices button").first.click()
    await expect(page.locator("#thread .from-bot")).to_have_count(3)
    await page.get_by_role("button", name="Praat met een mens").click()
    await expect(page.locator("#thread .from-person").last).to_contain_text("Ik wil met een mens praten")
    await page.get_by_role("link", name="Français").click()
    await expect(page.get_by_label("Écris ton message")).to_be_visible()


async def test_leaving_quickly_leaves_nothing_behind(page: Page) -> None:
    await page.route("https://www.wikipedia.org/**", lambda route: route.fulfill(body="encyclopedie"))
    await page.goto("/demo-site")
    await page.goto("/chat")
    await ask(page, "dit mag niemand zien")
    await expect(page.locator("#thread .from-bot")).to_have_count(2)
    await page.get_by_role("link", name="Sluit snel").click()
    await expect(page.locator("body")).to_have_text("encyclopedie")
    async with asyncio.timeout(10):
        while await page.context.cookies():  # forgotten by a request that outlives the page
            await asyncio.sleep(0.05)
    await page.go_back()
    await expect(page.locator("body")).not_to_contain_text("niemand")
    await page.goto("/chat")
    await expect(page.locator("#thread .from-person")).to_have_count(0)


async def test_reading_aloud_is_off_until_asked(page: Page) -> None:
    await page.add_init_script(
        "speechSynthesis.speak = voice => (window.said ??= []).push([voice.lang, voice.text])"
    )
    await page.goto("/chat")
    read = page.get_by_role("button", name="Lees voor")
    await expect(read).to_have_attribute("aria-pressed", "false")
    await read.click()
    await expect(read).to_have_attribute("aria-pressed", "true")
    await ask(page, "dag")
    await expect(page.locator("#thread .from-bot")).to_have_count(2)
    said = await page.evaluate("window.said")
    assert len(said) == 2
    assert said[0][0] == "nl"
    assert "*" not in said[0][1]


async def test_the_button_on_another_site(page: Page) -> None:
    await page.goto("/demo-site")
    opener = page.get_by_role("button", name="Stel je vraag")
    await opener.focus()
    await page.keyboard.press("Enter")
    frame = page.frame_locator("leerlijn-chat iframe")
    await expect(frame.locator("#text")).to_be_focused()
    await ask(frame, "dag")
    await expect(frame.locator("#thread .from-bot")).to_have_count(2)
    await page.keyboard.press("Escape")
    await expect(page.locator("leerlijn-chat dialog")).to_be_hidden()
    await expect(opener).to_be_focused()
    await opener.click()
    await expect(frame.locator("#thread .from-person")).to_have_count(1)
    await page.get_by_role("button", name="Sluit", exact=True).click()
    await expect(page.locator("leerlijn-chat dialog")).to_be_hidden()


async def test_the_button_fills_a_phone(new_page) -> None:
    page: Page = await new_page(viewport=PHONE)
    await page.goto("/demo-site")
    await page.get_by_role("button", name="Stel je vraag").click()
    box = await page.locator("leerlijn-chat dialog").bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, PHONE["width"], PHONE["height"])
