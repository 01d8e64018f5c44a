"""What paper 000 printed, and what it says of itself."""

import pytest

from ml.papers.published import (
    PRINTED_2,
    PRINTED_4,
    TABLE_2,
    TABLE_4,
    average,
    averages,
    no_shares,
    wins,
)


def test_table_2s_averages_are_by_picture() -> None:
    """Both to the last digit, although lifts have 187 to 1,660 pictures."""
    for name, found in averages(TABLE_2, PRINTED_2).items():
        assert round(found.by_picture, 2) == PRINTED_2[name]
        assert found.agrees


def test_table_4s_averages_contradict_its_columns() -> None:
    """Of three of four columns, in either way; ResNet-50 is printed ahead of VGG16 and is not."""
    found = averages(TABLE_4, PRINTED_4)
    assert {name for name, a in found.items() if not a.agrees} == {"classifier", "resnet50", "vgg16"}
    assert round(found["siamese"].by_picture, 2) == 99.46
    assert PRINTED_4["resnet50"] > PRINTED_4["vgg16"]
    assert found["resnet50"].by_picture < found["vgg16"].by_picture


def test_an_average_within_rounding_agrees() -> None:
    """The mean of 20 equal figures is that figure, give or take the last digit."""
    assert average((90.0,) * 20, 90.009).agrees
    assert not average((90.0,) * 20, 90.011).agrees


def test_siamese_beats_the_classifier_on_seventeen_lifts() -> None:
    """Of Table 2, of which the paper says "for all the chairlifts"; of Table 4 on 18, one equal."""
    assert wins(TABLE_2["siamese"], TABLE_2["classifier"]) == (17, 0, 3)
    assert wins(TABLE_4["siamese"], TABLE_4["classifier"]) == (18, 1, 1)


@pytest.mark.parametrize("column", [TABLE_2["classifier"], TABLE_4["vgg16"]])
def test_shares_of_the_test_pictures_are_recognised(column: tuple[float, ...]) -> None:
    """Two columns are shares throughout; ResNet-50's 99.98 of 923 pictures is none."""
    assert no_shares(column) == []
    assert no_shares(TABLE_4["resnet50"]) == ["S8", "S14"]
