"""Step 4, as seen from Rasa: calls the action endpoint of the web process, without what makes that call slow.

Rasa checks the schema by which it checks an action's answer, anew for every answer: three quarters of a turn
(docs/rasa-environment.md). Here the validator is compiled once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.utils.io import read_config_file
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

CALL_TIMEOUT = 30
# Less than the 5 s after which uvicorn closes an idle connection: a call must not meet one that is just closing.
KEEP_ALIVE = 3


class ActionEndpoint(EndpointConfig):
    """The web process's action endpoint, spoken to over connections that are kept."""

    _session: aiohttp.ClientSession | None = None

    @classmethod
    def read(cls, file: Path) -> ActionEndpoint:
        """The endpoint that `endpoints.yml` names. No action of ours reads the domain, so none is sent along."""
        return cls(**read_config_file(file)["action_endpoint"], enable_selective_domain=True)

    async def request(self, method: str = "post", **kwargs: Any) -> Any:
        """Send one call and return the JSON that came back, as EndpointConfig does. Raises ClientResponseError."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=self.headers,
                timeout=aiohttp.ClientTimeout(total=CALL_TIMEOUT),
                connector=aiohttp.TCPConnector(keepalive_timeout=KEEP_ALIVE),
            )
        # rasa-sdk asks for a domain or for the digest of one that it was sent before; an empty one will do.
        call = {**kwargs["json"], "domain": {}}
        async with self._session.request(method, self.url, json=call) as response:
            if response.status >= 400:
                raise ClientResponseError(response.status, response.reason, await response.text())
            return await response.json()


def compile_validator() -> None:
    """Make Rasa validate actions' answers with one validator, made now."""
    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def validate(_action: RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate
