"""Names that are seldom right in training, weighed so that their photos need no larger cosine than others.

Menon et al. 2021, "Long-tail learning via logit adjustment", equation 10: the logarithm of how often a class is right
is added to its logit in training and left out afterwards. Without it a cow, of which there are few photos, is nearer to
"horse" than a horse to "cow".
"""

from __future__ import annotations

from torch import Tensor

MEMORY = 0.98  # of the running mean, a batch
FLOOR = 1e-3  # share that a name never seen counts as


class Balance:
    """What is added to the logits of each name."""

    def __init__(self) -> None:
        self._shares: Tensor | None = None  # (names,)

    def adjustment(self, targets: Tensor) -> Tensor:
        """Takes in the targets of a batch, (n, names), any positive rows; the logarithms of all shares, (names,)."""
        shares = (targets / targets.sum(1, keepdim=True)).mean(0)
        self._shares = shares if self._shares is None else MEMORY * self._shares + (1 - MEMORY) * shares
        return (self._shares + FLOOR).log()
