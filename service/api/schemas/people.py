"""Signing in, sign-ins, tokens and people as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lifts.schema import LIFT_ID_PATTERN
from service.api.schemas.base import ONE_LINE, Body, Moment, Shape
from service.api.tags import TAG, tag_of
from service.domain.people import EVERYWHERE, Principal, Role
from service.store.records import SessionRecord, TokenRecord, UserRecord

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=ONE_LINE)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Secret = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=512)]
LiftId = Annotated[str, StringConstraints(pattern=LIFT_ID_PATTERN)]
Grants = Annotated[
    dict[Annotated[str, StringConstraints(pattern=rf"^\*$|{LIFT_ID_PATTERN}")], Role],
    Field(
        min_length=1,
        max_length=1000,
        description="Role by lift's id; `*`: on every lift.",
        examples=[{"*": "viewer"}],
    ),
]


class SignIn(Body):
    """A token, the key of a one-time link, or name and password; a code where there is a second factor."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"token": "bw_…"}]})

    token: Secret | None = None
    key: Secret | None = None
    name: Name | None = None
    password: Password | None = None
    code: Code | None = None


class PersonOut(BaseModel):
    """Who is signed in. lifts: the only ones that they may see, with their role on each; absent: all."""

    name: str
    role: Role
    lifts: dict[str, Role] | None = None
    user_id: str | None = Field(default=None, description="Of a person; absent for a token or link.")

    @classmethod
    def of(cls, principal: Principal) -> PersonOut:
        """Return somebody as JSON."""
        grants = principal.grants
        everywhere = grants is None or set(grants) == {EVERYWHERE}
        return cls(
            name=principal.name,
            role=principal.role,
            lifts=None if everywhere or grants is None else dict(grants),
            user_id=principal.user_id,
        )


class WaysInOut(BaseModel):
    """What the form for signing in asks for."""

    passwords: bool = Field(description="Whether there are people with a password.")
    openid: str | None = Field(description="What the OpenID provider is called; null: there is none.")


class ProofIn(Body):
    """Shows again who one is: the token, the password, or a code of the second factor."""

    token: Secret | None = None
    password: Password | None = None
    code: Code | None = None


class SignInOut(Shape):
    """One of one's own sign-ins."""

    id: str
    created_at: datetime | None
    used_at: datetime | None
    expires_at: datetime
    address: str = Field(description="Where from.")
    agent: str = Field(description="With which browser.")
    current: bool = Field(description="Whether it is the one that asks.")

    @classmethod
    def of(cls, record: SessionRecord, current: str | None) -> SignInOut:
        """Return a sign-in as JSON."""
        names = ("id", "created_at", "used_at", "expires_at", "address", "agent")
        return cls(**{name: getattr(record, name) for name in names}, current=record.id == current)


class SignInsOut(BaseModel):
    """One's own sign-ins, newest first."""

    items: list[SignInOut]


class TokenIn(Body):
    """A new token. lifts: the only ones that it is for; null: all. expires_at: with its zone; null: never."""

    name: Name
    role: Role
    lifts: Annotated[list[LiftId], Field(min_length=1, max_length=1000)] | None = None
    expires_at: Moment | None = None


class TokenOut(Shape):
    """A token as far as it may be shown."""

    id: str
    name: str
    role: Role
    lifts: list[str] | None = Field(description="The only lifts that it is for; null: all.")
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None = Field(description="To ten minutes.")
    revoked_at: datetime | None
    state: Literal["active", "expired", "revoked"]

    @classmethod
    def of(cls, record: TokenRecord, now: datetime) -> TokenOut:
        """Return a token as JSON."""
        state: Literal["active", "expired", "revoked"] = "active"
        if not record.is_good(now):
            state = "expired" if record.revoked_at is None else "revoked"
        names = ("id", "name", "role", "created_at", "expires_at", "used_at", "revoked_at")
        known = {name: getattr(record, name) for name in names}
        return cls(**known, lifts=None if record.lifts is None else list(record.lifts), state=state)


class NewTokenOut(TokenOut):
    """A new token: the only time that it is shown."""

    token: str


class TokensOut(BaseModel):
    """Every token, oldest first."""

    items: list[TokenOut]


class UserIn(Body):
    """A new person. Without a password a link signs them in the first time."""

    name: Name
    roles: Grants
    password: Password | None = None


class UserChange(Body):
    """What is to change of a person."""

    roles: Grants | None = None
    disabled: bool | None = None
    password: Password | None = None


class UserOut(BaseModel):
    """A person."""

    id: str
    name: str
    roles: dict[str, Role]
    created_at: datetime
    disabled: bool
    has_password: bool
    has_second_factor: bool
    openid: bool = Field(description="Whether they come from the OpenID provider, which decides their roles.")
    tag: str = Field(description=TAG)

    @classmethod
    def of(cls, record: UserRecord) -> UserOut:
        """Return a person as JSON."""
        return cls(
            id=record.id,
            name=record.name,
            roles=dict(record.grants),
            created_at=record.created_at,
            disabled=record.disabled_at is not None,
            has_password=record.has_password,
            has_second_factor=record.has_factor,
            openid=record.subject is not None,
            tag=tag_of_user(record),
        )


def tag_of_user(record: UserRecord) -> str:
    """Return the ETag of what admins decide about somebody; password and second factor are their own."""
    return tag_of(record.id, record.grants, record.disabled_at)


class NewUserOut(UserOut):
    """A new person; key: of a link that signs them in once, null where they have a password."""

    key: str | None


class UsersOut(BaseModel):
    """Every person, by name."""

    items: list[UserOut]


class LinkOut(BaseModel):
    """A link's key, shown once: the page with `#key=KEY` behind its address signs in."""

    key: str


class PasswordIn(Body):
    """One's own new password."""

    password: Password


class FactorOut(BaseModel):
    """What an authenticator app needs."""

    secret: str
    address: str = Field(description="otpauth://…")
    picture: str = Field(description="The same as a QR code, a data: address of an SVG picture.")


class FactorIn(Body):
    """The secret that was given, and a code that the app makes of it."""

    secret: Annotated[str, StringConstraints(pattern=r"^[A-Z2-7]{32}$")]
    code: Code


class RecoveryOut(BaseModel):
    """Codes that each work once in place of the app's; shown this once."""

    codes: list[str]
