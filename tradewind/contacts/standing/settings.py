"""Weights and thresholds of scores, grades and life cycle: the usual ones, and those that a workspace has changed."""

from itertools import pairwise
from typing import Annotated, Any, Self

import orjson
import psycopg
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from tradewind.contacts import money

Days = Annotated[int, Field(ge=1, le=3650)]
Points = Annotated[int, Field(ge=0, le=100)]
Weight = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Amount = Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]
Four = Annotated[tuple[Amount, Amount, Amount, Amount], "class 2, 3, 4 and 5 from here on"]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Engagement(Part):
    """Most points for reading, for being quick, for replies and clicks; together 100 (product.md C6)."""

    opens: Points = 40
    speed: Points = 30
    depth: Points = 30
    high: Points = 80
    move: Annotated[int, Field(ge=1, le=100)] = 15  # a move of more is told

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.opens + self.speed + self.depth != 100:
            raise ValueError("Reading, speed and replies must make 100 together.")
        return self


class Intent(Part):
    """Points of each sign that somebody wants to buy; they halve every so many days."""

    question: Weight = 1.5
    read: Weight = 0.3
    click: Weight = 1.0
    cart: Weight = 1.0
    high: Weight = 5.0
    half_life_days: Days = 7


class Grade(Part):
    """Orders a month, over the last 90 days."""

    a_from: Annotated[float, Field(gt=0, le=1000)] = 3.0
    b_from: Annotated[float, Field(gt=0, le=1000)] = 1.0

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.a_from <= self.b_from:
            raise ValueError("Grade A must begin above grade B.")
        return self


class Classes(Part):
    """Recency, frequency and money from 1 to 5."""

    recency_days: tuple[Days, Days, Days, Days] = (14, 30, 60, 120)  # 5, 4, 3, 2 up to here; 1 after that
    orders_a_year: tuple[Days, Days, Days, Days] = (2, 4, 6, 12)
    spend_a_year: dict[str, Four] = Field({}, max_length=50)  # by currency; the usual where it has none

    @field_validator("recency_days", "orders_a_year")
    @classmethod
    def _rising(cls, values: tuple[float, ...]) -> tuple[float, ...]:
        return rising(values)

    @field_validator("spend_a_year")
    @classmethod
    def _of_currencies(cls, by_currency: dict[str, Four]) -> dict[str, Four]:
        for currency, values in by_currency.items():
            if currency not in money.currencies():
                raise ValueError(f"{currency[:20]} is no currency.")
            rising(values)
        return by_currency


class Stages(Part):
    """Days of the life cycle."""

    new: Days = 30
    growing: Days = 90
    at_risk: Days = 60  # so long without a sign
    sleeping: Days = 180

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not (self.new < self.growing and self.at_risk < self.sleeping):
            raise ValueError("New must end before growing, and at risk must come before sleeping.")
        return self


class Settings(Part):
    """All of it, as the workspace has it."""

    engagement: Engagement = Engagement()
    intent: Intent = Intent()
    grade: Grade = Grade()
    classes: Classes = Classes()
    stages: Stages = Stages()
    record_percent: Annotated[int, Field(ge=1, le=1000)] = 30
    currency: str = money.FALLBACK

    @field_validator("currency")
    @classmethod
    def _known(cls, code: str) -> str:
        if code not in money.currencies():
            raise ValueError(f"{code[:20]} is no currency.")
        return code

    def spend_a_year(self, currency: str) -> tuple[float, ...]:
        """The four thresholds in this currency, in major units."""
        return self.classes.spend_a_year.get(currency) or money.thresholds(currency)


def rising(values: tuple[float, ...]) -> tuple[float, ...]:
    if any(low >= high for low, high in pairwise(values)):
        raise ValueError("The four must rise from the first to the last.")
    return values


READ = """
SELECT workspace.country, standing_setting.settings::text FROM workspace
LEFT JOIN standing_setting ON standing_setting.workspace_id = workspace.id WHERE workspace.id = %s
"""


def of(cursor: psycopg.Cursor[Any], workspace_id: int) -> Settings:
    """The settings of a workspace; its currency is that of its country until somebody chooses another."""

    cursor.execute(READ, [workspace_id])
    country, saved = cursor.fetchone() or ("", None)
    return Settings.model_validate({"currency": money.of_country(country), **(orjson.loads(saved) if saved else {})})
