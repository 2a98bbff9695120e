"""Saying what messages meant, with keys and without scripts."""

import re
from typing import Any
from uuid import uuid4

from playwright.async_api import Page, expect


async def _asked(new_page: Any, *questions: str) -> None:
    """Somebody on the web chat."""
    chat: Page = await new_page()
    await chat.goto("/chat")
    for text in questions:
        said = await chat.locator(".from-bot").count()
        await chat.get_by_role("textbox").fill(text)
        await chat.keyboard.press("Enter")
        await expect(chat.locator(".from-bot").nth(said)).to_be_visible(timeout=20_000)


async def _thread(page: Page, words: str) -> None:
    """The thread with `words` in it, as an administrator finds it."""
    await page.goto(f"/console/zoek?q={words}")
    await page.locator("main a.list-row").first.click()
    await expect(page.locator("#thread")).to_contain_text(words)
    await page.wait_for_load_state()  # from then on keys are listened to


async def test_two_keys_say_what_a_message_was(new_page: Any, staff_page: Any) -> None:
    words = uuid4().hex[:8]
    await _asked(new_page, f"Spaanse les in Gent {words}")
    admin: Page = await staff_page("bart")
    await _thread(admin, words)
    await admin.keyboard.press("c")
    why = admin.locator("#thread details[data-correctable]").last
    second = why.locator("button[data-key='2']")
    await expect(second).to_be_visible()
    name = (await second.inner_text()).removeprefix("2").strip()
    await admin.keyboard.press("2")
    await expect(why.locator("summary")).to_contain_text(f"verbeterd: {name}")
    await expect(why.locator("summary")).to_be_focused()
    await admin.keyboard.press("Enter")  # open again: the focus stayed
    await admin.keyboard.press("t")
    await expect(why).to_contain_text("Een medewerker zei")
    await admin.reload()
    await expect(why).to_contain_text(re.compile(rf"Een medewerker zei: {name}, trap begeleidingstraject"))


async def test_doubts_are_named_by_key_and_what_is_unticked_stays(staff_page: Any) -> None:
    admin: Page = await staff_page("bart")
    await admin.goto("/console/twijfels")
    groups = admin.locator("form[data-doubts]")
    before = await admin.locator("#doubt-counts b").all_inner_texts()
    boxes = groups.first.locator("input[type=checkbox]")
    count = await boxes.count()
    if count > 1:
        await boxes.first.uncheck()
    await groups.first.locator("h2").click()
    await admin.keyboard.press("j")
    await expect(groups.nth(1)).to_be_focused()
    await admin.keyboard.press("k")
    await expect(groups.first).to_be_focused()
    await admin.keyboard.press("1")
    named = count - 1 if count > 1 else 1
    await expect(admin.locator("#doubt-counts b").first).to_have_text(str(int(before[0]) - named))
    await expect(admin.locator("#doubt-counts b").nth(1)).to_have_text(str(int(before[1]) + named))


async def test_doubts_are_named_without_scripts(staff_page: Any) -> None:
    admin: Page = await staff_page("bart", java_script_enabled=False)
    await admin.goto("/console/twijfels")
    before = int(await admin.locator("#doubt-counts b").first.inner_text())
    group = admin.locator("form[data-doubts]").last
    size = await group.locator("input[type=checkbox]").count()
    await group.locator("select").select_option("complaint")
    await group.get_by_role("button", name="Bewaar").click()
    await expect(admin.locator("#doubt-counts b").first).to_have_text(str(before - size))
