"""Wiring, HTTP: the built pages: the taxpayer's at /, the staff console at /console/, the embeddable script."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from app.settings import ROOT

DIST: Final = ROOT / "web" / "dist"
NOT_BUILT: Final = "页面还没有构建，请先运行 make setup。"


def mount(app: FastAPI) -> None:
    """Serve what the page build made."""

    @app.get("/widget.js", include_in_schema=False)
    def widget() -> Response:
        return _file(DIST / "widget.js")

    @app.get("/", include_in_schema=False)
    def chat() -> Response:
        return _file(DIST / "chat" / "index.html")

    @app.get("/privacy", include_in_schema=False)
    def privacy() -> Response:
        return _file(DIST / "chat" / "privacy.html")

    @app.get("/console", include_in_schema=False)
    @app.get("/console/{path:path}", include_in_schema=False)
    def console(path: str = "") -> Response:
        """The console routes by itself: what is no file is its page."""
        folder = DIST / "console"
        file = (folder / path).resolve()
        inside = file.is_relative_to(folder.resolve()) and file.is_file()
        return _file(file if inside else folder / "index.html")

    if (DIST / "chat").is_dir():
        app.mount("/", StaticFiles(directory=DIST / "chat"), name="chat")


def _file(path: Path) -> Response:
    return FileResponse(path) if path.is_file() else PlainTextResponse(NOT_BUILT, status_code=503)
