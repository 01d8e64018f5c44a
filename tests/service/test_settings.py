"""Settings: read from the environment when asked for; mistakes name the setting and the value."""

from pathlib import Path

import pytest

from service.domain.errors import ConfigurationError
from service.settings import load_settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PORT", "DATA", "ADMIN_TOKEN", "ADMIN_TOKEN_FILE", "MODEL"):
        monkeypatch.delenv(f"BARWATCH_{name}", raising=False)


def test_options_stand_above_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Defaults, then BARWATCH_…, then what was given; None means not given."""
    assert load_settings().port == 8000
    monkeypatch.setenv("BARWATCH_PORT", "9000")
    assert load_settings(port=None).port == 9000
    assert load_settings(port=9001).port == 9001


def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message has the variable and its value."""
    monkeypatch.setenv("BARWATCH_PORT", "many")
    with pytest.raises(ConfigurationError, match=r"BARWATCH_PORT = 'many'"):
        load_settings()


def test_the_admin_token_comes_from_one_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From the variable or from a file, not both; never shown in the settings' text; nonsense is refused."""
    assert load_settings().first_admin_token() is None
    file = tmp_path / "token"
    file.write_text("canary-of-the-file\r\n", encoding="utf-8-sig")  # as Notepad saves it
    monkeypatch.setenv("BARWATCH_ADMIN_TOKEN_FILE", str(file))
    assert load_settings().first_admin_token() == "canary-of-the-file"
    file.write_text("canary-of-the-file\n", encoding="utf-16")
    with pytest.raises(ConfigurationError, match=r"TOKEN_FILE .*token\): cannot be read: saved as UTF-16"):
        load_settings().first_admin_token()
    monkeypatch.setenv("BARWATCH_ADMIN_TOKEN", "canary")
    with pytest.raises(ConfigurationError, match="not both") as caught:
        load_settings()
    assert "canary" not in str(caught.value)
    monkeypatch.delenv("BARWATCH_ADMIN_TOKEN_FILE")
    assert "canary" not in repr(load_settings())
    monkeypatch.setenv("BARWATCH_ADMIN_TOKEN", "two words")
    with pytest.raises(ConfigurationError, match="without spaces"):
        load_settings().first_admin_token()


def test_the_manifest_stands_beside_the_model() -> None:
    """A model may be named by either of its files; without one it is the released one."""
    assert load_settings(model=Path("/m/x.ts")).manifest_path() == Path("/m/x.json")
    assert load_settings(model=Path("/m/x.json")).manifest_path() == Path("/m/x.json")
    assert load_settings().manifest_path().parts[-3:] == ("ml", "released", "barwatch.json")


def test_the_key_of_signed_models_comes_from_one_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """From a variable or a file; both, or a file that is not there, stop the start; without either, None."""
    assert load_settings().model_key() is None
    monkeypatch.setenv("BARWATCH_MODEL_PUBLIC_KEY_FILE", str(tmp_path / "model.pub"))
    with pytest.raises(ConfigurationError, match=r"BARWATCH_MODEL_PUBLIC_KEY_FILE \(.*\): cannot be read"):
        load_settings().model_key()
    (tmp_path / "model.pub").write_text("a key\n")
    assert load_settings().model_key() == "a key\n"
    monkeypatch.setenv("BARWATCH_MODEL_PUBLIC_KEY", "another")
    with pytest.raises(ConfigurationError, match="not both"):
        load_settings()
    monkeypatch.delenv("BARWATCH_MODEL_PUBLIC_KEY_FILE")
    assert load_settings().model_key() == "another"


@pytest.mark.fault(36)
def test_the_networks_of_cameras_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks and single addresses; what is none, or holds no camera, stops the start in one plain line."""
    assert load_settings().networks_of_cameras().allowed == ()
    monkeypatch.setenv("BARWATCH_CAMERA_NETWORKS", " 10.0.7.0/24, 192.168.1.20,fd12::/16 ")
    found = load_settings().networks_of_cameras().allowed
    assert [str(each) for each in found] == ["10.0.7.0/24", "192.168.1.20/32", "fd12::/16"]
    for wrong, said in (
        ("10.0.7.0/33", "10.0.7.0/33 is no network: expected such as 10.0.7.0/24"),
        ("10.0.7.1/24", "10.0.7.1/24 is no network"),
        ("10.0.0.0/8,camera.example", "camera.example is no network"),
        ("169.254.0.0/16", "no camera has an address in 169.254.0.0/16"),
        ("10.0.0.0/8, 224.0.0.0/4", "no camera has an address in 224.0.0.0/4"),
    ):
        monkeypatch.setenv("BARWATCH_CAMERA_NETWORKS", wrong)
        with pytest.raises(ConfigurationError, match="BARWATCH_CAMERA_NETWORKS") as refused:
            load_settings()
        assert said in str(refused.value)
        assert "\n" not in str(refused.value)


@pytest.mark.fault(36)
def test_this_machine_has_cameras_only_for_those_who_are_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where the service listens for others, or a proxy brings them."""
    for host in ("127.0.0.1", "::1", "localhost"):
        assert load_settings(host=host).networks_of_cameras().loopback
    for host in ("0.0.0.0", "::", "10.0.0.5"):
        assert not load_settings(host=host).networks_of_cameras().loopback
    assert not load_settings(public_url="https://barwatch.example").networks_of_cameras().loopback
    monkeypatch.setenv("BARWATCH_TRUSTED_PROXIES", "127.0.0.1")
    assert not load_settings().networks_of_cameras().loopback


@pytest.mark.parametrize("name", ["ADMIN_TOKEN", "SECRET_KEY", "OPENID_CLIENT_SECRET"])
def test_a_secret_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """As a variable and as a file: which one counts would be a guess."""
    monkeypatch.setenv(f"BARWATCH_{name}", "a secret of many letters, 0123456789")
    load_settings()
    monkeypatch.setenv(f"BARWATCH_{name}_FILE", "/run/secrets/x")
    with pytest.raises(ConfigurationError, match=f"set BARWATCH_{name} or BARWATCH_{name}_FILE, not both"):
        load_settings()
