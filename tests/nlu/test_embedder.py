"""The sentence encoder, built from the installed weights: like messages lie together, whatever their language."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import save_model

from nlu import e5_graph, e5_weights
from nlu.e5_model import E5Input, E5Model
from nlu.e5_sentences import SENTENCES
from nlu.e5_tokens import Tokenizer
from nlu.e5_weights import WeightsError, read_weights, weights_path
from nlu.embedder import Embedder, unit
from nlu.embedding_cache import EmbeddingCache
from nlu.encoders import E5


@pytest.fixture(scope="module")
def embedder(encoder_folder: Path) -> Embedder:
    return E5.open(encoder_folder)


def test_the_same_question_in_other_languages_is_near(embedder: Embedder) -> None:
    asked = embedder.embed("Hoeveel kost de cursus?")
    same = ["Combien coûte le cours ?", "How much is the course?", "كم سعر الدورة؟", "Скільки коштує курс?"]
    others = ["Ik wil mijn afspraak annuleren", "Je veux parler à quelqu'un", "Ik woon in Gent"]
    nearest_other = max(float(asked @ embedder.embed(text)) for text in others)
    assert all(float(asked @ embedder.embed(text)) > nearest_other for text in same)


def test_rounding_costs_little(embedder: Embedder, tmp_path: Path) -> None:
    """Centred, as the classifier sees them, the rows of the int8 graph point where those without rounding do."""
    exact = e5_graph._Exact(read_weights(weights_path()))
    save_model(exact.model(), str(tmp_path / "exact.onnx"))
    unrounded = Embedder(E5Model(tmp_path / "exact.onnx"))
    texts = [
        "Hoeveel kost de cursus?",
        "ik wil stoppe me roken",
        "Où est la gare ?",
        "Я не понимаю",
        "شكرا",
        "hey",
    ]
    texts += [
        "can I pay later",
        "Ik kan morgen niet komen",
        "wie helpt mij met een brief",
        "نعم",
        "Nein danke",
        "?",
    ]
    rows = np.array([embedder.embed(text) for text in texts])
    wanted = np.array([unrounded.embed(text) for text in texts])
    mean = wanted.mean(axis=0)
    assert (unit(rows - mean) * unit(wanted - mean)).sum(axis=1).min() > 0.98


def test_embeddings_have_length_one(embedder: Embedder) -> None:
    row = embedder.embed("hallo")
    assert row.shape == (384,)
    assert float(np.linalg.norm(row)) == pytest.approx(1, abs=1e-4)


def test_rare_words_say_most_and_marks_nothing() -> None:
    reader = E5Input()
    ids = reader.ids("de boekhouding")
    (shares,) = reader.telling([ids])
    pieces = [reader.ids(word)[len(reader.ids("")) - 1 : -1] for word in ("de", "boekhouding")]
    common, rare = (max(shares[ids.index(piece)] for piece in part) for part in pieces)
    assert rare > 1.5 * common
    assert float(shares.sum()) == pytest.approx(1, abs=1e-5)
    assert max(shares[0], shares[1], shares[-1]) < 1e-4


def test_a_message_is_cut_as_its_words_are() -> None:
    tokenizer = Tokenizer(read_weights(weights_path(), only=frozenset()).tokens)
    for text in (*SENTENCES, "", " ", "☃☃ ☃", "a▁b▁▁ c"):
        normal = tokenizer._normal(text)
        assert tokenizer.ids(text, longest=400)[1:-1] == list(tokenizer._find_split(normal)), text


def test_together_is_as_alone(embedder: Embedder) -> None:
    texts = ["hallo", "wat kost dat", "ik zoek een cursus", "wat is dat", ""]
    together = embedder.parted(embedder.embed_all(texts))
    assert together.glance is not None
    for rows, one in ((together.whole, embedder.embed), (together.glance, embedder.glance)):
        alone = np.array([one(text) for text in texts])
        assert (rows * alone).sum(axis=1).min() > 0.98  # int8 scales differ a little between batches


def test_a_glance_is_the_first_half_of_the_whole(embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = embedder.embed("ik zoek een cursus Spaans")
    glance = embedder.glance("ik zoek een cursus Spaans")
    assert glance.shape == (embedder.glance_width,)
    assert float(np.linalg.norm(glance)) == pytest.approx(1, abs=1e-4)
    started: list[object] = []
    monkeypatch.setattr(type(embedder._model), "start", lambda *given: started.append(given))
    assert np.array_equal(embedder.embed("ik zoek een cursus Spaans"), at_once)
    assert not started  # the rest was computed, not the first half again


def test_a_very_long_message_is_cut(embedder: Embedder) -> None:
    assert np.isfinite(embedder.embed("woord " * 5_000)).all()


def test_the_cache_embeds_only_what_is_new(
    embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    real = embedder.embed_all

    def counted(texts: list[str], **options: object) -> object:
        asked.append(list(texts))
        return real(texts)

    monkeypatch.setattr(embedder, "embed_all", counted)
    cache = EmbeddingCache(tmp_path / "cache.npz")
    first = cache.rows(["a", "b"], embedder, tell=lambda _: None)
    again = cache.rows(["b", "c", "a"], embedder, tell=lambda _: None)
    assert asked == [["a", "b"], ["c"]]
    assert np.array_equal(again[2], first[0])


def test_missing_weights_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(e5_weights, "_PACKAGE", "no_such_package_here")
    with pytest.raises(WeightsError, match="not installed"):
        weights_path()


def test_a_wrong_weight_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "wrong.bin"
    path.write_bytes(b"E5S1" + b"\x00" * 200)
    with pytest.raises(WeightsError, match="known layout"):
        read_weights(path)


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800 hallo", "🏳️‍🌈" * 2_000, "x" * 100_000, " ", "\u202e"])
def test_hostile_messages_are_embedded(embedder: Embedder, text: str) -> None:
    assert np.isfinite(embedder.embed(text)).all()


def test_a_glance_holds_the_mean_and_the_peaks_of_what_was_said(embedder: Embedder) -> None:
    said, width = embedder.glance("Ik zoek een naailes in Gent"), embedder.width
    means, peaks = said[:width], said[width:]
    assert np.linalg.norm(peaks) == pytest.approx(2 * np.linalg.norm(means), rel=1e-4)
    assert not np.allclose(peaks / 2, means, atol=1e-3)
    assert np.isfinite(embedder.glance("")).all(), "also of a message without words"
