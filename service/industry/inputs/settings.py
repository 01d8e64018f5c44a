"""Where a lift's control says how its line runs: a PLC that is asked, a server or broker that is followed."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from lifts.schema import SECRET_NAME_PATTERN
from service.industry.inputs.nouns import Signal

Address = Annotated[int, Field(ge=0, le=65535)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _InputSource(_Part):
    """host: what is dialled. credentials: the name of a stored user and password (`PUT /cameras/secrets`)."""

    host: str = Field(min_length=1, max_length=253, pattern=r"^[^\s/@]+$")
    credentials: str | None = Field(default=None, pattern=SECRET_NAME_PATTERN)

    @property
    def signals(self) -> frozenset[Signal]:
        """Which signals it gives."""
        return frozenset(signal for signal in Signal if getattr(self, signal.value) is not None)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.signals:
            raise PydanticCustomError(
                "no_signal", "expected at least one of line_running, speed, carrier_pulse"
            )
        return self


class BitAt(_Part):
    """A bit: of a coil or discrete input, or of a register. inverted: 0 says that the line runs."""

    table: Literal["coil", "discrete", "holding", "input"] = "discrete"
    address: Address
    bit: int = Field(default=0, ge=0, le=15)
    inverted: bool = False


class NumberAt(_Part):
    """A number in one or two registers, the high word first; times `scale` it is metres per second."""

    table: Literal["holding", "input"] = "input"
    address: Address
    words: Literal[1, 2] = 1
    signed: bool = False
    scale: float = Field(default=0.01, gt=0, le=1000)


class CounterAt(_Part):
    """Registers that count carriers, and go on at 0 when they are full; a bit would be missed."""

    table: Literal["holding", "input"] = "input"
    address: Address
    words: Literal[1, 2] = 1


class ModbusInput(_InputSource):
    """A device that is asked every `poll_s` seconds. It has no passwords."""

    kind: Literal["modbus"]
    port: int = Field(default=502, ge=1, le=65535)
    unit: int = Field(default=1, ge=0, le=255)
    poll_s: float = Field(default=0.5, ge=0.1, le=5)
    line_running: BitAt | None = None
    speed: NumberAt | None = None
    carrier_pulse: CounterAt | None = None


class NodeAt(_Part):
    """A variable of an OPC UA server, e.g. `ns=2;s=Line.Running`. carrier_pulse: a counter."""

    node: str = Field(min_length=3, max_length=500)
    scale: float = Field(default=1.0, gt=0, le=1000)
    inverted: bool = False


class OpcUaInput(_InputSource):
    """A server whose variables are subscribed to. secure: Basic256Sha256, signed and encrypted."""

    kind: Literal["opcua"]
    port: int = Field(default=4840, ge=1, le=65535)
    path: str = Field(default="/", max_length=200, pattern=r"^/[^\s?#]*$")
    secure: bool = True
    line_running: NodeAt | None = None
    speed: NodeAt | None = None
    carrier_pulse: NodeAt | None = None

    @model_validator(mode="after")
    def _no_password_in_clear(self) -> Self:
        if self.credentials is not None and not self.secure:
            raise PydanticCustomError("password_in_clear", "a password is sent encrypted or not at all")
        return self


class TopicAt(_Part):
    """A topic whose payload is a number, or one of true, false, on, off, 1, 0; of JSON: what `field` holds.

    carrier_pulse: each message is one carrier, unless `counter` says that the payload counts them.
    """

    topic: str = Field(min_length=1, max_length=500, pattern=r"^[^+#\s]+$")
    field: str | None = Field(default=None, min_length=1, max_length=100)
    scale: float = Field(default=1.0, gt=0, le=1000)
    inverted: bool = False
    counter: bool = False


class MqttInput(_InputSource):
    """A broker. Each value has to be published again within 15 s: without that nobody knows that it holds."""

    kind: Literal["mqtt"]
    port: int = Field(default=1883, ge=1, le=65535)
    tls: bool = False
    line_running: TopicAt | None = None
    speed: TopicAt | None = None
    carrier_pulse: TopicAt | None = None


LineInput = Annotated[ModbusInput | OpcUaInput | MqttInput, Field(discriminator="kind")]
LINE_INPUT: TypeAdapter[LineInput] = TypeAdapter(LineInput)
