"""A spec as a model in PyTorch: its tensors, its results."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from tests.specs import graph_of

IMAGE = "input: {channels: 4, height: 8, width: 8}\n"
BLOCK = (
    IMAGE
    + """
blocks:
  unit:
    layers:
      - {type: conv2d, name: conv, out_channels: 4, kernel_size: 3, padding: 1, bias: false}
      - {type: batch_norm2d, name: bn}
layers:
  - {block: unit, name: layer, repeat: 2}
  - {type: parameter, name: position, shape: [4, 8, 8]}
  - {type: relu, name: half}
"""
)


def network_of(spec: str) -> Any:
    from cnnparams.targets.torch.network import TorchNetwork

    return TorchNetwork.of(graph_of(spec))


def test_tensors_have_the_names_of_the_spec(torch: ModuleType) -> None:
    statistics = ("bn.weight", "bn.bias", "bn.running_mean", "bn.running_var", "bn.num_batches_tracked")
    layers = [f"{layer}.{name}" for layer in ("layer1", "layer2") for name in ("conv.weight", *statistics)]
    assert list(network_of(BLOCK).state_dict()) == [*layers, "position.weight"]


def test_it_computes_what_the_same_layers_in_a_row_do(torch: ModuleType) -> None:
    nn = torch.nn
    spec = """
input: {channels: 3, height: 10, width: 10}
layers:
  - {type: conv2d, out_channels: 4, kernel_size: 3, activation: relu}
  - {type: max_pool2d, kernel_size: 2}
  - flatten
  - {type: linear, out_features: 5, activation: {type: softmax, dim: -1}}
"""
    own = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 5), nn.Softmax(dim=-1)
    )
    network = network_of(spec)
    network.load_state_dict(dict(zip(network.state_dict(), own.state_dict().values(), strict=True)))
    image = torch.randn(2, 3, 10, 10)
    torch.testing.assert_close(network(image), own(image))


def test_what_is_shared_is_one_tensor_and_keeps_its_own_settings(torch: ModuleType) -> None:
    conv = "type: conv2d, out_channels: 4, kernel_size: 3, padding: 1"
    network = network_of(f"{IMAGE}layers: [{{{conv}, name: a}}, {{{conv}, name: b, stride: 2, share: a}}]")
    assert network(torch.zeros(2, 4, 8, 8)).shape == (2, 4, 4, 4)
    assert [name for name, _ in network.named_parameters()] == ["a.weight", "a.bias"]


def test_a_recurrent_layer_that_is_used_twice_learns_once(torch: ModuleType) -> None:
    lstm = "type: lstm, hidden_size: 4"
    network = network_of(f"input: {{shape: [5, 4]}}\nlayers: [{{{lstm}, name: a}}, {{{lstm}, name: b, share: a}}]")
    tokens = torch.randn(2, 5, 4)
    before = network(tokens)
    with torch.no_grad():
        network.get_parameter("a.weight_ih_l0").mul_(2)
    once = network._modules["a"](tokens)[0]
    torch.testing.assert_close(network(tokens), network._modules["a"](once)[0])
    assert not torch.equal(before, network(tokens))


def test_what_is_frozen_does_not_learn(torch: ModuleType) -> None:
    network = network_of(IMAGE + "layers: [{type: batch_norm2d, trainable: false}, {type: linear, out_features: 2}]")
    learned = {name: parameter.requires_grad for name, parameter in network.named_parameters()}
    assert learned == {
        "batchnorm1.weight": False,
        "batchnorm1.bias": False,
        "fc1.weight": True,
        "fc1.bias": True,
    }


def test_several_inputs_and_results_keep_their_order(torch: ModuleType) -> None:
    spec = """
inputs: {left: {features: 3}, right: {features: 4}}
outputs: [b, a]
layers:
  - {type: linear, name: a, out_features: 5, from: left}
  - {type: linear, name: b, out_features: 6, from: right}
"""
    results = network_of(spec)(torch.zeros(2, 3), torch.zeros(2, 4))
    assert [tuple(result.shape) for result in results] == [(2, 6), (2, 5)]


def test_an_embedding_reads_indices_however_they_are_reshaped(torch: ModuleType) -> None:
    from cnnparams.targets.torch.inputs import batches, dtypes

    spec = """
inputs: {tokens: {shape: [3, 4]}, image: {features: 2}}
layers:
  - {type: flatten, from: tokens}
  - {type: embedding, num_embeddings: 9, embedding_dim: 2}
"""
    graph = graph_of(spec)
    assert dtypes(graph) == {"tokens": "int64", "image": "float32"}
    assert network_of(spec)(*batches(graph, "cpu")).shape == (2, 12, 2)
