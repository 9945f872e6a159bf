"""Step 3, Rasa without what it does not need here: TensorFlow, and the channels of eleven vendors.

Rasa imports every component and every channel it knows, used or not: half of its start-up time and two thirds of its
memory (docs/rasa-environment.md). `prepare` puts empty stand-ins in the places where that happens, and registers the
components that may appear in config.yml. A pipeline that names another one is refused when it is trained.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import types
from pathlib import Path

import structlog

COMPONENTS = (
    "rasa.core.policies.rule_policy",
    "rasa.nlu.classifiers.fallback_classifier",
    "rasa.nlu.extractors.entity_synonyms",
    "rasa.nlu.extractors.regex_entity_extractor",
)
STAND_INS = {
    "rasa.core.policies.ted_policy": ("TEDPolicy",),
    "rasa.nlu.classifiers.diet_classifier": ("DIETClassifier",),
    "rasa.nlu.selectors.response_selector": ("ResponseSelector",),
    "rasa.utils.tensorflow.callback": ("RasaModelCheckpoint", "RasaTrainingLogger"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator",),
}
CHANNEL_TYPES = ("CollectingOutputChannel", "InputChannel", "OutputChannel", "UserMessage")


def prepare() -> None:
    """Make `import rasa` lean and silent. To be called before anything of Rasa is imported."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    log_errors_only()
    for name, classes in STAND_INS.items():
        _stand_in(name, **{each: type(each, (), {"__module__": name}) for each in classes})
    _stand_in("rasa.engine.recipes.default_components", DEFAULT_COMPONENTS=[])
    _channels_without_vendors()
    for name in COMPONENTS:
        importlib.import_module(name)


def log_errors_only() -> None:
    """Errors and failed turns, without what people wrote. What old libraries warn of is of no use to an operator."""
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    # Some libraries reset the warnings' filters, so the warnings go to the log, and no further.
    logging.captureWarnings(capture=True)
    logging.getLogger("py.warnings").setLevel(logging.CRITICAL)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            _without_words,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )


def _without_words(_logger: object, _method: str, event: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in event.items() if "text" not in name}


def _stand_in(name: str, **attributes: object) -> types.ModuleType:
    module = types.ModuleType(name)
    vars(module).update(attributes)
    sys.modules[name] = module
    return module


def _channels_without_vendors() -> None:
    """`rasa.core.channels` with its base types alone; `rasa.core.channels.rest` can be imported as ever."""
    import rasa

    folder = Path(rasa.__file__).parent / "core" / "channels"
    package = _stand_in("rasa.core.channels", __path__=[str(folder)])
    base = importlib.import_module("rasa.core.channels.channel")
    for name in CHANNEL_TYPES:
        setattr(package, name, getattr(base, name))
