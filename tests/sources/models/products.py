"""Attention written out, in the ways in which people write it."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Attention(nn.Module):
    """Queries, keys and values of several heads, as vision transformers have them; `way` says what multiplies them."""

    def __init__(self, dim: int, heads: int, way: str) -> None:
        super().__init__()
        self.heads = heads
        self.way = way
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        batch, tokens, dim = x.shape
        qkv = self.qkv(x).reshape(batch, tokens, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = qkv.unbind(0)
        x = getattr(self, self.way)(query, key, value)
        return self.proj(x.transpose(1, 2).reshape(batch, tokens, dim))

    def matmul(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return (query @ key.transpose(-2, -1)).softmax(dim=-1) @ value

    def function(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(query, key, value, dropout_p=0.1 if self.training else 0.0)

    def causal(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(query, key, value, is_causal=True, scale=0.5)

    def masked(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(query, key, value, attn_mask=query @ key.mT)

    def shared(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        key, value = key[:, :2], value[:, :1]
        return F.scaled_dot_product_attention(query, key, value, enable_gqa=True)

    def einsum(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        weights = torch.einsum("bhqd, bhkd -> bhqk", query, key).softmax(-1)
        return torch.einsum("...qk,...kd", weights, value)

    def bmm(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        each = zip(query.unbind(1), key.unbind(1), value.unbind(1), strict=True)
        return torch.stack([torch.bmm(torch.bmm(q, k.mT).softmax(-1), v) for q, k, v in each], 1)

    def added(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        parts = []
        for q, k, v in zip(query.unbind(1), key.unbind(1), value.unbind(1), strict=True):
            weights = torch.baddbmm(q @ k.mT, q, k.mT).softmax(-1)
            parts.append(torch.baddbmm(q, weights, v, beta=0))
        return torch.stack(parts, 1)


class Encoder(nn.Module):
    """Patches, and attention of one way."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 16, 4, 4)
        self.attention = Attention(16, 4, way)
        self.head = nn.Linear(16, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = x + self.attention(x)
        return self.head(x.mean(1))


class StepsFirst(nn.Module):
    """Products of tensors whose samples come second, and along dimensions that come before others."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(6, 8)

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc(x).transpose(0, 1)
        weights = torch.einsum("nbd,mbd->bnm", x, x)
        return torch.einsum("bnm,mbd->nbd", weights, x).transpose(0, 1)


class Causal(nn.Module):
    """Attention with masks: one that is made on the way, one that enters, and one that is kept."""

    def __init__(self, *, batch_first: bool = True) -> None:
        super().__init__()
        self.batch_first = batch_first
        self.fc = nn.Linear(6, 8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=batch_first)
        self.kept: Tensor
        self.register_buffer("kept", torch.ones(5, 5).triu(1))

    def forward(self, x: Tensor, padding: Tensor) -> Tensor:
        x = self.fc(x)
        if not self.batch_first:
            x = x.transpose(0, 1)
        mask = torch.ones(5, 5).triu(1).bool()
        x = self.attention(x, x, x, key_padding_mask=padding, attn_mask=mask, need_weights=False)[0]
        x, _ = self.attention(x, x, x, attn_mask=self.kept)
        return x if self.batch_first else x.transpose(0, 1)


class Pairs(nn.Module):
    """A bilinear layer over two inputs, and another that is given its weights, and not the batch first."""

    def __init__(self) -> None:
        super().__init__()
        self.compare = nn.Bilinear(6, 4, 5)
        self.weight = nn.Parameter(torch.zeros(3, 5, 4))

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        compared = F.relu(self.compare(a, b))
        return F.bilinear(compared.transpose(0, 1), b.transpose(0, 1), self.weight).transpose(0, 1)


class Learned(nn.Module):
    """Products with parameters as they are; `way` says which."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way = way
        self.fc = nn.Linear(6, 8)
        shapes = {
            "right": (8, 5),
            "turned": (5, 8),
            "left": (3, 7),
            "vector": (8,),
            "repeated": (8,),
            "for_each_head": (2, 4, 3),
            "for_each_sample": (8, 5),
            "columns": (5, 8),
            "steps_first": (8, 5),
            "each_step": (7, 8, 5),
            "with_bias": (8, 5),
            "bias": (2, 7, 7),
            "equation": (2, 4, 8),
            "table": (3, 8),
        }
        self.weight = nn.Parameter(torch.rand(shapes[way]))

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = getattr(self, self.way)(self.fc(x))
        return result

    def heads(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (2, 4)).transpose(1, 2)

    def right(self, x: Tensor) -> Tensor:
        return x @ self.weight

    def turned(self, x: Tensor) -> Tensor:
        return x @ self.weight.t()

    def left(self, x: Tensor) -> Tensor:
        return self.weight @ x

    def vector(self, x: Tensor) -> Tensor:
        return torch.matmul(x, self.weight)

    def repeated(self, x: Tensor) -> Tensor:
        return x @ self.weight[:, None].expand(-1, 6).reshape(8, 2, 3).flatten(1)

    def for_each_head(self, x: Tensor) -> Tensor:
        return self.heads(x) @ self.weight

    def for_each_sample(self, x: Tensor) -> Tensor:
        return x.mean(1).mm(self.weight)

    def columns(self, x: Tensor) -> Tensor:
        return torch.mm(self.weight, x.mean(1).t()).t()

    def steps_first(self, x: Tensor) -> Tensor:
        return (x.transpose(0, 1) @ self.weight).transpose(0, 1)

    def each_step(self, x: Tensor) -> Tensor:
        return torch.matmul(x.transpose(0, 1), self.weight).transpose(0, 1)

    def with_bias(self, x: Tensor) -> Tensor:
        return torch.addmm(self.weight[0], x[:, 0], self.weight, alpha=2)

    def bias(self, x: Tensor) -> Tensor:
        x = self.heads(x)
        return F.scaled_dot_product_attention(x, x, x, attn_mask=self.weight[None])

    def table(self, x: Tensor) -> Tensor:
        return x + torch.einsum("nt,nm->tm", self.weight[:, :7], self.weight)

    def equation(self, x: Tensor) -> Tensor:
        return torch.einsum("bnhd,hdc->bnc", x.unflatten(-1, (2, 4)), self.weight)


class Windows(nn.Module):
    """Attention within windows, which are folded into the batch; `way` says what multiplies them."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 16, 2, 2)
        self.attention = Attention(16, 4, way)
        self.weight = nn.Parameter(torch.rand(16, 5))

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x)
        batch, dim, height, width = x.shape
        x = x.view(batch, dim, height // 2, 2, width // 2, 2).permute(0, 2, 4, 3, 5, 1)
        x = self.attention(x.reshape(-1, 4, dim)) @ self.weight
        return x.reshape(batch, -1, 5)


class AttentionInWindows(nn.Module):
    """Attention as a module, over tokens of windows that are folded into the batch."""

    def __init__(self, *, batch_first: bool = True) -> None:
        super().__init__()
        self.batch_first = batch_first
        self.fc = nn.Linear(6, 8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=batch_first)

    def forward(self, x: Tensor) -> Tensor:
        y = self.fc(x).reshape(-1, 4, 8)
        if not self.batch_first:
            y = y.transpose(0, 1)
        y, _ = self.attention(y, y, y)
        return (y if self.batch_first else y.transpose(0, 1)).reshape(len(x), -1, 8)


class Shown(nn.Module):
    """Attention whose weights are a result, and enter what follows."""

    def __init__(self, *, batch_first: bool = True) -> None:
        super().__init__()
        self.batch_first = batch_first
        self.attention = nn.MultiheadAttention(8, 2, batch_first=batch_first)
        self.fc = nn.Linear(5, 3)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = x if self.batch_first else x.transpose(0, 1)
        _, weights = self.attention(x, x, x)
        return self.fc(weights), weights


class KeysWithoutBias(nn.Module):
    """Queries, keys and values of one linear layer, whose bias for the keys is always zero, as in Swin V2."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(8, 24)

    def forward(self, x: Tensor) -> Tensor:
        bias = self.qkv.bias.clone()
        bias[8:16].zero_()
        query, key, value = F.linear(x, self.qkv.weight, bias).chunk(3, -1)
        return (query @ key.mT).softmax(-1) @ value
