"""What a person can do about an error, where its own words do not say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["advice"]

_BY_TYPE = {
    "model-missing": "服务里还没有可用的模型。请管理员用 policy-themes models promote 启用一个版本,再刷新本页。",
    "model-damaged": "模型文件不完整。请管理员重新安装,或用 policy-themes models rollback 换回上一个版本。",
    "model-foreign": "模型与程序版本不符。请管理员升级程序,或换回与之相配的模型版本。",
    "not-found": "结果只保留一天,过期后会自动删除。请回到“打标”重新上传。",
    "text-empty": "请粘贴要打标的正文,或者选择文件。",
}
_BY_STATUS = {
    404: "请检查地址是否完整,或从上方的导航重新进入。",
    413: "请把文件拆成几份再上传,或者把扫描图片较多的文件另存为只含文字的 .docx。",
    503: "请稍等片刻再试;若一直如此,请联系管理员。",
    500: "请重试一次;若仍然出错,请把出错的时间告诉管理员,日志里有详细记录。",
}


def advice(told: Mapping[str, Any]) -> str:
    """A sentence for the error told (as service.problems tells it), "" if its own words say what to do."""
    kind = str(told["type"]).rpartition(":")[2]
    return _BY_TYPE.get(kind) or _BY_STATUS.get(told["status"], "")
