"""Networks over tokens: attention, layer norms, learned positions, recurrent layers."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class EncoderBlock(nn.Module):
    """Attention and a perceptron, each with a norm before and a shortcut around it."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(dim)
        self.self_attention = nn.MultiheadAttention(dim, heads, dropout=0.1, batch_first=True)
        self.ln_2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Dropout(0.1), nn.Linear(4 * dim, dim))

    def forward(self, x: Tensor) -> Tensor:
        y = self.ln_1(x)
        y, _ = self.self_attention(y, y, y, need_weights=False)
        x = x + y
        return x + self.mlp(self.ln_2(x))


class VisionTransformer(nn.Module):
    """Patches, a class token, positions and blocks."""

    def __init__(self, dim: int = 24) -> None:
        super().__init__()
        self.conv_proj = nn.Conv2d(3, dim, 8, 8)
        self.class_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos_embedding = nn.Parameter(torch.zeros(1, 17, dim))
        self.layers = nn.ModuleList([EncoderBlock(dim, 3) for _ in range(2)])
        self.ln = nn.LayerNorm(dim, eps=1e-6)
        self.head = nn.Linear(dim, 10)

    def forward(self, x: Tensor) -> Tensor:
        n = x.shape[0]
        x = self.conv_proj(x)
        x = x.reshape(n, x.shape[1], -1).permute(0, 2, 1)
        x = torch.cat([self.class_token.expand(n, -1, -1), x], dim=1)
        x = x + self.pos_embedding
        for layer in self.layers:
            x = layer(x)
        return self.head(self.ln(x)[:, 0])


class LayerNorm2d(nn.LayerNorm):
    """A layer norm of an image's channels."""

    def forward(self, x: Tensor) -> Tensor:
        x = x.permute(0, 2, 3, 1)
        x = F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)


class ConvNeXtBlock(nn.Module):
    """ConvNeXt's block."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dwconv = nn.Conv2d(dim, dim, 7, padding=3, groups=dim)
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.pwconv1 = nn.Linear(dim, 4 * dim)
        self.act = nn.GELU()
        self.pwconv2 = nn.Linear(4 * dim, dim)
        self.gamma = nn.Parameter(1e-6 * torch.ones(dim))

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x
        x = self.dwconv(x).permute(0, 2, 3, 1)
        x = self.pwconv2(self.act(self.pwconv1(self.norm(x))))
        x = (self.gamma * x).permute(0, 3, 1, 2)
        return shortcut + x


class ConvNeXt(nn.Module):
    """Two blocks, norms of either kind."""

    def __init__(self, dim: int = 8) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, dim, 4, 4), LayerNorm2d(dim))
        self.blocks = nn.Sequential(ConvNeXtBlock(dim), ConvNeXtBlock(dim))
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, 5)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.norm(self.blocks(self.stem(x)).mean([-2, -1])))


class Recurrent(nn.Module):
    """A row of an image at a time, and what is left after the last."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(28, 16, num_layers=2, batch_first=True, dropout=0.1)
        self.gru = nn.GRU(16, 8, bidirectional=True, batch_first=True)
        self.rnn = nn.RNN(16, 4, nonlinearity="relu", batch_first=True)
        self.fc = nn.Linear(36, 10)

    def forward(self, x: Tensor) -> Tensor:
        h0 = torch.zeros(2, x.size(0), 16, device=x.device)
        c0 = torch.zeros(2, x.size(0), 16, device=x.device)
        out, (hidden, _) = self.lstm(x.squeeze(1), (h0, c0))
        _, states = self.gru(out)
        _, h = self.rnn(out)
        return self.fc(torch.cat([hidden[-1], states[-2], states[-1], h.squeeze(0)], dim=-1))


class Language(nn.Module):
    """Tokens to tokens, whose last layer uses the first one's weights again."""

    def __init__(self, vocabulary: int = 50, dim: int = 12) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, dim, padding_idx=0)
        self.position = nn.Parameter(torch.zeros(20, dim))
        self.encoder = nn.TransformerEncoderLayer(dim, 2, 24, batch_first=True)
        self.decoder = nn.Linear(dim, vocabulary, bias=False)
        self.decoder.weight = self.embedding.weight

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.embedding(tokens) + self.position[: tokens.size(1)]
        return self.decoder(self.encoder(x))


class StepsFirst(nn.Module):
    """The batch as the second dimension, as PyTorch's recurrent layers have it by default."""

    def __init__(self) -> None:
        super().__init__()
        self.project = nn.Linear(6, 8)
        self.attention = nn.MultiheadAttention(8, 2)
        self.norm = nn.LayerNorm(8)
        self.gru = nn.GRU(8, 5)
        self.fc = nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.project(x.transpose(0, 1))
        x = self.norm(x + self.attention(x, x, x)[0])
        out, _ = self.gru(F.relu(x))
        return self.fc(out[-1])
