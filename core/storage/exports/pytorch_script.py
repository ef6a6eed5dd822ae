"""A network as PyTorch code, its weights inside."""

from __future__ import annotations

import re

from core.storage.exports.code import constants, features_body, unformatted
from core.storage.exports.model import Model
from core.storage.exports.script_parts import CLASSIFY_HINT, USAGE, ending

HEAD = '''\
"""A neural network {title}, trained with Backprop Lens.

predict(points) gives its outputs for points in the units of the data, as a tensor of
float64; load() gives the network as a module, to be used or trained further.{classify}

{usage}"""

import csv
import os
import sys

import torch
from torch import nn
'''
FUNCTIONAL = "from torch.nn import functional as F\n"

TAIL = '''

def load():
    """The trained network."""
    net = Net()
    with torch.no_grad():
        for layer, (weights, bias) in zip(net.children(), WEIGHTS):
            layer.weight.copy_(torch.tensor(weights, dtype=torch.float64).T)
            layer.bias.copy_(torch.tensor(bias, dtype=torch.float64))
    return net.eval()


def predict(points):
    """The outputs, a row for each point and a column for each of OUTPUTS."""
    points = torch.atleast_2d(torch.as_tensor(points, dtype=torch.float64))
    with torch.no_grad():
        return load()(points)
'''


def pytorch_script(model: Model) -> str:
    """The source: an ``nn.Module`` of float64 that takes points in the units of the data, and its weights."""
    forms = [activation.export_forms.pytorch for activation in model.activations]
    functional = any(re.search(r"\bF\.", form) for form in forms)
    classify = CLASSIFY_HINT if model.classes else ""
    head = HEAD.format(title=model.title, classify=classify, usage=USAGE) + (FUNCTIONAL if functional else "")
    return "\n".join([head, _constants(model), _module(model)]) + TAIL + ending(model)


def _constants(model: Model) -> str:
    pairs = [f"(W{number}, b{number})" for number in range(1, len(model.sizes))]
    return unformatted([*constants(model, "", ""), f"WEIGHTS = [{', '.join(pairs)}]"]) + "\n"


def _module(model: Model) -> str:
    lines = [
        "",
        "class Net(nn.Module):",
        '    """Takes points, a row each, and gives the outputs."""',
        "",
        "    def __init__(self):",
        "        super().__init__()",
    ]
    for number, (inputs, outputs) in enumerate(zip(model.sizes, model.sizes[1:], strict=False), start=1):
        lines.append(f"        self.layer{number} = nn.Linear({inputs}, {outputs}, dtype=torch.float64)")
    buffers = ["center", "scale"] if model.is_scaled else []
    buffers += ["target_center", "target_scale"] if model.preparation.is_target_scaled else []
    tensor = "torch.tensor({}, dtype=torch.float64)".format
    lines += [f'        self.register_buffer("{name}", {tensor(name.upper())})' for name in buffers]
    forms = [feature.export_forms.pytorch for feature in model.features]
    lines += ["", "    def features(self, points):", '        """What the network is given of points."""']
    lines += [f"    {line}" for line in features_body(model, forms, indent=4)]
    scaled = "(torch.stack(values, dim=1) - self.center) / self.scale"
    lines.append(f"        return {scaled if model.is_scaled else 'torch.stack(values, dim=1)'}")
    lines += ["", "    def forward(self, points):", "        h = self.features(points)"]
    for number, activation in enumerate(model.activations, start=1):
        form = activation.export_forms.pytorch
        if form == "z":
            lines.append(f"        h = self.layer{number}(h)")
        else:
            lines += [f"        z = self.layer{number}(h)", f"        h = {form}"]
    result = "h * self.target_scale + self.target_center" if model.preparation.is_target_scaled else "h"
    return "\n".join([*lines, f"        return {result}\n"])
