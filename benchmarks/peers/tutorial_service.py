"""The usual tutorial behind FastAPI: jieba, TfidfVectorizer and OneVsRestClassifier, fitted on labels/ when it starts."""

import json
from pathlib import Path

import jieba
import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

LABELS = Path(__file__).parents[2] / "labels"


class Text(BaseModel):
    """What is sent."""

    text: str


def fitted() -> tuple:
    """The pipeline, and the names of its columns."""
    files = sorted(LABELS.glob("*.jsonl"))
    lines = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    items = [line for line in lines if "text" in line]
    names = sorted({name for item in items for name in item["themes"]})
    carried = np.array([[name in item["themes"] for name in names] for item in items], dtype=int)
    machine = OneVsRestClassifier(LogisticRegression(max_iter=1000))
    pipeline = make_pipeline(TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None), machine)
    return pipeline.fit([item["text"] for item in items], carried), names


pipeline, names = fitted()
app = FastAPI()


@app.post("/classify")
def classify(body: Text) -> dict:
    """The themes whose probability is a half or more."""
    probabilities = pipeline.predict_proba([body.text])[0]
    found = [(name, float(p)) for name, p in zip(names, probabilities, strict=True) if p >= 0.5]
    return {"themes": [{"name": name, "probability": p} for name, p in sorted(found, key=lambda one: -one[1])]}
