"""What `nlu.held_out` needs, from the settings and the model that is there."""

from collections.abc import Sequence

from bot.settings import Settings
from bot.understanding import encoder
from bot.vocabulary import vocabulary
from nlu.embedding_cache import EmbeddingCache
from nlu.held_out import Material
from nlu.language import LanguageGuesser, detector
from nlu.learn import embed, embed_names, open_encoder
from nlu.learnt import Learnt
from nlu.model_file import read
from nlu.training_data import Example


def material_of(settings: Settings, examples: Sequence[Example]) -> tuple[Material, str]:
    """These examples with the calibration of the model that is there, and its version. Raises nlu.ModelError."""
    learnt = Learnt.from_file(read(settings.model_path))
    beside = settings.var_dir
    beside.mkdir(parents=True, exist_ok=True)
    chosen = encoder(settings.nlu)
    embedder = open_encoder(beside, chosen)
    vectors = names = None
    if embedder is not None:
        vectors = embed(examples, embedder, EmbeddingCache(beside / chosen.cache_name))
        names = embed_names(examples, embedder)
    material = Material(
        examples=examples, vectors=vectors, names=names, embeds=embedder, vocabulary=vocabulary(),
        calibration=learnt.calibration, language=LanguageGuesser(detector(settings.nlu.language_detector)),
    )  # fmt: skip
    return material, learnt.version
