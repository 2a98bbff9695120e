"""What `nlu.held_out` needs, from the settings and the model that is there."""

from collections.abc import Sequence

from bot.settings import Settings
from bot.understanding import encoder
from bot.vocabulary import vocabulary
from nlu.encoders import EncoderError
from nlu.engine import Embeds, Learnt
from nlu.held_out import Material
from nlu.language import LanguageGuesser, detector
from nlu.learn import embed
from nlu.model_file import read
from nlu.training_data import Example
from nlu.understander import open_here


def material_of(settings: Settings, examples: Sequence[Example]) -> tuple[Material, str]:
    """These examples with the calibration of the model that is there, and its version. Raises nlu.ModelError."""
    learnt = Learnt.from_file(read(settings.model_path))
    beside = settings.var_dir
    beside.mkdir(parents=True, exist_ok=True)
    chosen = encoder(settings.nlu)
    vectors = embed(examples, beside, encoder=chosen)
    embeds: Embeds | None = None
    if vectors is not None:
        try:
            embeds = open_here(chosen, beside)
        except EncoderError:
            embeds = None  # `embed` has told about it
    material = Material(
        examples=examples, vectors=vectors, embeds=embeds, vocabulary=vocabulary(),
        calibration=learnt.calibration, language=LanguageGuesser(detector(settings.nlu.language_detector)),
    )  # fmt: skip
    return material, learnt.version
