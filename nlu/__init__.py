"""Text in, meaning out: language, intent, slots, acts. A leaf package: it imports nothing else of Leerlijn."""

from nlu.learn import TrainReport, train
from nlu.model_file import ModelError
from nlu.training_data import TrainingDataError
from nlu.understander import Understander, load
from nlu.values import Hints, PlaceEntry, Slot, SubjectEntry, Understanding, Vocabulary

__all__ = [
    "Hints",
    "ModelError",
    "PlaceEntry",
    "Slot",
    "SubjectEntry",
    "TrainReport",
    "TrainingDataError",
    "Understander",
    "Understanding",
    "Vocabulary",
    "load",
    "train",
]
