"""A model with attention that is written out."""

from torch import Tensor, nn


class Attention(nn.Module):
    """Attention of one head, written out."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.qkv = nn.Linear(dim, 3 * dim)

    def forward(self, x: Tensor) -> Tensor:
        """Return what each token makes of all of them."""
        query, key, value = self.qkv(x).chunk(3, dim=-1)
        weights = (query @ key.transpose(-2, -1)).softmax(dim=-1)
        return weights @ value


class Tokens(nn.Module):
    """Attention and a classifier."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = Attention(8)
        self.head = nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Return the scores of ten classes."""
        return self.head(self.attention(x).mean(dim=1))
