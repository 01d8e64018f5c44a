"""A downloaded file's weights end where they belong, or nothing is changed and the file is named."""

from pathlib import Path

import pytest
import torch
from torch import nn

from ml.models import resnet50
from ml.models.metric.triplet_resnet50 import TripletResNet50
from ml.models.pretrained import load_pretrained, load_trunk
from ml.models.resnet50 import ResNet50


class Small(nn.Module):
    """Two layers, the second of them the one that answers."""

    def __init__(self, classes: int = 5) -> None:
        super().__init__()
        self.conv, self.bn = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)
        self.fc = nn.Linear(4, classes)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Weights of a `Small` with five classes."""
    torch.manual_seed(3)
    path = tmp_path / "small.pth"
    torch.save(Small().state_dict(), path)
    return path


def test_a_file_of_the_same_network_is_loaded_whole(file: Path) -> None:
    model = Small()
    assert load_pretrained(model, file) == []
    for name, w in torch.load(file, weights_only=True).items():
        assert torch.equal(model.state_dict()[name], w)


def test_another_number_of_classes_leaves_the_last_layer_as_it_was(file: Path) -> None:
    model = Small(2)
    before = model.fc.weight.clone()
    assert load_pretrained(model, file) == ["fc.weight", "fc.bias"]
    assert torch.equal(model.fc.weight, before)
    assert torch.equal(model.conv.weight, torch.load(file, weights_only=True)["conv.weight"])


def test_a_file_without_a_classifier_leaves_it_as_it_was(file: Path) -> None:
    """But not one that lacks anything else."""
    entries = torch.load(file, weights_only=True)
    trunk = {name: value for name, value in entries.items() if not name.startswith("fc.")}
    torch.save(trunk, file)
    model = Small(2)
    before = model.fc.weight.clone()
    assert load_pretrained(model, file) == ["fc.weight", "fc.bias"]
    assert torch.equal(model.fc.weight, before)
    assert torch.equal(model.conv.weight, entries["conv.weight"])
    torch.save({name: value for name, value in trunk.items() if not name.startswith("conv.")}, file)
    with pytest.raises(ValueError, match=r"conv\.weight is missing"):
        load_pretrained(Small(2), file)


def test_older_files_without_counters_are_loaded(file: Path) -> None:
    """Batch normalisation's num_batches_tracked is younger than torchvision's first files."""
    entries = torch.load(file, weights_only=True)
    del entries["bn.num_batches_tracked"]
    torch.save(entries, file)
    assert load_pretrained(Small(), file) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"conv.weight": None}, "conv.weight is missing"),
        ({"more.weight": torch.zeros(1)}, "more.weight is unexpected"),
        ({"conv.weight": torch.zeros(4, 1, 3, 3)}, r"conv.weight has shape \[4, 1, 3, 3\], expected"),
    ],
)
def test_a_file_of_another_network_is_refused(
    file: Path, change: dict[str, torch.Tensor | None], complaint: str
) -> None:
    """The message names the file and the first name that does not fit; the network is as it was."""
    entries = torch.load(file, weights_only=True) | change
    torch.save({n: w for n, w in entries.items() if w is not None}, file)
    model = Small()
    before = model.fc.weight.clone()
    with pytest.raises(ValueError, match=complaint) as caught:
        load_pretrained(model, file)
    assert str(file) in str(caught.value)
    assert torch.equal(model.fc.weight, before)


def test_what_is_no_dictionary_of_tensors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.pt"
    torch.save([torch.zeros(1)], path)
    with pytest.raises(ValueError, match=r"list\.pt: expected a dictionary of tensors"):
        load_pretrained(Small(), path)
    for content in (b"no weights", b""):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"list\.pt: no file of weights"):
            load_pretrained(Small(), path)
    with pytest.raises(FileNotFoundError):
        load_pretrained(Small(), tmp_path / "none.pth")


def test_a_trunk_is_loaded_and_the_rest_left(tmp_path: Path) -> None:
    """A classifier's file gives its convolutions to a network with another head, which keeps its own."""
    path = tmp_path / "resnet50.pth"
    torch.save(ResNet50(10).state_dict(), path)
    model = TripletResNet50()
    before = {name: w.clone() for name, w in model.state_dict().items()}
    load_trunk(model, path, resnet50.TRUNK)
    entries, after = torch.load(path, weights_only=True), model.state_dict()
    own = [name for name in after if name not in entries]
    assert {name.partition(".")[0] for name in own} == {"head"}
    assert all(torch.equal(w, before[name] if name in own else entries[name]) for name, w in after.items())
    assert not torch.equal(before["conv1.weight"], after["conv1.weight"])


def test_a_trunk_that_differs_is_refused(file: Path) -> None:
    with pytest.raises(ValueError, match=r"small\.pth: conv1\.weight is missing"):
        load_trunk(ResNet50(2), file, resnet50.TRUNK)
    with pytest.raises(ValueError, match="Small has no weights that begin with features"):
        load_trunk(Small(), file, ("features.",))
