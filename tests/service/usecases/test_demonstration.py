"""The demonstration's lifts: the sample folders, watched from their files or from a server."""

from collections.abc import Callable

import pytest

from service.domain.errors import ConfigurationError
from service.store import lifts
from service.usecases.demonstration import enrol_samples
from service.usecases.samples import VIDEO, sample_folders
from tests.service.api.conftest import House
from tests.service.api.conftest import make_house as make_house  # noqa: PLC0414 - a fixture


def addresses(house: House) -> dict[str, str | None]:
    with house.store.reading() as session:
        return {lift.id: lift.camera.url if lift.camera else None for lift in lifts.listing(session)}


@pytest.mark.skipif(not sample_folders(), reason="no sample lifts are installed")
def test_a_server_may_play_the_cameras(make_house: Callable[..., House]) -> None:
    """Each lift's stream has its id; without a server the files stand in; twice is once."""
    house, folders = make_house(), sample_folders()
    for _ in range(2):
        enrol_samples(house.runtime, folders, "rtsp://camera:8554/")
        assert addresses(house) == {folder.name: f"rtsp://camera:8554/{folder.name}" for folder in folders}
    enrol_samples(house.runtime, folders)
    assert addresses(house) == {folder.name: str(folder / VIDEO) for folder in folders}


@pytest.mark.skipif(not sample_folders(), reason="no sample lifts are installed")
@pytest.mark.parametrize("address", ["concat:", "file:///etc", "rtsp://169.254.169.254"])
def test_what_is_no_camera_is_refused(make_house: Callable[..., House], address: str) -> None:
    """The address is held to what the API asks of one."""
    house = make_house()
    with pytest.raises(ConfigurationError, match="camera url"):
        enrol_samples(house.runtime, sample_folders(), address)
    assert addresses(house) == {}
