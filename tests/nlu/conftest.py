"""A small vocabulary and a model trained on a small part of our own data; no database, no embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from nlu import PlaceEntry, SubjectEntry, Understander, Vocabulary, load
from nlu import learn as learning
from nlu.training_data import Example, load_examples
from tests.once import making

TRAINING = Path(__file__).parents[2] / "nlu" / "training"


def place(
    key: str, name: str, *postcodes: str, population: int = 20_000, aliases: tuple[str, ...] = ()
) -> PlaceEntry:
    return PlaceEntry(
        key=key,
        name=name,
        aliases=aliases,
        postcodes=postcodes,
        municipality=name,
        nis="1" + key[:4],
        lat=51.0,
        lon=4.0,
        population=population,
    )


PLACES = (
    place("gent", "Gent", "9000", population=260_000, aliases=("Ghent", "Gand", "Gandawa", "Гент", "غنت")),
    place("aalst", "Aalst", "9300", population=90_000, aliases=("Alost",)),
    place("aalst-3800", "Aalst", "3800", population=1_000),
    place("brussel", "Brussel", "1000", population=190_000, aliases=("Bruxelles", "Brussels", "بروكسل")),
    place("antwerpen", "Antwerpen", "2000", population=530_000, aliases=("Anvers", "Antwerp", "أنتويرب")),
    place("halle", "Halle", "1500", population=40_000),
    place("halen", "Halen", "3545", population=10_000),
    place("sint-niklaas", "Sint-Niklaas", "9100", population=80_000, aliases=("Saint-Nicolas",)),
    place("mechelen", "Mechelen", "2800", population=87_000, aliases=("Malines",)),
    place("turnhout", "Turnhout", "2300", population=46_000),
    place("nieuwkerken", "Nieuwkerken", "9100", population=0),
    place("nieuwkerken-b", "Nieuwkerken", "5310", population=0),
    place("heist", "Heist-op-den-Berg", "2220", population=43_000),
    place("dendermonde", "Dendermonde", "9200", population=46_000),
    place("as", "As", "3665", population=8_000),
    place("werken", "Werken", "8610", population=0),
    place("landen", "Landen", "3400", population=16_000),
)
SUBJECTS = (
    SubjectEntry(id="spaans", terms=("Spaans", "espagnol", "Spanish", "español")),
    SubjectEntry(id="frans", terms=("Frans", "français", "French")),
    SubjectEntry(id="boekhouden", terms=("boekhouden", "comptabilité", "bookkeeping")),
    SubjectEntry(id="naaien", terms=("naaien", "mode en naaien", "couture")),
    SubjectEntry(id="koken", terms=("koken", "cuisine", "cooking", "кухар")),
    SubjectEntry(id="lassen", terms=("lassen", "soudure", "welding", "spawanie", "spawacz")),
    SubjectEntry(id="zorg", terms=("zorgkundige", "verzorgende", "aide-soignant")),
    SubjectEntry(id="excel", terms=("Excel",)),
)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return Vocabulary(places=PLACES, subjects=SUBJECTS)


@pytest.fixture(scope="session")
def ours() -> Sequence[Example]:
    """All examples of nlu/training, read once a worker."""
    return load_examples(TRAINING)


@pytest.fixture(scope="session")
def small_training(run_folder: Path) -> Path:
    """At most twelve examples an intent in Dutch, French and English; written once a run."""
    folder = run_folder / "small-training"
    with making(folder) as missing:
        if missing:
            write_small_training(folder, load_examples(TRAINING))
    return folder


def write_small_training(folder: Path, examples: Sequence[Example]) -> None:
    folder.mkdir(exist_ok=True)
    kept: dict[str, dict[str, list[str]]] = {}
    for example in examples:
        rows = kept.setdefault(example.language, {}).setdefault(example.intent, [])
        if example.language in ("nl", "fr", "en") and len(rows) < 12 and "\n" not in example.text:
            rows.append(example.text)
    for language, intents in kept.items():
        blocks = [
            {"intent": name, "examples": "".join(f"- {row}\n" for row in rows)}
            for name, rows in intents.items()
            if rows
        ]
        if blocks:
            content = yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True)
            (folder / f"{language}.yml").write_text(content, encoding="utf-8")


@pytest.fixture(scope="session")
def small_model(small_training: Path, run_folder: Path) -> Path:
    """Trained once a run."""
    path = run_folder / "small-model" / "model.npz"
    with making(path) as missing, pytest.MonkeyPatch.context() as patch:
        if missing:
            patch.setattr(learning, "open_encoder", lambda *_, **__: None)
            learning.train(small_training, path)
    return path


@pytest.fixture(scope="session")
def understander(small_model: Path, vocabulary: Vocabulary) -> Understander:
    return load(small_model, vocabulary)
