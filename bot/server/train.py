"""Step 3, training: `python -m bot.server.train --out FILE`. The file appears whole or not at all."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import shutil
import sys
import tempfile
from pathlib import Path

from bot.server import lean

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> int:
    """Train from config.yml, bot/domain.yml and bot/data. The exit status is 0 only if the model was written."""
    parser = argparse.ArgumentParser(prog="bot.server.train", description="Train Tongda's Rasa model.")
    parser.add_argument("--out", type=Path, required=True, help="model file to write")
    out = parser.parse_args().out
    # Every input is in the model's name, so Rasa's own cache of training results would never be hit.
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    lean.prepare()
    with tempfile.TemporaryDirectory() as folder:
        model = _train(Path(folder))
        if model is None:
            return 1
        part = out.with_name(f".{out.name}.part")
        shutil.copyfile(model, part)
        part.replace(out)
    return 0


def _train(folder: Path) -> Path | None:
    from rasa.model_training import train

    # Rasa's progress bars and notes are shown only when they help to see what went wrong.
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        result = train(
            domain=str(ROOT / "bot" / "domain.yml"),
            config=str(ROOT / "config.yml"),
            training_files=[str(ROOT / "bot" / "data")],
            output=str(folder),
            fixed_model_name="model",
        )
    if result.code != 0 or result.model is None:
        sys.stderr.write(said.getvalue())
        return None
    return Path(result.model)


if __name__ == "__main__":
    sys.exit(main())
