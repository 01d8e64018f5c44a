"""What every shape of the API has in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class Shape(BaseModel):
    """An answer that can be read off one of our own records."""

    model_config = ConfigDict(from_attributes=True)


class Body(BaseModel):
    """A request's body: a key that nobody knows is a mistake and is refused."""

    model_config = ConfigDict(extra="forbid")
