"""Making a file of somebody unknown safe to keep: what the bytes say it is, only kinds we know, made anew where we can.

Runs as a process of its own (`python -m channels.cleaning SOURCE TARGET`) with bounds on memory, time and output: a
file that makes a decoder swell or crash takes nothing else down. Prints one JSON object: what it has become, or why
it was refused, in Dutch for staff.

    picture      jpeg, png, webp, gif: turned upright, at most 2,560 pixels a side, drawn anew without its metadata
                 (place, camera), and a small one beside it (TARGET.preview)
    sound        ogg/opus, mp3, m4a, amr, wav, webm: AAC in MP4, which every browser plays, without its metadata
    moving       mp4, mov, 3gp with H.264 or H.265: its own frames in a new MP4, without its metadata
    document     pdf, docx, odt, a whole mail: as it is, for download only; no macros, no zip bombs
"""

import json
import re
import resource
import sys
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

from data.translation import N_

MEMORY = 1_500_000_000  # bytes of address space
SECONDS = 60  # of processor
OUTPUT = 60_000_000  # bytes
PIXELS = 50_000_000
SIDE, PREVIEW_SIDE = 2560, 480  # pixels
LONGEST = 3600.0  # seconds of sound
UNPACKED, ENTRIES = 200_000_000, 2_000  # bytes and files in a zip

UNKNOWN = N_("dit soort bestand nemen we niet aan")
BROKEN = N_("het bestand is beschadigd of niet wat het zegt te zijn")
TOO_MANY_PIXELS = N_("de foto is te groot")
HEIC = N_("een foto als HEIC kunnen we niet nakijken; vraag ze als JPEG")
TOO_LONG = N_("de opname is te lang")
SILENT = N_("er is geen geluid of beeld in dat we kunnen afspelen")
MACROS = N_("het document bevat macro's")
BOMB = N_("het document is uitgepakt veel te groot")
PICTURES = {"JPEG": b"\xff\xd8\xff", "PNG": b"\x89PNG\r\n\x1a\n", "GIF": b"GIF8"}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
MAIL = re.compile(  # the first header of a mail that somebody kept whole because it could not be read
    rb"(Return-Path|Delivered-To|Received|From|Date|Message-ID|MIME-Version|X-[\w-]{1,40}): ", re.IGNORECASE
)
KEPT_VIDEO = {"h264", "hevc"}
COVERS = {"mjpeg", "png", "bmp"}  # a picture in a sound file, which is no film


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """What the file is now; `seconds` for what is played."""

    kind: str  # image · audio · video · document
    media_type: str
    extension: str
    seconds: float | None = None


class Refused(Exception):
    """We do not keep it; the sentence says why."""


def clean(source: Path, target: Path) -> Cleaned:
    """Write what may be kept to `target`. Raises Refused, or whatever a decoder trips over."""
    with source.open("rb") as file:
        head = file.read(64)
    for name, magic in PICTURES.items():
        if head.startswith(magic):
            return _picture(source, target, name)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _picture(source, target, "WEBP")
    if head.startswith(b"%PDF-"):
        return _document(source, target, "application/pdf", "pdf")
    if head.startswith(b"PK\x03\x04"):
        return _office(source, target)
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif"):
        raise Refused(HEIC)
    if MAIL.match(head):
        return _document(source, target, "message/rfc822", "eml")
    if _is_played(head):
        return _played(source, target)
    raise Refused(UNKNOWN)


def _is_played(head: bytes) -> bool:
    return (
        head.startswith((b"OggS", b"ID3", b"#!AMR", b"\x1aE\xdf\xa3"))
        or (head[:4] == b"RIFF" and head[8:12] == b"WAVE")
        or head[4:8] == b"ftyp"
        or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0)  # a frame of MP3 or AAC
    )


def _picture(source: Path, target: Path, name: str) -> Cleaned:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = PIXELS
    with Image.open(source, formats=[name]) as opened:
        if opened.width * opened.height > PIXELS:
            raise Refused(TOO_MANY_PIXELS)
        opened.draft("RGB", (SIDE, SIDE))  # a huge JPEG is decoded small
        picture = ImageOps.exif_transpose(opened)
        see_through = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
        picture = picture.convert("RGBA" if see_through else "RGB")
    picture.info.clear()
    picture.thumbnail((SIDE, SIDE))
    small = picture.copy()
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    background = Image.new("RGB", small.size, "white")
    background.paste(small, mask=small.getchannel("A") if see_through else None)
    background.save(target.with_name(target.name + ".preview"), "JPEG", quality=75)
    if see_through or name == "PNG":
        picture.save(target, "PNG", optimize=False)
        return Cleaned(kind="image", media_type="image/png", extension="png")
    picture.save(target, "JPEG", quality=86, optimize=True)
    return Cleaned(kind="image", media_type="image/jpeg", extension="jpg")


def _document(source: Path, target: Path, media_type: str, extension: str) -> Cleaned:
    target.write_bytes(source.read_bytes())
    return Cleaned(kind="document", media_type=media_type, extension=extension)


def _office(source: Path, target: Path) -> Cleaned:
    """A letter made with a word processor is a zip; any other zip is refused."""
    with zipfile.ZipFile(source) as packed:
        entries = packed.infolist()
        names = {entry.filename for entry in entries}
        odt = "mimetype" in names and packed.getinfo("mimetype").file_size == len(ODT)
        odt = odt and packed.read("mimetype") == ODT.encode()
    if not odt and not {"[Content_Types].xml", "word/document.xml"} <= names:
        raise Refused(UNKNOWN)
    if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > UNPACKED:
        raise Refused(BOMB)
    if any("vbaproject" in name.lower() or name.startswith(("Basic/", "Scripts/")) for name in names):
        raise Refused(MACROS)
    return _document(source, target, ODT if odt else DOCX, "odt" if odt else "docx")


def _played(source: Path, target: Path) -> Cleaned:
    import av

    with av.open(str(source), metadata_errors="ignore") as recording:
        films = [stream for stream in recording.streams.video if stream.codec_context.name not in COVERS]
        length = float(recording.duration or 0) / av.time_base
        if length > LONGEST:
            raise Refused(TOO_LONG)
        if films:
            return _film(recording, films[0], target)
        if not recording.streams.audio:
            raise Refused(SILENT)
        return _sound(recording, target)


def _sound(recording: "av.container.InputContainer", target: Path) -> Cleaned:  # type: ignore[name-defined]  # noqa: F821
    import av

    rate, seconds = 44100, 0.0
    with av.open(str(target), "w", format="mp4", options={"movflags": "faststart"}) as made:
        out = made.add_stream("aac", rate=rate, layout="mono", bit_rate=64_000)
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=rate)
        for frame in recording.decode(audio=0):
            frame.pts = None  # counted anew: a phone's own clock may jump
            for piece in resampler.resample(frame):
                seconds += piece.samples / rate
                if seconds > LONGEST:
                    raise Refused(TOO_LONG)
                made.mux(out.encode(piece))
        for piece in resampler.resample(None):
            made.mux(out.encode(piece))
        made.mux(out.encode(None))
    if not seconds:
        raise Refused(SILENT)
    return Cleaned(kind="audio", media_type="audio/mp4", extension="m4a", seconds=round(seconds, 1))


def _film(recording: "av.container.InputContainer", film: "av.VideoStream", target: Path) -> Cleaned:  # type: ignore[name-defined]  # noqa: F821
    import av

    kept = [film, *recording.streams.audio[:1]]
    names = [stream.codec_context.name for stream in kept]
    if names[0] not in KEPT_VIDEO or names[1:] not in ([], ["aac"], ["mp3"]):
        raise Refused(SILENT)
    with av.open(str(target), "w", format="mp4", options={"movflags": "faststart"}) as made:
        new = {stream.index: made.add_stream_from_template(stream) for stream in kept}
        for stream in new.values():
            stream.metadata.clear()
        for packet in recording.demux(kept):
            if packet.dts is not None:
                packet.stream = new[packet.stream.index]
                made.mux(packet)
    seconds = round(float(recording.duration or 0) / av.time_base, 1)
    return Cleaned(kind="video", media_type="video/mp4", extension="mp4", seconds=seconds)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = asdict(clean(Path(sys.argv[1]), Path(sys.argv[2])))
    except Refused as refused:
        answer = {"refused": str(refused)}
    except (
        Exception
    ) as error:  # a decoder may raise anything: whatever it is, the file is not what it should be
        answer = {"refused": TOO_MANY_PIXELS if "DecompressionBomb" in type(error).__name__ else BROKEN}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
