"""The weights of a published CTranslate2 model as this network names them, so that training goes on where an earlier one ended.

model.bin holds: uint32 version, spec name, uint32 revision, uint32 count, then for each variable its name, shape, type, length and bytes
(ctranslate2/specs/model_spec.py writes it). int8 weights are divided by their row's scale: what eight bits lost is learnt again in minutes.
"""

import struct
from pathlib import Path
from typing import IO

import numpy as np
import torch
from torch import Tensor

TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


def variables(file: Path) -> dict[str, np.ndarray]:
    """Every variable of model.bin as float32, quantised ones multiplied out."""
    found: dict[str, np.ndarray] = {}
    with file.open("rb") as stream:
        _, _, _, count = _number(stream, "<I"), _name(stream), _number(stream, "<I"), _number(stream, "<I")
        for _ in range(count):
            name = _name(stream)
            shape = [_number(stream, "<I") for _ in range(_number(stream, "<B"))]
            kind, length = _number(stream, "<B"), _number(stream, "<I")
            found[name] = np.frombuffer(stream.read(length), TYPES[kind]).reshape(shape).astype(np.float32)
    for name, value in found.items():
        if name.endswith("/weight") and f"{name}_scale" in found:
            scale = found[f"{name}_scale"]
            found[name] = value / scale.reshape(-1, *[1] * (value.ndim - 1))
    return found


def _number(stream: IO[bytes], form: str) -> int:
    return struct.unpack(form, stream.read(struct.calcsize(form)))[0]


def _name(stream: IO[bytes]) -> str:
    return stream.read(_number(stream, "<H"))[:-1].decode()


def weights(folder: Path) -> dict[str, Tensor]:
    """The state of `model.Whisper` but for the heads that only training uses."""
    given, state = variables(folder / "model.bin"), {}

    def linear(source: str, *names: str) -> None:
        for part in ("weight", "bias"):
            for name, value in zip(names, np.split(given[f"{source}/{part}"], len(names)), strict=True):
                state[f"{name}.{part}"] = value

    def norm(source: str, name: str) -> None:
        state[f"{name}.weight"], state[f"{name}.bias"] = given[f"{source}/gamma"], given[f"{source}/beta"]

    for number in (1, 2):
        linear(f"encoder/conv{number}", f"c{number}")
    for side, short in (("encoder", "enc"), ("decoder", "dec")):
        norm(f"{side}/layer_norm", f"{short[0]}n")
        for index in range(sum(name.startswith(f"{side}/layer_") and name.endswith("/ffn/linear_0/weight") for name in given)):
            layer, name = f"{side}/layer_{index}", f"{short}.{index}"
            linear(f"{layer}/self_attention/linear_0", *(f"{name}.a.{part}" for part in "qkv"))
            linear(f"{layer}/self_attention/linear_1", f"{name}.a.o")
            norm(f"{layer}/self_attention/layer_norm", f"{name}.an")
            linear(f"{layer}/ffn/linear_0", f"{name}.f1")
            linear(f"{layer}/ffn/linear_1", f"{name}.f2")
            norm(f"{layer}/ffn/layer_norm", f"{name}.fn")
            if side == "decoder":
                linear(f"{layer}/attention/linear_0", f"{name}.c.q")
                linear(f"{layer}/attention/linear_1", f"{name}.c.k", f"{name}.c.v")
                linear(f"{layer}/attention/linear_2", f"{name}.c.o")
                norm(f"{layer}/attention/layer_norm", f"{name}.cn")
    state["te.weight"] = given["decoder/embeddings/weight"]
    state["tp"] = given["decoder/position_encodings/encodings"]
    return {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in state.items() if not name.endswith(".a.k.bias") and not name.endswith(".c.k.bias")}


def begin_from(model: torch.nn.Module, folder: Path) -> None:
    """Load a published model; layers it does not have begin as ones that change nothing."""
    missing, unexpected = model.load_state_dict(weights(folder), strict=False)
    if unexpected:
        raise SystemExit(f"{folder} is no model of this shape: {unexpected[:3]}")
    with torch.no_grad():
        for name in missing:
            if name.endswith((".o.weight", ".o.bias", ".f2.weight", ".f2.bias")):
                model.get_parameter(name).zero_()
