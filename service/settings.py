"""What can be set, each with its default; the environment names are the upper-case names after POLICY_THEMES_."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from policy_themes.documents.limits import MAX_MEMBERS, MAX_PAGES
from policy_themes.errors import InputError
from service.problems import validation_error

__all__ = ["PREFIX", "Settings"]

PREFIX = "POLICY_THEMES_"


class Settings(BaseSettings):
    """Limits and places of the service. What is counted a process holds for each of `workers`; rates are divided among them."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    # Places.
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

    # How large.
    max_body_bytes: int = Field(default=16_000_000, ge=1_000, description="请求体上限,字节 (request body, bytes)")
    max_text_characters: int = Field(
        default=100_000, ge=10, le=1_000_000, description="一段文本上限,字符 (one text, characters)"
    )
    max_batch: int = Field(default=1_000, ge=1, le=10_000, description="一批上限,段 (sections a batch)")
    max_document_bytes: int = Field(
        default=50_000_000, ge=1_000, le=100_000_000, description="上传文件上限,字节 (an uploaded document, bytes)"
    )
    max_import_bytes: int = Field(
        default=101_000_000,
        ge=1_000,
        le=500_000_000,
        description="导入标注的请求体上限,字节 (the request body of an import of labels, bytes)",
    )
    max_files: int = Field(
        default=MAX_MEMBERS, ge=1, le=MAX_MEMBERS, description="一个压缩包内的文件数 (files an archive holds)"
    )
    max_pages: int = Field(
        default=MAX_PAGES, ge=1, le=MAX_PAGES, description="一份 PDF、OFD 的页数 (pages of a PDF or OFD)"
    )
    max_head_bytes: int = Field(
        default=65_536, ge=8_192, le=1_000_000, description="请求行与请求头,字节 (a request's line and headers, bytes)"
    )

    # How many at once.
    workers: int = Field(default=1, ge=1, le=64, description="工作进程数,同 serve --workers (worker processes)")
    max_requests: int = Field(
        default=1_000, ge=1, description="一个进程同时处理的请求 (requests under way at once in one process)"
    )
    document_workers: int = Field(
        default=2, ge=1, le=64, description="一个进程的读文件进程 (processes that read documents, for each worker)"
    )
    max_waiting: int = Field(
        default=200,
        ge=0,
        description="排队等读文件进程的文件与大请求 (documents and large requests that wait their turn)",
    )
    max_waiting_megabytes: int = Field(
        default=500, ge=1, description="它们合计的大小,MB;一个总能排上 (their size in all, MB; a single one always may)"
    )
    max_imports: int = Field(
        default=20, ge=1, description="未完成的导入任务,全部进程合计 (imports not yet done, over all processes)"
    )

    # How long.
    arrival_seconds: float = Field(
        default=10, ge=0.5, le=600, description="请求须在此时限内送到,秒 (a request must arrive within, seconds)"
    )
    arrival_pace: int = Field(
        default=4_000, ge=100, description="每送到这么多字节,宽限一秒 (and has a second more for so many bytes of it)"
    )
    wait_seconds: float = Field(
        default=60, ge=0.1, le=3600, description="排队的时限,秒 (time that a document waits its turn, seconds)"
    )
    document_seconds: float = Field(
        default=60, ge=1, le=600, description="处理一份文件的时限,秒 (time for one document, seconds)"
    )
    keep_alive_seconds: int = Field(
        default=90,
        ge=1,
        le=3600,
        description="空闲连接保持,秒;应长于代理的 (idle connections are kept, seconds; longer than a proxy keeps them)",
    )
    shutdown_seconds: int = Field(
        default=20,
        ge=1,
        le=600,
        description="停止时先做完已接受的请求,秒 (requests under way get when told to stop, seconds)",
    )

    # How often; 0: any number. An address counts only for requests without a good key.
    key_writes_per_minute: int = Field(
        default=1_200, ge=0, description="一个密钥每分钟的写入与上传,0 不限 (writes and uploads of a key, a minute)"
    )
    address_writes_per_minute: int = Field(
        default=600, ge=0, description="无密钥的一个地址,同上 (the same for an address without a key)"
    )
    key_requests_per_minute: int = Field(
        default=0, ge=0, description="一个密钥每分钟的查询与打标,0 不限 (reading and tagging of a key, a minute)"
    )
    address_requests_per_minute: int = Field(
        default=0, ge=0, description="无密钥的一个地址,同上 (the same for an address without a key)"
    )
    key_megabytes_per_minute: int = Field(
        default=2_000,
        ge=0,
        description="一个密钥每分钟写入与上传的 MB,0 不限 (megabytes a key writes and uploads, a minute)",
    )
    address_megabytes_per_minute: int = Field(
        default=1_000, ge=0, description="无密钥的一个地址,同上 (the same for an address without a key)"
    )

    # What is told.
    log_format: Literal["auto", "json", "plain", "off"] = Field(
        default="auto",
        description="日志格式:auto 在终端上为 plain,否则为 json (format of the log; auto: plain on a terminal, else json)",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="日志级别;info 每个请求一行,warning 只有故障 (info: a line a request; warning: only what went wrong)",
    )
    log_text: bool = Field(
        default=False, description="在日志中记下文本的前 200 字 (put the first 200 characters of texts into the log)"
    )
    metrics_open: bool = Field(
        default=False,
        description="谁都可以读 /metrics;否则本机可以,别处要 read 密钥 (/metrics without a key from elsewhere too)",
    )

    @classmethod
    def in_force(cls) -> Settings:
        """As the environment says. Raises InputError that names the variable at fault."""
        try:
            return cls()
        except ValidationError as error:
            fault = validation_error(error.errors(include_input=False))  # what was given may be a password
            see = "policy-themes settings --defaults"
            raise InputError(
                f"{fault.zh};可用的值见 {see}", f"{fault.en}; see `{see}`", where=f"{PREFIX}{fault.where.upper()}"
            ) from None
