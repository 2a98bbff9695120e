"""A sentence model of somebody's own: a small real ONNX model, made here, in the place of the encoder that comes with us."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper, save_model

from nlu import ModelError, Vocabulary, load, train
from nlu.embedding_pool import EmbeddingPool
from nlu.encoders import E5, EncoderError, encoder_of
from nlu.text import clean, words
from nlu.tokenizer_file import TokenizerError, read_tokenizer
from nlu.training_data import load_examples

WIDTH = 48
MARKS = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3}


def word_pieces(vocabulary: dict[str, int]) -> dict[str, Any]:
    """A tokenizer file of BERT's family."""
    return {
        "normalizer": {"type": "BertNormalizer", "lowercase": True, "strip_accents": None},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
            ],
            "special_tokens": {name: {"ids": [MARKS[name]]} for name in ("[CLS]", "[SEP]")},
        },
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "vocab": vocabulary,
        },
    }


def write_model(
    folder: Path, tokens: int, *, inputs: tuple[str, ...] = ("input_ids", "attention_mask")
) -> None:
    """An ONNX model that gives every token a row of its own, by chance."""
    rows = np.random.default_rng(3).standard_normal((tokens, WIDTH)).astype(np.float32)
    shape: list[str | int | None] = ["messages", "length"]
    graph = helper.make_graph(
        [helper.make_node("Gather", ["rows", inputs[0]], ["last_hidden_state"], axis=0)],
        "words",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in inputs],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*shape, WIDTH])],
        [numpy_helper.from_array(rows, "rows")],
    )
    save_model(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8),
        str(folder / "model.onnx"),
    )


@pytest.fixture(scope="module")
def folder(small_training: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    known = sorted({word for example in load_examples(small_training) for word in words(clean(example.text))})
    vocabulary = MARKS | {word: number for number, word in enumerate(known, len(MARKS))}
    (folder / "tokenizer.json").write_text(json.dumps(word_pieces(vocabulary)), encoding="utf-8")
    write_model(folder, len(vocabulary))
    return folder


@pytest.fixture(scope="module")
def model(folder: Path, small_training: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model trained with the encoder in `folder`."""
    path = tmp_path_factory.mktemp("model") / "model.npz"
    assert train(small_training, path, encoder=encoder_of(folder)).uses_embeddings
    return path


def test_a_folder_embeds(folder: Path) -> None:
    embedder = encoder_of(folder).open(folder)
    assert embedder.width == WIDTH
    one, same, other = (
        embedder.embed(text) for text in ("wat kost dat", "Wat kost dát", "ik zoek een cursus")
    )
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-4)
    assert float(one @ same) > 0.999
    assert float(one @ other) < 0.9
    assert embedder.glance_width == 0
    with pytest.raises(ValueError, match="no glance"):
        embedder.glance("hallo")
    together = embedder.embed_all(["wat kost dat", "ik zoek een cursus", "hallo", "\0"])
    assert np.allclose(together[0], one, atol=1e-5)


def test_a_prefix_is_put_before_every_message(folder: Path) -> None:
    plain, prefixed = encoder_of(folder), encoder_of(folder, "wat ")
    assert np.allclose(prefixed.open(folder).embed("kost dat"), plain.open(folder).embed("wat kost dat"))
    assert plain.fingerprint() != prefixed.fingerprint() != E5.fingerprint()


def test_a_worker_loads_it(folder: Path) -> None:
    with EmbeddingPool(folder, encoder_of(folder, "query: ")) as pool:
        assert pool.wait()
        here = encoder_of(folder, "query: ").open(folder)
        assert np.allclose(pool.embed("wat kost dat"), here.embed("wat kost dat"), atol=1e-5)


def test_a_model_works_only_with_the_encoder_it_was_trained_with(
    folder: Path, model: Path, vocabulary: Vocabulary
) -> None:
    own = encoder_of(folder)
    assert (model.parent / own.cache_name).exists()
    understander = load(model, vocabulary, encoder=own)
    assert understander.uses_embeddings
    assert understander.understand("wat kost een cursus").intent == "course_price"
    with pytest.raises(ModelError, match="e5-small-6 is set; train it with: python -m bot train"):
        load(model, vocabulary)
    with pytest.raises(ModelError, match=f"{own.fingerprint()}, and onnx-"):
        load(model, vocabulary, encoder=encoder_of(folder, "query: "))


def test_an_encoder_that_went_away_leaves_words_and_letters(
    model: Path, tmp_path: Path, vocabulary: Vocabulary, caplog: pytest.LogCaptureFixture
) -> None:
    understander = load(model, vocabulary, encoder=encoder_of(tmp_path / "gone"))
    assert not understander.uses_embeddings
    assert understander.understand("hallo").intent == "smalltalk"
    assert "there is no model.onnx" in caplog.text


@pytest.mark.parametrize("inputs", [("ids",), ("input_ids", "pixels")])
def test_another_kind_of_model_is_told(folder: Path, tmp_path: Path, inputs: tuple[str, ...]) -> None:
    (tmp_path / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    write_model(tmp_path, 10, inputs=inputs)
    with pytest.raises(EncoderError, match="not a sentence model"):
        encoder_of(tmp_path).open(tmp_path)


def test_word_pieces_are_cut_from_the_front(tmp_path: Path) -> None:
    names = ("cur", "##sus", "##sen", "!", "学", "e", "##en")
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(word_pieces(MARKS | {name: n for n, name in enumerate(names, 4)})))
    tokenizer = read_tokenizer(path)
    assert tokenizer.ids("Cursus één!", longest=96) == [2, 4, 5, 9, 10, 7, 3]
    assert tokenizer.ids("学cursussen", longest=96) == [2, 8, 4, 5, 6, 3]
    assert tokenizer.ids("vreemd", longest=96) == [2, 1, 3]
    assert tokenizer.ids("x" * 500, longest=96) == [2, 1, 3]
    assert len(tokenizer.ids("cur " * 500, longest=96)) == 96


def test_unigrams_take_the_likeliest_cut(tmp_path: Path) -> None:
    pieces = [["<unk>", 0.0], ["▁les", -1.0], ["▁l", -3.0], ["es", -3.0], ["sen", -2.0], ["▁", -4.0]]
    path = tmp_path / "tokenizer.json"
    content = {
        "normalizer": None,
        "post_processor": {"type": "RobertaProcessing", "cls": ["<s>", 10], "sep": ["</s>", 11]},
        "model": {"type": "Unigram", "unk_id": 0, "vocab": pieces},
    }
    path.write_text(json.dumps(content))
    assert read_tokenizer(path).ids("les lessen", longest=96) == [10, 1, 1, 4, 11]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "cannot be read"),
        ('{"model": {"type": "BPE"}}', "only WordPiece and Unigram"),
        ('{"model": {"type": "WordPiece", "vocab": {"[UNK]": 0}}, "normalizer": null}', "cannot be read"),
        ('{"model": {"type": "Unigram", "vocab": []}, "post_processor": null}', "marks"),
    ],
)
def test_other_tokenizers_are_told(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(content)
    with pytest.raises(TokenizerError, match=told):
        read_tokenizer(path)
