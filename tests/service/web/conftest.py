"""The same application as the API's tests have."""

from tests.service.api.conftest import _plain_logs, house, make_house

__all__ = ["_plain_logs", "house", "make_house"]
