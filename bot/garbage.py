"""What stays in memory for good is not looked through again and again.

Python's garbage collector goes through everything that lives whenever a quarter more has come: with hundreds of streams
open that stops every answer for some 190 ms, every five seconds. What is still there after a while of work (models, word
lists, statements made once) is set aside, so that the collector sees only what came since. What is set aside by chance
goes by its count of references like everything else; only rings of such objects would stay, and few are made.
"""

import asyncio
import gc

# seconds since the start: models are there, everybody came in, each page was opened
WARM = (0, 20, 60, 300, 1800)


async def set_aside() -> None:
    """Set aside what lives, at each of these moments."""
    before = 0
    for moment in WARM:
        await asyncio.sleep(moment - before)
        before = moment
        gc.collect()
        gc.freeze()
