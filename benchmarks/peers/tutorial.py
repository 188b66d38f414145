"""The usual tutorial: jieba, TfidfVectorizer, OneVsRestClassifier(LogisticRegression)."""

import sys
from pathlib import Path

import jieba
import numpy as np
from exchange import read, score_tests, themes
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

folder = Path(sys.argv[1])
jieba.setLogLevel(60)
train, names = read(folder / "train.jsonl"), list(themes(folder))
carried = np.array([[name in line["themes"] for name in names] for line in train], dtype=int)
machine = LogisticRegression(max_iter=1000, class_weight="balanced" if "balanced" in sys.argv else None)
pipeline = make_pipeline(TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None), OneVsRestClassifier(machine))
pipeline.fit([line["text"] for line in train], carried)
score_tests(folder, lambda lines: pipeline.predict_proba([line["text"] for line in lines]))
