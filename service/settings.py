"""What can be set, each with its default; the environment names are the upper-case names after POLICY_THEMES_."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["Settings"]


class Settings(BaseSettings):
    """Limits and places of the service."""

    model_config = SettingsConfigDict(env_prefix="POLICY_THEMES_", frozen=True)

    models: Path | None = Field(default=None, description="模型文件夹 (models folder); default: the shipped one")
    labels: Path | None = Field(
        default=None, description="标注文件夹 (labels folder); default: labels/ beside the models folder"
    )
    database: SecretStr = Field(
        default=SecretStr(""),
        description="标注库 (label store): sqlite:///FILE or postgresql://...; default: store.db beside the labels folder",
    )
    local_key: SecretStr | None = Field(
        default=None,
        description="本机密钥,未建密钥时使用 (this machine's key while none are made); default: made at start",
    )
    max_body_bytes: int = Field(default=16_000_000, ge=1_000, description="请求体上限,字节 (request body, bytes)")
    max_text_characters: int = Field(
        default=100_000, ge=10, le=1_000_000, description="一段文本上限,字符 (one text, characters)"
    )
    max_batch: int = Field(default=1_000, ge=1, le=10_000, description="一批上限,段 (sections a batch)")
    max_document_bytes: int = Field(
        default=50_000_000, ge=1_000, le=100_000_000, description="上传文件上限,字节 (an uploaded document, bytes)"
    )
    document_seconds: float = Field(
        default=60, ge=1, le=600, description="处理一份文件的时限,秒 (time for one document, seconds)"
    )
    document_workers: int = Field(default=2, ge=1, le=64, description="读文件的进程 (processes that read documents)")
    pool_threads: int = Field(default=2, ge=1, le=64, description="处理大请求的线程 (threads for large requests)")
