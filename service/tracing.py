"""OpenTelemetry, for those who collect traces: the extra `otel`, turned on by OTEL_EXPORTER_OTLP_ENDPOINT, the libraries' own setting.

A span a request with its operation, status and X-Request-ID, sent over HTTP in the background. What a request says is never in it; the
query of an address is left out too.
"""

from __future__ import annotations

import os
from typing import Any

from anyio import to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from policy_themes.errors import InputError

__all__ = ["is_traced", "require_tracing", "traced"]

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
UNTRACED = "/health/,/metrics,/static/"


def require_tracing() -> None:
    """Raises InputError where traces are asked for and the extra is not installed."""
    if _asked():
        try:
            import opentelemetry.exporter.otlp.proto.http
            import opentelemetry.instrumentation.asgi  # noqa: F401
        except ImportError as error:
            raise InputError(
                f"已设置 {_asked()},但缺少 {error.name};请运行 pip install 'policy-themes[otel]',或取消该变量",
                "traces are asked for, but their libraries are not installed: pip install 'policy-themes[otel]', or unset the variable",
                where=_asked(),
            ) from None


def is_traced() -> bool:
    """Whether traces are asked for."""
    return bool(_asked())


def traced(app: ASGIApp) -> ASGIApp:
    """`app` with a span for each request; `app` itself where no traces are asked for. To be called in the process that serves."""
    if not _asked():
        return app
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
    os.environ.setdefault("OTEL_SERVICE_NAME", "policy-themes")
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    spans: ASGIApp = OpenTelemetryMiddleware(
        app,
        excluded_urls=UNTRACED,
        server_request_hook=_without_query,
        tracer_provider=provider,
        http_capture_headers_server_response=["x-request-id"],
        exclude_spans=["receive", "send"],
    )

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        async def ended(message: Message) -> None:
            if message["type"] == "lifespan.shutdown.complete":  # uvicorn ends the process by a signal, without atexit
                await to_thread.run_sync(provider.shutdown)
            await send(message)

        await (app(scope, receive, ended) if scope["type"] == "lifespan" else spans(scope, receive, send))

    return application


def _asked() -> str:
    return next((name for name in ENDPOINTS if os.environ.get(name)), "")


def _without_query(span: Any, scope: dict[str, Any]) -> None:
    """Called by the middleware when a span begins."""
    span.set_attributes({"url.query": "", "url.full": scope["path"]})
