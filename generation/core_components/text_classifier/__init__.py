"""A small text classifier: trained in seconds on some hundred labelled texts, saved as plain numbers, used anywhere.

classifier = TextClassifier.train(texts, labels, classes=["pass", "repair"])
classifier.save(folder)
TextClassifier.load(folder).predict(["The pump leaks."])[0].label
"""

from generation.core_components.text_classifier.scores import Scores, scores_of
from generation.core_components.text_classifier.text_classifier import Prediction, TextClassifier

__all__ = ["Prediction", "Scores", "TextClassifier", "scores_of"]
