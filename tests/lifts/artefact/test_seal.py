"""Seals: whatever changes in a manifest is seen, and what decides has a digest of its own."""

import hashlib
import json

import pytest

from lifts.artefact.seal import digest, seal, signed_bytes, unseal

CONTENT = {
    "name": "n",
    "version": "1",
    "calibration": {"scale": 5.1e-05, "weights": [1.0, 2, -3e-7]},
    "training": {"notes": 'a vector in words: "x": [1.0,  2]', "photographs": []},
}


def _changed(old: str, new: str) -> bytes:
    text = seal(CONTENT)
    assert old in text
    return text.replace(old, new, 1).encode()


def test_what_was_sealed_is_read_back() -> None:
    """The content returns with both digests; sealing it again changes nothing; vectors stay on one line."""
    text = seal(CONTENT)
    content = unseal(text.encode())
    assert {key: content[key] for key in CONTENT} == CONTENT
    assert content["digest"] == digest(CONTENT)
    assert seal(content) == text
    assert '"weights": [1.0, 2, -3e-07]' in text


@pytest.mark.fault(27)
def test_every_single_bit_is_sealed() -> None:
    """Each of the thousands of bits, flipped alone, makes the manifest one that is refused."""
    whole = seal(CONTENT).encode()
    for bit in range(8 * len(whole)):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << (bit % 8)
        with pytest.raises(ValueError, match="it "):
            unseal(bytes(flipped))


@pytest.mark.fault(27)
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_changed("5.1e-05", "5.1E-05"), "edited, damaged or saved by another program"),
        (_changed('"version": "1"', '"version": "2"'), "edited"),
        (_changed('"scale":', '"scale":  '), "edited"),
        (_changed('"scale": 5.1e-05', '"scale": 1.0, "scale": 5.1e-05'), "a key stands twice among scale"),
        (_changed("5.1e-05", "NaN"), "NaN is no number"),
        (_changed("5.1e-05", "-Infinity"), "-Infinity is no number"),
        (_changed("5.1e-05", "1e999"), "edited"),
        (_changed("5.1e-05", "1" * 5000), "not JSON"),
        (_changed("5.1e-05", "[" * 100_000), "not JSON"),
        (_changed("5.1e-05", '"5.1e-05"'), "edited"),
        (seal(CONTENT).encode() + b" ", "edited"),
        (seal(CONTENT).encode() + b"x", "not JSON"),
        (seal(CONTENT).encode("utf-8-sig"), "edited"),
        (seal(CONTENT).encode("utf-16"), "edited"),
        (seal(CONTENT).replace("\n", "\r\n").encode(), "edited"),
        (json.dumps(json.loads(seal(CONTENT))).encode(), "edited"),
        (json.dumps(CONTENT).encode(), "no digest of the numbers that decide.*barwatch seal"),
        (b"[]", "no digest"),
        (b"", "not JSON"),
        (b"\xff\xfe\xff", "not JSON"),
    ],
)
def test_another_spelling_is_refused(data: bytes, reason: str) -> None:
    """The same numbers written otherwise, twice or not as numbers, and bytes around them: each is refused."""
    with pytest.raises(ValueError, match=reason):
        unseal(data)


@pytest.mark.fault(27)
def test_a_digest_that_does_not_fit_what_decides_is_refused() -> None:
    """The file's own hash is made anew, the digest is not."""
    other = seal({**CONTENT, "calibration": {"scale": 6.0}})
    text = seal(CONTENT)
    forged = json.loads(text)
    true, false = forged["digest"], json.loads(other)["digest"]
    # Sealed as a whole, with another model's digest.
    resealed = _reckoned(text.replace(true, false))
    with pytest.raises(ValueError, match="what decides was changed"):
        unseal(resealed)


def _reckoned(text: str) -> bytes:
    own = json.loads(text)["file_digest"]
    zeros = text.replace(own, "0" * 64)
    return zeros.replace("0" * 64, hashlib.sha256(zeros.encode()).hexdigest()).encode()


def test_notes_do_not_decide() -> None:
    """Training and metrics change neither the digest nor what a model is called; every other key does."""
    assert digest({**CONTENT, "training": {}, "metrics": [1]}) == digest(CONTENT)
    for key in (
        "name",
        "version",
        "file",
        "sha256",
        "embedding_dim",
        "golden",
        "golden_passages",
        "formerly",
    ):
        assert digest({**CONTENT, key: "another"}) != digest(CONTENT), key


def test_a_signature_signs_all_but_itself() -> None:
    """Notes are signed as well; the signature and the file's own hash are not."""
    content = unseal(seal(CONTENT).encode())
    signed = unseal(seal({**content, "signature": "AAAA"}).encode())
    assert signed["file_digest"] != content["file_digest"]
    assert signed_bytes(signed) == signed_bytes(content)
    assert signed_bytes({**signed, "training": {}}) != signed_bytes(content)


def test_only_numbers_can_be_sealed() -> None:
    """What is not finite is refused when it is written."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        seal({**CONTENT, "calibration": {"scale": float("nan")}})
