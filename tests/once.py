"""What is costly is made once a run: by the first worker that needs it, while the others wait."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nlu.encoders import GRAPHS


@contextmanager
def making(path: Path) -> Iterator[bool]:
    """Whether `path` is still to be made, in this block, which one process at a time may enter.

    A block that fails leaves it to be made by the next.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.made")
    with path.with_name(f"{path.name}.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        missing = not made.exists()
        yield missing
        if missing:
            made.touch()


def lend_encoder(owner: Path, folder: Path) -> None:
    """Put the graphs of the sentence encoder, made in `owner`, into `folder` too."""
    for name in GRAPHS:
        (folder / name).hardlink_to(owner / name)
