"""The second factor: an app's codes, within a step of the time, and recovery codes."""

from datetime import UTC, datetime, timedelta

import pyotp

from service.people import factor

NOW = datetime(2026, 1, 31, 12, 0, 10, tzinfo=UTC)


def test_a_code_belongs_to_its_time() -> None:
    """This step's and its neighbours', for a phone's clock that is off; no other, and no other secret's."""
    secret = factor.new_secret()
    for seconds, good in ((0, True), (-30, True), (30, True), (-90, False), (90, False)):
        code = pyotp.TOTP(secret).at(NOW + timedelta(seconds=seconds))
        step = factor.step_of(secret, f" {code[:3]} {code[3:]}", NOW)
        expected = int((NOW.timestamp() + seconds) // 30) if good else None
        assert step == expected, seconds
    assert factor.step_of(factor.new_secret(), pyotp.TOTP(secret).at(NOW), NOW) is None
    assert factor.step_of(secret, "", NOW) is None


def test_what_an_app_reads() -> None:
    """An address and a picture of it; both without the internet."""
    secret = factor.new_secret()
    assert pyotp.parse_uri(factor.address_of(secret, "Anna K")).secret == secret
    assert factor.picture_of(secret, "Anna K").startswith("data:image/svg+xml")


def test_recovery_codes_are_told_apart_however_they_are_typed() -> None:
    """Ten of them, all different; dashes, spaces and capitals do not matter."""
    codes = factor.recovery_codes()
    assert len({factor.digest_of(code) for code in codes}) == factor.RECOVERY_CODES
    assert factor.digest_of(codes[0].replace("-", " ").upper()) == factor.digest_of(codes[0])
