"""Step 7, data: kinds of work orders, who handles them and within what time, read from one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from common.errors import Invalid
from desk.kinds import Origin


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class OrderType(_Data):
    """One type. `policy`: a reply must name its basis. `restricted`: only the access list sees it whole."""

    name: str
    policy: bool = False
    restricted: bool = False


class Unit(_Data):
    """A bureau or department that handles orders; a restricted one gets restricted orders."""

    name: str
    restricted: bool = False


class DispatchRule(_Data):
    """Orders of this type and class go to `unit`; what is absent matches everything."""

    type: str | None = None
    category: Annotated[str | None, Field(alias="class")] = None
    subcategory: Annotated[str | None, Field(alias="subclass")] = None
    unit: str


class Limit(_Data):
    """Working days until the reply. `source` names the rule that sets it."""

    type: str
    days: Annotated[int, Field(ge=1)]
    origin: Origin | None = None
    region: str | None = None
    category: Annotated[str | None, Field(alias="class")] = None
    subcategory: Annotated[str | None, Field(alias="subclass")] = None
    source: str | None = None


class Handling(_Data):
    """Terms for units (working days; hours for the urgent), and how often a reply is redone or a call tried."""

    sign_days: int
    urgent_sign_hours: int
    return_days: int
    reworks: int
    contact_attempts: int


class Catalogue(_Data):
    """Everything that the life cycle of an order takes from data."""

    types: dict[str, OrderType]
    classes: dict[str, tuple[str, ...]]
    units: dict[str, Unit]
    dispatch: tuple[DispatchRule, ...]
    limits: tuple[Limit, ...]
    handling: Handling

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        unknown = {rule.unit for rule in self.dispatch} - set(self.units)
        unknown |= {limit.type for limit in self.limits} - set(self.types)
        unlimited = {kind for kind in self.types if not any(_is_plain(limit, kind) for limit in self.limits)}
        if unknown or unlimited:
            raise ValueError(f"unknown: {sorted(unknown)}, without a limit: {sorted(unlimited)}")
        return self

    def check(self, kind: str, category: str, subcategory: str) -> OrderType:
        """The type. Raises Invalid for an unknown type, class or sub-class."""
        if kind not in self.types:
            raise Invalid("没有这种工单类型。")
        if subcategory not in self.classes.get(category, ()):
            raise Invalid("没有这个工单分类。")
        return self.types[kind]

    def check_unit(self, unit: str, *, restricted: bool) -> str:
        """The unit's code. Raises Invalid for an unknown one, or one that may not get restricted orders."""
        if unit not in self.units:
            raise Invalid("没有这个承办单位。")
        if restricted and not self.units[unit].restricted:
            raise Invalid("举报和廉政类工单只能派给指定的受理部门。")
        return unit

    def unit_for(self, kind: str, category: str, subcategory: str) -> str:
        """Who handles such an order, by the dispatch catalogue."""
        wanted = (kind, category, subcategory)
        for rule in self.dispatch:
            if _agree((rule.type, rule.category, rule.subcategory), wanted):
                return rule.unit
        raise Invalid("派单目录里没有对应的承办单位。")

    def limit_for(
        self, kind: str, category: str, subcategory: str, *, origin: Origin, region: str | None
    ) -> Limit:
        """The narrowest limit that fits: by region, then origin, then class."""
        wanted = (region, origin, category, subcategory)
        fitting = [limit for limit in self.limits if limit.type == kind and _agree(_scope(limit), wanted)]
        return max(fitting, key=lambda limit: [part is not None for part in _scope(limit)])


def load_catalogue(path: Path) -> Catalogue:
    """The catalogue in a YAML file. Raises pydantic's ValidationError."""
    return Catalogue.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def _scope(limit: Limit) -> tuple[str | None, ...]:
    return limit.region, limit.origin, limit.category, limit.subcategory


def _is_plain(limit: Limit, kind: str) -> bool:
    return limit.type == kind and not any(_scope(limit))


def _agree(rule: tuple[str | None, ...], wanted: tuple[str | None, ...]) -> bool:
    return all(part is None or part == value for part, value in zip(rule, wanted, strict=True))


CATALOGUE: Final = load_catalogue(Path(__file__).with_name("catalogue.yaml"))
