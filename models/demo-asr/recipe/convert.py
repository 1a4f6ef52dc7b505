"""Trained weights as a CTranslate2 Whisper folder: convert.py WORK_DIR OUT_DIR [int8].

OUT_DIR gets model.bin, config.json, vocabulary.json, tokenizer.json, preprocessor_config.json and files.sha256, which faster-whisper
loads as it would load large-v3-turbo. Built with ctranslate2.specs: self-attention is a fused QKV, cross-attention a query and a fused KV.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import torch
from ctranslate2.specs import whisper_spec
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

sys.path.insert(0, str(Path(__file__).resolve().parent))
from model import ALIGNED_LAYERS, DECODERS, ENCODERS, HEADS, WIDTH  # noqa: E402
from train import LONGEST_S, SPECIAL  # noqa: E402

NEVER_SAID = ("<unk>", "", "<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|startoftranscript|>", "<|notimestamps|>", "<|zh|>", "<|nospeech|>")


def tokenizer(vocabulary: list[str]) -> Tokenizer:
    """One token a character."""
    made = Tokenizer(models.WordLevel(vocab={t: i for i, t in enumerate(vocabulary)}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    made.decoder = decoders.Fuse()
    made.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in SPECIAL])
    return made


def specification(weights: dict[str, np.ndarray], vocabulary: list[str]) -> whisper_spec.WhisperSpec:
    """The layers of the network under CTranslate2's names."""
    spec = whisper_spec.WhisperSpec(ENCODERS, HEADS, DECODERS, HEADS)

    def linear(target, *names: str) -> None:
        target.weight = np.concatenate([weights[f"{n}.weight"] for n in names])
        target.bias = np.concatenate([weights.get(f"{n}.bias", np.zeros(WIDTH, np.float32)) for n in names])

    def norm(target, name: str) -> None:
        target.gamma, target.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]

    def rest(layer, name: str) -> None:
        linear(layer.self_attention.linear[0], f"{name}.a.q", f"{name}.a.k", f"{name}.a.v")
        linear(layer.self_attention.linear[1], f"{name}.a.o")
        norm(layer.self_attention.layer_norm, f"{name}.an")
        linear(layer.ffn.linear_0, f"{name}.f1")
        linear(layer.ffn.linear_1, f"{name}.f2")
        norm(layer.ffn.layer_norm, f"{name}.fn")

    for target, name in ((spec.encoder.conv1, "c1"), (spec.encoder.conv2, "c2")):
        target.weight, target.bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
    spec.encoder.position_encodings.encodings = weights["pe"]
    norm(spec.encoder.layer_norm, "en")
    for i, layer in enumerate(spec.encoder.layer):
        rest(layer, f"enc.{i}")
    spec.decoder.embeddings.weight = weights["te.weight"]
    spec.decoder.position_encodings.encodings = weights["tp"]
    norm(spec.decoder.layer_norm, "dn")
    for i, layer in enumerate(spec.decoder.layer):
        rest(layer, f"dec.{i}")
        linear(layer.attention.linear[0], f"dec.{i}.c.q")
        linear(layer.attention.linear[1], f"dec.{i}.c.k", f"dec.{i}.c.v")
        linear(layer.attention.linear[2], f"dec.{i}.c.o")
        norm(layer.attention.layer_norm, f"dec.{i}.cn")
    spec.decoder.projection.weight = spec.decoder.embeddings.weight
    spec.register_vocabulary(vocabulary)
    ids = {t: i for i, t in enumerate(vocabulary)}
    spec.config.suppress_ids = sorted(ids[t] for t in NEVER_SAID)
    spec.config.suppress_ids_begin = []
    spec.config.lang_ids = [ids["<|zh|>"]]
    spec.config.alignment_heads = [[layer, 0] for layer in ALIGNED_LAYERS]
    return spec


def main(work: Path, out: Path, quantization: str | None) -> None:
    out.mkdir(parents=True, exist_ok=True)
    vocabulary = json.loads((work / "tokens.json").read_text())
    weights = {n: p.float().numpy() for n, p in torch.load(work / "model.pt", map_location="cpu").items()}
    spec = specification(weights, vocabulary)
    spec.validate()
    spec.optimize(quantization=quantization)
    spec.save(str(out))
    tokenizer(vocabulary).save(str(out / "tokenizer.json"))
    features = {"feature_size": 80, "sampling_rate": 16000, "hop_length": 160, "n_fft": 400, "chunk_length": 30, "longest_window_s": LONGEST_S}
    (out / "preprocessor_config.json").write_text(json.dumps(features) + "\n")
    names = ("model.bin", "config.json", "vocabulary.json", "tokenizer.json", "preprocessor_config.json")
    sums = [f"{hashlib.sha256((out / n).read_bytes()).hexdigest()}  {n}" for n in names]
    (out / "files.sha256").write_text("\n".join(sums) + "\n")
    print(f"{sum((out / n).stat().st_size for n in names) / 1e6:.1f} MB in {out}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "int8")
