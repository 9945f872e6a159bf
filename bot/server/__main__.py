"""Step 3, start: `python -m bot.server --model FILE --port PORT`. Loads the model, then listens on loopback.

A model that cannot be loaded ends the process with an error; whoever supervises it sees that.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.server import lean

BOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
KEEP_ALIVE = 120
STOP_PATIENCE = 3.0


def main() -> None:
    """Serve one model until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="bot.server", description="Serve Tongda's Rasa model on loopback.")
    parser.add_argument("--model", type=Path, required=True, help="model file made by bot.server.train")
    parser.add_argument("--port", type=int, required=True, help="loopback port to listen on")
    options = parser.parse_args()
    lean.prepare()
    _serve(options.model, options.port)


def _serve(model: Path, port: int) -> None:
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import register
    from rasa.core.channels.rest import RestInput
    from sanic import Sanic

    from bot.server import runner
    from bot.server.actions import ActionEndpoint, compile_validator
    from bot.server.tracker_store import ForgetfulTrackerStore

    compile_validator()
    runner.install()
    endpoint = ActionEndpoint.read(BOT / "endpoints.yml")
    app = Sanic("tongda_bot", configure_logging=False)
    app.config.KEEP_ALIVE_TIMEOUT = KEEP_ALIVE
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = STOP_PATIENCE
    app.ctx.agent = Agent.load(model, tracker_store=ForgetfulTrackerStore(None), action_endpoint=endpoint)
    register([RestInput.from_credentials(None)], app, route="/webhooks/")
    app.run(host=HOST, port=port, workers=1, access_log=False, motd=False)


if __name__ == "__main__":
    main()
