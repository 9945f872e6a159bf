"""Step 1, web: what the widget sends, checked and normalised. Delivery needs no code: open pages read the desk."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from channels.intake_text import MAX_LENGTH, Prepared, prepare
from common.errors import Invalid
from common.masking import mask

CHANNEL: Final = "web"
_PHONE: Final = re.compile(r"(?:\+?86)?(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})")
_JUNK: Final = re.compile(r"[\s()（）]")

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class WrongPhone(Invalid):
    """A call-back needs a number that can be called."""

    code = "wrong_phone"
    message = "电话号码有误，请填写手机号或带区号的座机号。"


class Form(BaseModel):
    """Base of what the widget sends."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ConversationForm(Form):
    """A new conversation."""

    channel: Literal["web"] = "web"
    region: Annotated[Line | None, Field(max_length=60)] = None


class MessageForm(Form):
    """A message: a text, or the option that was chosen. The same id means the same message, however often sent."""

    client_message_id: UUID
    text: Annotated[str | None, Field(max_length=4 * MAX_LENGTH)] = None
    option_id: Annotated[str | None, Field(max_length=32)] = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.text is None) == (self.option_id is None):
            raise ValueError("either text or option_id")
        return self

    def prepared(self) -> Prepared:
        """The text as it may be stored. Raises TextTooLong, TextEmpty."""
        return Prepared("", frozenset()) if self.text is None else prepare(self.text)


class FeedbackForm(Form):
    """有用 or 没用 for one answer."""

    value: Literal["useful", "useless"]


class RatingForm(Form):
    """Five grades, 5 = 非常满意 … 1 = 非常不满意 (国办发〔2019〕51号)."""

    grade: Annotated[int, Field(ge=1, le=5)]
    comment: Line | None = None

    def masked_comment(self) -> str | None:
        """The comment as it may be stored."""
        return mask(self.comment).text if self.comment else None


class CallbackForm(Form):
    """Where to call back, and about what."""

    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=30)]
    note: Line | None = None

    def masked_note(self) -> str | None:
        """The note as it may be stored."""
        return mask(self.note).text if self.note else None

    def number(self) -> str:
        """The telephone number, digits only but for the area code's hyphen. Raises WrongPhone."""
        found = _PHONE.fullmatch(_JUNK.sub("", self.phone))
        if found is None:
            raise WrongPhone
        return found.group(1)
