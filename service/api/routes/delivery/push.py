"""Web Push: one's own browsers, which get a notification for each alarm that one may see."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path

from service.api.deps import SOMEWHERE, Caller, RuntimeDep
from service.api.problems import responses
from service.api.schemas.delivery.push import PushOut, PushSubscriptionIn, PushSubscriptionOut
from service.outputs.push.book import PushBook
from service.words.catalogue import wished

router = APIRouter(prefix="/push", tags=["outputs"])

SubscriptionId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="The subscription's id.")]


def _book(runtime: RuntimeDep) -> PushBook:
    return runtime.parts.of(PushBook)


BookDep = Annotated[PushBook, Depends(_book)]


@router.get("", summary="How to subscribe a browser", dependencies=SOMEWHERE, responses=responses(401, 503))
def get_push(book: BookDep, principal: Caller) -> PushOut:
    """Give the key that a browser subscribes with, and one's own browsers that have."""
    output = book.output()
    own = [PushSubscriptionOut.model_validate(each) for each in book.own(principal)]
    return PushOut(key=None if output is None else output.key, subscriptions=own)


@router.post(
    "/subscriptions",
    summary="Subscribe a browser",
    status_code=201,
    dependencies=SOMEWHERE,
    responses=responses(400, 401, 409, 413, 422, 503),
)
def subscribe(
    body: PushSubscriptionIn,
    book: BookDep,
    principal: Caller,
    user_agent: Annotated[str, Header(include_in_schema=False)] = "",
    accept_language: Annotated[str, Header(include_in_schema=False)] = "",
) -> PushSubscriptionOut:
    """Push alarms to a browser from now on, for as long as its owner may see them."""
    keys, language = body.keys, body.language or wished(accept_language)
    made = book.subscribe(principal, body.endpoint, keys.p256dh, keys.auth, user_agent, language)
    return PushSubscriptionOut.model_validate(made)


@router.delete(
    "/subscriptions/{subscription_id}",
    summary="Unsubscribe a browser",
    status_code=204,
    dependencies=SOMEWHERE,
    responses=responses(401, 404, 422, 503),
)
def unsubscribe(subscription_id: SubscriptionId, book: BookDep, principal: Caller) -> None:
    """Push to one of one's own browsers no longer."""
    book.unsubscribe(principal, subscription_id)
