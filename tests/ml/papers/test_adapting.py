"""A new lift's own passages, with and without labels."""

from dataclasses import replace

import torch

from ml.data.pictures import PictureSet
from ml.papers.adapting import Adaptation, adapt, least_confident, most_confident, picture_rows
from ml.systems.recipe import Recipe
from tests.ml.tiny import Tiny, lifts


def trained() -> Tiny:
    """A system that is right, though not by much."""
    system = Tiny(Recipe(learning_rate=0.1, batch=6))
    with torch.no_grad():
        system.network.weight.copy_(torch.tensor([[0.2, -0.2]]))  # type: ignore[operator]
    return system


def weights(system: Tiny) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in system.network.parameters()])


def told_wrong(data: PictureSet) -> PictureSet:
    return replace(data, is_open=~data.is_open)


def test_an_operator_is_asked_about_the_most_doubtful() -> None:
    """Nearest to 0, whichever side."""
    assert least_confident(torch.tensor([3.0, -0.1, 0.5, -2.0]), 2).tolist() == [1, 2]


def test_the_surest_of_either_state_are_taken() -> None:
    """Half of the three called open and half of the two called closed, the farthest from 0."""
    scores = torch.tensor([3.0, 0.1, -1.0, 2.0, -4.0])
    assert most_confident(scores, 0.5).tolist() == [0, 3, 4]
    assert most_confident(scores, 0.0).tolist() == []


def test_a_passage_has_three_pictures() -> None:
    assert picture_rows(torch.tensor([2, 0])).tolist() == [6, 7, 8, 0, 1, 2]


def test_pseudo_labels_need_no_labels() -> None:
    """What the new lift's pictures really show is not used, and the scores become surer."""
    source, watched = lifts(2, 4), lifts(1, 10, seed=1, noise=0.3)
    one, other, before = trained(), trained(), trained()
    adapt(one, source, watched, Adaptation(pseudo=True))
    adapt(other, source, told_wrong(watched), Adaptation(pseudo=True))
    assert torch.equal(weights(one), weights(other))
    assert one.scores(watched, watched).abs().mean() > before.scores(watched, watched).abs().mean()
    assert one.accuracy(watched, watched) == 1.0


def test_reviews_are_believed() -> None:
    """The operator's word on the reviewed passages changes what is learnt; on no others is it asked."""
    source, watched = lifts(2, 4), lifts(1, 10, seed=1, noise=0.3)
    one, other = trained(), trained()
    reviewed = adapt(one, source, watched, Adaptation(reviews=3))
    assert len(reviewed) == 3
    adapt(other, source, told_wrong(watched), Adaptation(reviews=3))
    assert not torch.equal(weights(one), weights(other))
    third = trained()
    rows = picture_rows(reviewed)
    but_reviewed = told_wrong(watched).is_open.index_put((rows,), watched.is_open[rows])
    adapt(third, source, replace(watched, is_open=but_reviewed), Adaptation(reviews=3))
    assert torch.equal(weights(one), weights(third))


def test_reviews_may_be_asked_for_without_training() -> None:
    """The passages are listed; the network stays as it was."""
    system = trained()
    reviewed = adapt(
        system, lifts(2, 4), lifts(1, 10, seed=1, noise=0.3), Adaptation(reviews=2, trains=False)
    )
    assert len(reviewed) == 2
    assert torch.equal(weights(system), weights(trained()))
