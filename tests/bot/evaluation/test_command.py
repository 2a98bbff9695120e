"""The command: a table, and a page in the var folder."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.settings import Settings


def test_a_file_is_measured_and_a_page_written(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("LEERLIJN_VAR_DIR", str(settings.var_dir))
    file = tmp_path / "proef.jsonl"
    rows = [
        {"text": "graag spaans lassen", "intent": "find_course", "language": "nl", "tier": "information"},
        {"text": "STOP", "intent": "opt_out", "language": "nl", "channel": "sms", "tier": "service"},
        {"text": "dag prijs kost", "intent": "complaint", "language": "nl"},
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert main(["evaluate", str(file)]) == 0
    out = capsys.readouterr().out
    assert "intent                                        66.7%  2/3" in out
    assert "tier                                         100.0%  2/2" in out
    assert "complaint read as course_price" in out
    (page,) = (settings.var_dir / "reports").glob("evaluate-*.html")
    assert str(page) in out
    assert "De berichten in proef.jsonl" in page.read_text(encoding="utf-8")


def test_our_own_messages_are_measured_unseen(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("LEERLIJN_VAR_DIR", str(settings.var_dir))
    assert main(["evaluate"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("messages")
    assert int(lines[0].split()[-1]) > 100
    assert any(line.startswith("crisis recall") for line in lines)


def test_a_file_that_is_none_is_told_in_one_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("LEERLIJN_VAR_DIR", str(settings.var_dir))
    assert main(["evaluate", "no-such.jsonl"]) == 1
    assert "no-such.jsonl cannot be read" in capsys.readouterr().err
