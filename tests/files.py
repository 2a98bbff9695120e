"""Real files, made in the test: pictures, recordings and letters, and what only looks like them."""

import io
import struct
import zipfile
import zlib
from fractions import Fraction

import av
import numpy as np
from PIL import Image

GPS = {1: "N", 2: (51.0, 3.0, 0.0), 3: "E", 4: (3.0, 43.0, 0.0)}


def picture(kind: str = "JPEG", *, size: tuple[int, int] = (640, 480), mode: str = "RGB") -> bytes:
    """A picture; a JPEG also says where and with what it was taken, and that it lies on its side."""
    made = io.BytesIO()
    image = Image.new(mode, size, (0, 128, 128, 90) if mode == "RGBA" else "teal")
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x8825] = 6, "GeheimeCamera", GPS
    image.save(made, kind, **({"exif": exif} if kind in ("JPEG", "PNG", "WEBP") else {}))
    return made.getvalue()


def huge_png(side: int = 50_000) -> bytes:
    """A few hundred bytes that say they are side × side pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def recording(form: str = "ogg", codec: str = "libopus", rate: int = 48_000, seconds: float = 1.0) -> bytes:
    """A tone, as a phone would send a voice note."""
    made = io.BytesIO()
    with av.open(made, "w", format=form, options={}) as file:
        file.metadata["title"] = "thuis in de keuken"
        stream = file.add_stream(codec, rate=rate, layout="mono")
        wave = np.sin(np.arange(int(rate * seconds)) * 2 * np.pi * 440 / rate) * 8000
        frame = av.AudioFrame.from_ndarray(wave.astype(np.int16)[None, :], format="s16", layout="mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=rate)
        pieces = av.AudioFifo()
        for piece in resampler.resample(frame):
            pieces.write(piece)
        while (piece := pieces.read(stream.codec_context.frame_size or 1024, partial=True)) is not None:
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return made.getvalue()


def film(codec: str = "libx264", form: str = "mp4") -> bytes:
    """Half a second of a plain colour, with a place in its metadata."""
    made = io.BytesIO()
    with av.open(made, "w", format=form) as file:
        file.metadata["location"] = "+51.0000+003.7000/"
        stream = file.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt, stream.time_base = 64, 64, "yuv420p", Fraction(1, 10)
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return made.getvalue()


def letter(**more: bytes) -> bytes:
    """A .docx with what a word processor puts in it at least, and more."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("word/document.xml", "<w:document/>")
        for name, data in more.items():
            packed.writestr(name, data)
    return made.getvalue()


def open_letter() -> bytes:
    """An .odt."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        packed.writestr("content.xml", "<x/>")
    return made.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
