"""The web page where a person plays anybody in this Slack: no build step, no outside resources."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

FOLDER = Path(__file__).parent
SCRIPTS = ("page.js", "blocks.js", "chart.js", "clock.js", "dom.js", "inputs.js", "text.js")
FILES = {
    "page.css": "text/css",
    "emoji.json": "application/json",
    **dict.fromkeys(SCRIPTS, "text/javascript"),
}
PLAIN = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
POLICY = "default-src 'self'; img-src 'self' https: data:; style-src 'self'; script-src 'self'"


def page_routes() -> list[Route]:
    """The page at `/`, its files, and permalinks that lead to it."""
    return [
        Route("/", _index, methods=["GET"]),
        Route("/page/{name}", _file, methods=["GET"]),
        Route("/archives/{channel}/{message}", _permalink, methods=["GET"]),
    ]


async def _index(_: Request) -> Response:
    headers = {"Content-Security-Policy": POLICY, **PLAIN}
    return FileResponse(FOLDER / "index.html", media_type="text/html", headers=headers)


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in FILES:
        return Response("not found", 404)
    return FileResponse(
        FOLDER / name, media_type=FILES[name], headers={"Cache-Control": "no-cache"}
    )


async def _permalink(request: Request) -> Response:
    channel, message = request.path_params["channel"], request.path_params["message"]
    return RedirectResponse(f"/#{channel}/{message}")
