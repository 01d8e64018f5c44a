"""The installation's signature: made once, kept, its owner's alone, and of exactly one content."""

import stat
from pathlib import Path

import pytest

from service.audit.signing import SIGNING_KEY, SigningKey, fingerprint, is_signed
from service.domain.errors import ConfigurationError


def test_a_signature_is_of_its_content_and_its_installation(tmp_path: Path) -> None:
    """The next process signs with the same key; a changed byte, or another installation's key, is found."""
    key, other = SigningKey(tmp_path), SigningKey(tmp_path / "other")
    (tmp_path / "other").mkdir()
    signature = key.sign(b"content")
    assert SigningKey(tmp_path).public() == key.public()
    assert is_signed(b"content", signature, key.public())
    assert not is_signed(b"Content", signature, key.public())
    assert not is_signed(b"content", signature, other.public())
    for wrong in ("", "no base64!", "AAAA"):
        assert not is_signed(b"content", wrong, key.public())
        assert not is_signed(b"content", signature, wrong)
    assert fingerprint(key.public()) != fingerprint(other.public())
    assert stat.S_IMODE((tmp_path / SIGNING_KEY).stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == [SIGNING_KEY]


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff" * 32])
def test_a_damaged_key_is_named_and_never_replaced(tmp_path: Path, content: bytes) -> None:
    """Another key in its place would disown all that was signed before."""
    (tmp_path / SIGNING_KEY).write_bytes(content)
    with pytest.raises(ConfigurationError, match="signing key cannot be used") as refused:
        SigningKey(tmp_path).sign(b"x")
    assert refused.value.code == "signing_key_unusable"
    assert (tmp_path / SIGNING_KEY).read_bytes() == content
