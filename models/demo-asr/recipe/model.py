"""The network: OpenAI's Whisper layout in PyTorch, small, with extra heads that only training uses.

Two convolutions (the second halves the frame rate to 50 Hz), sinusoidal encoder positions, pre-norm blocks, learned decoder
positions, output tied to the embedding. `pitch_head` tells the pitch of every frame after the second encoder block, because tones are otherwise
the last thing that is learnt. `phone_head` names the phone of every frame before the last encoder block (the synthesiser
tells it), the first head of two decoder layers is taught to look at the hanzi about to be written, and `phone_in` lets phones stand
in for sound at that same place, so that the last block and the decoder read several times more text than there is time to hear.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WIDTH, ENCODERS, DECODERS, HEADS, POSITIONS, TOKENS = 256, 4, 4, 4, 1500, 448
ALIGNED_LAYERS = (1, 2)


def sinusoids(length: int, width: int) -> Tensor:
    """(length, width) sine then cosine, as Whisper's encoder has them."""
    inverse = torch.exp(-math.log(10000) / (width // 2 - 1) * torch.arange(width // 2))
    angle = torch.arange(length)[:, None] * inverse[None]
    return torch.cat([angle.sin(), angle.cos()], 1)


class Attention(nn.Module):
    """Multi-head attention; keys carry no bias, as in Whisper."""

    def __init__(self) -> None:
        super().__init__()
        self.q, self.k = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH, bias=False)
        self.v, self.o = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor, memory: Tensor | None = None, causal: bool = False) -> tuple[Tensor, Tensor, Tensor]:
        """Output, and the queries and keys of the first head (batch, length, width / heads)."""
        memory = x if memory is None else memory

        def split(t: Tensor) -> Tensor:
            return t.view(t.shape[0], t.shape[1], HEADS, -1).transpose(1, 2)

        q, k, v = split(self.q(x)), split(self.k(memory)), split(self.v(memory))
        scores = q @ (k * k.shape[-1] ** -0.5).transpose(-1, -2)
        if causal:
            later = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)
            scores = scores.masked_fill(later, float("-inf"))
        out = scores.softmax(-1, dtype=scores.dtype) @ v
        return self.o(out.transpose(1, 2).reshape(x.shape)), q[:, 0], k[:, 0]


class Block(nn.Module):
    """Self-attention, cross-attention in the decoder, feed-forward."""

    def __init__(self, cross: bool) -> None:
        super().__init__()
        self.a, self.an = Attention(), nn.LayerNorm(WIDTH)
        self.c, self.cn = (Attention(), nn.LayerNorm(WIDTH)) if cross else (None, None)
        self.f1, self.f2, self.fn = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH), nn.LayerNorm(WIDTH)

    def forward(self, x: Tensor, memory: Tensor | None = None) -> tuple[Tensor, tuple[Tensor, Tensor] | None]:
        """Output, and the first cross-attention head's queries and keys."""
        x = x + self.a(self.an(x), causal=memory is not None)[0]
        looked = None
        if self.c is not None and self.cn is not None:
            out, q, k = self.c(self.cn(x), memory)
            x, looked = x + out, (q, k)
        return x + self.f2(F.gelu(self.f1(self.fn(x)))), looked


class Whisper(nn.Module):
    """`vocabulary` output tokens; `phones` and `pitches` classes of the training-only heads."""

    def __init__(self, vocabulary: int, phones: int, pitches: int) -> None:
        super().__init__()
        self.c1, self.c2 = nn.Conv1d(80, WIDTH, 3, padding=1), nn.Conv1d(WIDTH, WIDTH, 3, stride=2, padding=1)
        self.register_buffer("pe", sinusoids(POSITIONS, WIDTH))
        self.enc, self.en = nn.ModuleList(Block(False) for _ in range(ENCODERS)), nn.LayerNorm(WIDTH)
        self.te, self.tp = nn.Embedding(vocabulary, WIDTH), nn.Parameter(torch.randn(TOKENS, WIDTH) * 0.01)
        nn.init.normal_(self.te.weight, std=WIDTH**-0.5)
        self.dec, self.dn = nn.ModuleList(Block(True) for _ in range(DECODERS)), nn.LayerNorm(WIDTH)
        self.phone_head, self.phone_in = nn.Linear(WIDTH, phones), nn.Embedding(phones, WIDTH)
        self.pitch_head = nn.Linear(WIDTH, pitches)

    def encode(self, mel: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(batch, 80, frames) log-mel → (batch, frames / 2, WIDTH) for the decoder, and as it was after each block but the last."""
        x = F.gelu(self.c2(F.gelu(self.c1(mel)))).transpose(1, 2)
        x = x + self.pe[: x.shape[1]]
        early = []
        for block in self.enc[:-1]:
            x, _ = block(x)
            early.append(x)
        return self.en(self.enc[-1](x)[0]), early

    def encode_phones(self, phones: Tensor, stride: int) -> Tensor:
        """(batch, frames) phone classes, one for `stride` frames of 20 ms → the decoder's memory, as if they had been heard."""
        x = self.phone_in(phones) + self.pe[: phones.shape[1] * stride : stride]
        return self.en(self.enc[-1](x)[0])

    def decode(self, tokens: Tensor, memory: Tensor) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """Hidden states (batch, length, WIDTH) before the tied output, and the aligned heads' queries and keys."""
        x = self.te(tokens) + self.tp[: tokens.shape[1]]
        looks = []
        for index, block in enumerate(self.dec):
            x, looked = block(x, memory)
            if index in ALIGNED_LAYERS:
                looks.append(looked)
        return self.dn(x), looks
