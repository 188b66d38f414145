"""The least a FastAPI service can do: the request and response models of POST /classify, and the same answer always."""

from fastapi import FastAPI

from service.schemas import ClassifyRequest, ClassifyResponse, SpanOut, ThemeOut

SENTENCE = SpanOut(start=14, end=33, text="新建公办幼儿园3所,新增学位900个。")
PLAIN = ClassifyResponse(
    themes=[
        ThemeOut(id="preschool", name="学前", probability=0.9312),
        ThemeOut(id="construction", name="基建", probability=0.8127),
        ThemeOut(id="teachers", name="教师", probability=0.7741),
    ],
    model="20260101-00000000",
)
FULL = PLAIN.model_copy(
    update={"themes": [theme.model_copy(update={"evidence": [SENTENCE]}) for theme in PLAIN.themes]}
)

app = FastAPI()


@app.post("/classify")
async def classify(body: ClassifyRequest) -> ClassifyResponse:
    """The three themes, with a sentence each where evidence is asked for."""
    return FULL if body.evidence else PLAIN
