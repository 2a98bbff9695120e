"""How messages begin: put before a few words, they make small training data of many messages."""

STARTS = (
    "dag",
    "hallo",
    "ik wil",
    "kan ik",
    "graag",
    "vraag over",
    "nog iets",
    "weet je",
    "help met",
    "zeg eens",
)
