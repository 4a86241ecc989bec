"""What pydantic found, in words: the message, the place, and the remedy."""

from __future__ import annotations

from typing import Any

import pytest

from cnnparams.errors import Problem, SpecError
from cnnparams.schema.compose import compose
from cnnparams.schema.parse import parse
from cnnparams.schema.source import Text


def problems(entry: str, head: str = "input: {channels: 3, height: 8, width: 8}") -> tuple[Problem, ...]:
    with pytest.raises(SpecError) as caught:
        parse(compose(Text("net.yaml", f"{head}\nlayers:\n  - {entry}\n")))
    return caught.value.problems


def only(entry: str, **more: Any) -> Problem:
    (problem,) = problems(entry, **more)
    return problem


@pytest.mark.parametrize(
    ("entry", "hint"),
    [
        ("{type: linear, out_features: 10.0}", "write 10"),
        ("{type: linear, out_features: '1,000'}", "write 1000"),
        ("{type: linear, out_features: yes}", "in YAML 1.2, yes is a word; write a number"),
        ("{type: linear, out_features: }", "write a value after the ':', or remove the key"),
        (
            "{type: linear, out_features: ten}",
            "declare it in vars, or as a param of the block, if it should be a name for a number",
        ),
        ("{type: linear, out_features: 10, bias: 'true'}", "write true, without quotes"),
        ("{type: linear, out_features: 10, bias: Off}", "write false: in YAML 1.2, Off is a word"),
        ("{type: linear, out_features: 10, bias: 0}", "write false"),
        ("{type: linear, out_features: 10, bias: maybe}", None),
        ("{type: linear, out_features: 10, name: 3}", 'put it in quotes: "3"'),
        ("{type: linear, out_features: 10, name: a b}", "use letters, digits, - and _, such as a_b"),
        ("{type: max_pool2d, kernel_size: 3x3}", "write [3, 3]"),
        ("{type: upsample, scale_factor: 2, mode: cubic}", "did you mean 'bicubic'?"),
    ],
)
def test_a_remedy_follows_from_the_value(entry: str, hint: str | None) -> None:
    assert only(entry).hint == hint


@pytest.mark.parametrize(
    ("entry", "hint"),
    [
        ("{type: conv2d, filters: 8, kernel_size: 3}", "filters is a Keras setting: write out_channels"),
        ("{type: conv2d, OUT_CHANNELS: 8, kernel_size: 3}", "did you mean 'out_channels'?"),
        ("{type: conv2d, out: 8, kernel_size: 3}", "did you mean 'out_channels'?"),
        ("{type: conv2d, out_features: 8, kernel_size: 3}", "did you mean 'out_channels'?"),
        ("{type: conv2d, out_channels:8, kernel_size: 3}", "write a space after the ':': out_channels: 8"),
        ("{type: relu, naem: x}", "did you mean 'name'?"),
        (
            "{type: relu, wibble: x}",
            "the keys here are inplace, name, repeat, when, from, weight, share, trainable, batch_dims, dtype",
        ),
    ],
)
def test_a_key_that_should_be_another_is_one_problem(entry: str, hint: str) -> None:
    assert only(entry).hint == hint


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("cov2d", "conv2d"),
        ("conv", "conv2d"),
        ("batchnorm", "batch_norm2d"),
        ("maxpol", "max_pool2d"),
        ("Dens", "linear"),
        ("wibble", None),
    ],
)
def test_of_types_alike_the_one_for_images_is_meant(word: str, meant: str | None) -> None:
    assert only(word).hint == (f"did you mean '{meant}'?" if meant else "list the types with: cnnparams layers")


def test_an_activation_is_guessed_among_activations() -> None:
    entry = "{type: linear, out_features: 8, activation: leaky_rnn}"
    assert (only(entry).subject, only(entry).hint) == ("fc1 (linear)", "did you mean 'leaky_relu'?")


def test_problems_are_told_in_the_order_of_the_file() -> None:
    found = problems("{type: linear, bias: 1, out_features: 0}", head="inputs: {features: 8}")
    places = [(problem.place.line, problem.place.column) for problem in found if problem.place]
    assert places == sorted(places)
    assert len(places) == 3


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("input: {channels: 3, width: 8}", "input needs height too"),
        ("input: {channels: 3}", "input needs height and width too"),
        ("input: {depth: 3}", "input needs channels, height and width too"),
        ("input: {features: 3, length: 4}", "input: length and features do not go together"),
        ("input: {}", "input is empty"),
    ],
)
def test_an_input_says_what_it_lacks(head: str, message: str) -> None:
    assert only("relu", head=head).message == message
