"""What becomes of files of somebody unknown: by their bytes, never by what they are called."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from channels import cleaning
from tests import files

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clean(tmp_path: Path) -> Any:
    """`clean(bytes)` is what the program says, and what it made."""

    def run(data: bytes) -> tuple[dict[str, Any], Path]:
        source, target = tmp_path / "source", tmp_path / "target"
        source.write_bytes(data)
        command = [sys.executable, "-m", "channels.cleaning", str(source), str(target)]
        done = subprocess.run(
            command, cwd=ROOT, env={}, capture_output=True, text=True, check=True, timeout=60
        )
        return json.loads(done.stdout), target

    return run


@pytest.mark.parametrize(
    ("kind", "mode", "media_type"),
    [
        ("JPEG", "RGB", "image/jpeg"), ("JPEG", "CMYK", "image/jpeg"), ("PNG", "RGB", "image/png"),
        ("PNG", "RGBA", "image/png"), ("PNG", "I;16", "image/png"), ("WEBP", "RGB", "image/jpeg"),
        ("WEBP", "RGBA", "image/png"), ("GIF", "P", "image/jpeg"),
    ],
)  # fmt: skip
def test_a_picture_is_drawn_anew_without_its_secrets(
    clean: Any, kind: str, mode: str, media_type: str
) -> None:
    told, made = clean(files.picture(kind, mode=mode))
    assert (told["kind"], told["media_type"]) == ("image", media_type)
    with Image.open(made) as picture:
        assert not picture.getexif()
        assert picture.size == ((480, 640) if kind != "GIF" else (640, 480))  # upright
    assert b"GeheimeCamera" not in made.read_bytes()
    with Image.open(made.with_name("target.preview")) as small:
        assert max(small.size) <= 480


def test_a_big_picture_becomes_a_sensible_one(clean: Any) -> None:
    _, made = clean(files.picture(size=(5000, 4000)))
    with Image.open(made) as picture:
        assert max(picture.size) == 2560


@pytest.mark.parametrize(
    ("form", "codec", "rate"),
    [
        ("ogg", "libopus", 48_000), ("mp3", "libmp3lame", 44_100), ("amr", "libopencore_amrnb", 8_000),
        ("webm", "libopus", 48_000), ("mp4", "aac", 44_100), ("wav", "pcm_s16le", 16_000),
    ],
)  # fmt: skip
def test_a_voice_note_becomes_what_every_browser_plays(clean: Any, form: str, codec: str, rate: int) -> None:
    told, made = clean(files.recording(form, codec, rate))
    assert (told["kind"], told["media_type"], told["extension"]) == ("audio", "audio/mp4", "m4a")
    assert told["seconds"] == pytest.approx(1.0, abs=0.2)
    with av.open(str(made)) as played:
        assert played.streams.audio[0].codec_context.name == "aac"
        assert sum(frame.samples for frame in played.decode(audio=0)) > 30_000
    assert b"keuken" not in made.read_bytes()


def test_a_film_keeps_its_frames_and_loses_its_place(clean: Any) -> None:
    told, made = clean(files.film())
    assert (told["kind"], told["media_type"]) == ("video", "video/mp4")
    assert b"+51.0000" not in made.read_bytes()
    with av.open(str(made)) as played:
        assert len(list(played.decode(video=0))) == 5


@pytest.mark.parametrize(
    ("make", "extension"),
    [
        (lambda: files.PDF, "pdf"),
        (files.letter, "docx"),
        (files.open_letter, "odt"),
        (lambda: b"Received: from x\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>", "eml"),
    ],
    ids=["pdf", "docx", "odt", "mail"],
)
def test_a_document_stays_as_it_is(clean: Any, make: Any, extension: str) -> None:
    data = make()
    told, made = clean(data)
    assert (told["kind"], told["extension"]) == ("document", extension)
    assert made.read_bytes() == data


REFUSED = {  # made when asked for: some take a while
    "nothing": (lambda: b"", cleaning.UNKNOWN),
    "svg": (lambda: files.SVG, cleaning.UNKNOWN),
    "html": (lambda: b"<!doctype html><script>alert(1)</script>", cleaning.UNKNOWN),
    "almost a pdf": (lambda: b"\n\n%PDF-1.7", cleaning.UNKNOWN),
    "windows program": (lambda: b"MZ\x90\x00" + b"\0" * 100, cleaning.UNKNOWN),
    "linux program": (lambda: b"\x7fELF" + b"\0" * 100, cleaning.UNKNOWN),
    "script": (lambda: b"#!/bin/sh\nrm -rf /", cleaning.UNKNOWN),
    "heic": (lambda: b"\0\0\0\x18ftypheic" + b"\0" * 100, cleaning.HEIC),
    "half a picture": (lambda: files.picture()[:300], cleaning.BROKEN),
    "an svg that says it is a jpeg": (lambda: b"\xff\xd8\xff" + files.SVG, cleaning.BROKEN),
    "no png": (lambda: b"\x89PNG\r\n\x1a\n" + b"x" * 200, cleaning.BROKEN),
    "50,000 pixels a side": (files.huge_png, cleaning.TOO_MANY_PIXELS),
    "9,000 pixels a side": (lambda: files.huge_png(9_000), cleaning.TOO_MANY_PIXELS),
    "no ogg": (lambda: b"OggS" + b"\0" * 200, cleaning.BROKEN),
    "half an ogg": (lambda: files.recording()[:60], cleaning.BROKEN),
    "a film of another kind": (lambda: files.film("libvpx-vp9", "webm"), cleaning.SILENT),
    "macros": (lambda: files.letter(**{"word/vbaProject.bin": b"x"}), cleaning.MACROS),
    "zip bomb": (lambda: files.letter(**{"word/media/x": b"\0" * 250_000_000}), cleaning.BOMB),
    "no zip": (lambda: b"PK\x03\x04" + b"\0" * 100, cleaning.BROKEN),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(clean: Any, name: str) -> None:
    make, why = REFUSED[name]
    told, made = clean(make())
    assert told == {"refused": why}
    assert not made.exists() or why in (cleaning.SILENT, cleaning.BROKEN)


def test_any_other_zip_is_refused(clean: Any) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../etc/cron.d/x", "x")
    assert clean(packed.getvalue())[0] == {"refused": cleaning.UNKNOWN}


def test_what_is_two_things_at_once_stays_one(clean: Any) -> None:
    """A picture with a program or a page behind it: only the picture is drawn anew."""
    told, made = clean(files.picture() + b"<script>alert(1)</script>PK\x03\x04")
    assert told["media_type"] == "image/jpeg"
    assert b"script" not in made.read_bytes()
