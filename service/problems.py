"""Errors as bodies of application/problem+json (RFC 9457), one shape everywhere, and the one table from our errors to HTTP status codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from policy_themes.errors import InputError, ModelError, PolicyThemesError, PromotionRefused, TextError, TextTooLong
from service.refusals import Busy, Conflict, Forbidden, NotThere, StoreUnavailable, TooMany, Unauthorized

__all__ = ["RequestError", "plain_problem", "problem", "validation_error"]

STATUS: tuple[tuple[type[PolicyThemesError], int], ...] = (
    (TextTooLong, 413),
    (TextError, 422),
    (InputError, 422),
    (PromotionRefused, 409),
    (ModelError, 503),
    (StoreUnavailable, 503),
    (Busy, 503),
    (TooMany, 429),
    (Unauthorized, 401),
    (Forbidden, 403),
    (NotThere, 404),
    (Conflict, 409),
    (PolicyThemesError, 500),
)

TITLES = {
    400: "请求无法解析",
    401: "需要密钥",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这种请求方法",
    409: "现在不能这样做",
    413: "请求过大",
    415: "不接受这种内容类型",
    422: "请求内容有误",
    429: "请求过于频繁",
    500: "服务内部错误",
    503: "暂时无法提供服务",
}

# Of pydantic's error types, those that our request models can raise.
MESSAGES: Mapping[str, tuple[str, str]] = {
    "missing": ("缺少此字段", "is missing"),
    "extra_forbidden": ("没有这个字段", "is not a known field"),
    "string_type": ("应为字符串", "must be a string"),
    "string_unicode": (
        "含不成对的代理项,文本在转码时已损坏",
        "holds a lone surrogate; the text was damaged when converted",
    ),
    "int_type": ("应为整数", "must be a whole number"),
    "float_type": ("应为数字", "must be a number"),
    "bool_type": ("应为 true 或 false", "must be true or false"),
    "list_type": ("应为列表", "must be a list"),
    "dict_type": ("应为 JSON 对象", "must be a JSON object"),
    "model_type": ("应为 JSON 对象", "must be a JSON object"),
    "model_attributes_type": (
        "应为 JSON 对象,并带 content-type: application/json",
        "must be a JSON object sent as application/json",
    ),
    "value_error": ("含无法编码的字符", "holds a character that cannot be encoded"),
    "string_too_long": ("过长", "is too long"),
    "string_too_short": ("太短", "is too short"),
    "too_long": ("条数过多", "holds too many"),
    "too_short": ("不能为空", "must not be empty"),
    "literal_error": ("不是可用的值", "is none of the values there are"),
    "int_parsing": ("应为整数", "must be a whole number"),
    "bool_parsing": ("应为 true 或 false", "must be true or false"),
    "greater_than_equal": ("太小", "is too small"),
    "less_than_equal": ("太大", "is too large"),
    "finite_number": ("应为有限的数字", "must be a finite number"),
}

LIMITS = (
    ("ge", "≥ "),
    ("le", "≤ "),
    ("max_length", "长度 length ≤ "),
    ("min_length", "长度 length ≥ "),
    ("expected", ""),
)


class RequestError(InputError):
    """A request that is not what its operation takes."""

    code = "request"


def problem(error: PolicyThemesError) -> dict[str, Any]:
    """The body of an error's answer."""
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    if error.code == "media-type":
        status = 415
    body = {
        "type": f"urn:policy-themes:{error.code}",
        "title": TITLES[status],
        "status": status,
        "detail": error.zh,
        "detail_en": error.en,
    }
    return {**body, "where": error.where} if error.where else body


def validation_error(faults: Sequence[Mapping[str, Any]], place: Sequence[str | int] = ()) -> RequestError:
    """The first of pydantic's faults as an error of ours, its field put behind `place`.

    Our request models are flat, or lists of what is: what pydantic adds behind the field's name tells only how it tried to read it.
    """
    fault = faults[0]
    in_list = len(fault["loc"]) > 1 and isinstance(fault["loc"][1], int)
    steps = fault["loc"][: 3 if in_list else 1]
    zh, en = MESSAGES.get(fault["type"], (f"不符合要求:{fault['msg']}", str(fault["msg"])))
    limit = next((f"{sign}{bound}" for key, sign in LIMITS if (bound := fault.get("ctx", {}).get(key)) is not None), "")
    if limit:
        zh, en = f"{zh}(应{limit})", f"{en} (must be {limit})"
    return RequestError(zh, en, where=".".join(str(step) for step in (*place, *steps)))


def plain_problem(status: int, zh: str, en: str) -> dict[str, Any]:
    """The body of an answer that no error of ours stands behind."""
    title = TITLES.get(status, "请求未成功")
    return {"type": "about:blank", "title": title, "status": status, "detail": zh, "detail_en": en}
