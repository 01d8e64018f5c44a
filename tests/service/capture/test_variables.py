"""Which variables a camera's address may name: its lift's and CAMERA_…, never anybody else's secret."""

import pytest

from lifts.addresses import variable_prefixes
from service.capture.urls import check_variables, variables_of
from service.domain.errors import ConfigurationError

SECRETS = {
    "BARWATCH_ADMIN_TOKEN": "canary",
    "AWS_SECRET_ACCESS_KEY": "canary",
    "QUAD_PASSWORD": "canary",
    "DEMO_QUADRUPLE_PASSWORD": "canary",
    "HOME": "/canary",
    "CAMERA": "canary",
}


def test_a_lifts_own_variables_and_the_cameras_are_filled_in() -> None:
    """DEMO_QUAD_… for the lift demo-quad, CAMERA_… for each; nothing else is read of the environment."""
    url = "rtsp://${DEMO_QUAD_USER}:${CAMERA_PASSWORD}@10.0.0.7/"
    environ = {**SECRETS, "DEMO_QUAD_USER": "operator", "CAMERA_PASSWORD": "word"}
    found = variables_of(url, variable_prefixes("demo-quad"), environ)
    assert found == {"DEMO_QUAD_USER": "operator", "CAMERA_PASSWORD": "word"}
    assert variable_prefixes("4-er") == ("LIFT_4_ER_", "CAMERA_")
    assert variable_prefixes(None) == ("CAMERA_",)


@pytest.mark.fault(37)
@pytest.mark.parametrize("name", SECRETS)
def test_no_other_is(name: str) -> None:
    """Neither the service's, nor another program's, nor another lift's; the file of such a name neither."""
    for prefixes in (variable_prefixes("demo-quad"), variable_prefixes(None)):
        for environ in (SECRETS, {f"{name}_FILE": "/etc/hostname"}):
            with pytest.raises(
                ConfigurationError, match=r"rename it to (DEMO_QUAD_… or )?CAMERA_…"
            ) as refused:
                variables_of(f"rtsp://${{{name}}}@10.0.0.7/", prefixes, environ)
            assert refused.value.code == "variable_not_allowed"
            assert "canary" not in str(refused.value)


@pytest.mark.fault(37)
@pytest.mark.parametrize("lift_id", ["barwatch", "aws", "barwatch-admin", "postgres", "db"])
def test_a_lift_that_is_called_as_a_program_has_none_of_that_program(lift_id: str) -> None:
    """Its id would otherwise choose which secrets an address may hold."""
    assert variable_prefixes(lift_id) == ("CAMERA_",)
    for name in ("BARWATCH_ADMIN_TOKEN", "AWS_SECRET_ACCESS_KEY", "POSTGRES_PASSWORD", "DB_PASSWORD"):
        for prefixes in (variable_prefixes(lift_id), None):
            with pytest.raises(ConfigurationError):
                check_variables(f"http://10.0.0.7/?token=${{{name}}}", prefixes)


def test_whoever_owns_the_environment_may_use_any_other_name() -> None:
    """On the command line, where no lift is known."""
    check_variables("rtsp://${QUAD_USER}@10.0.0.7/", None)
