"""Train a PyTorch network on scikit-learn's digits with supervised contrast, and audit its embeddings, tensors as they are, over epochs.

python docs/examples/torch_digits.py          (needs PyTorch and scikit-learn: pip install "scverify[torch]")
"""

from __future__ import annotations

import argparse

import torch
from sklearn.datasets import load_digits

import scverify as sv

TEMPERATURE = "1/5"


def supcon(embeddings: torch.Tensor, labels: torch.Tensor, tau: float) -> torch.Tensor:
    """The mean over anchors of log sum_{a != i} exp(s_a/tau) - mean_p s_p/tau, for unit embeddings (n, d)."""
    itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    logits = (embeddings @ embeddings.T / tau).masked_fill(itself, -torch.inf)
    positives = (labels[:, None] == labels) & ~itself
    attracted = (embeddings @ embeddings.T / tau * positives).sum(dim=1) / positives.sum(dim=1)
    return (torch.logsumexp(logits, dim=1) - attracted).mean()


def main() -> None:
    """Print the audit of the embeddings before, during and after the training."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--samples", type=int, default=400)
    options.add_argument("--steps", type=int, nargs="+", default=[0, 30, 100, 300])
    given = options.parse_args()
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    data, digits = load_digits(return_X_y=True)
    pixels = torch.tensor(data[: given.samples] / 16, dtype=torch.float32, device=device)
    labels = torch.tensor(digits[: given.samples], device=device)
    network = torch.nn.Sequential(torch.nn.Linear(64, 256), torch.nn.ReLU(), torch.nn.Linear(256, 16)).to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    print("step      loss in PyTorch  audited        certified floor  verdict")
    for step in range(max(given.steps) + 1):
        embeddings = torch.nn.functional.normalize(network(pixels), dim=1)
        loss = supcon(embeddings, labels, 1 / 5)
        if step in given.steps:
            found = sv.audit(embeddings, labels, temperature=TEMPERATURE, reduction="mean")
            print(
                f"{step:<8}  {loss.item():<15.7f}  {found.value.upper:<13.9f}  {float(found.floor.lower):<15.9f}  {found.kind}", flush=True
            )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


if __name__ == "__main__":
    main()
