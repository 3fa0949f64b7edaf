"""The command that judges trained embeddings: audit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from scverify.cli.options import json_option, save_option
from scverify.cli.output import show_result, working


@click.command(epilog="Example: scverify audit embeddings.npy labels.npy --tau 7/100")
@click.argument("embeddings", metavar="H.npy")
@click.argument("labels", metavar="LABELS")
@click.option("--tau", required=True, metavar="T", help="Temperature, exact: 7/100 or 0.07.")
@click.option("--loss", default="supcon", show_default=True, metavar="NAME|FILE::NAME", help="A named loss, or a function in a file.")
@click.option("--rho", default="1", show_default=True, metavar="RHO", help="Radius of the sphere on which the embeddings lie.")
@click.option("--normalise", is_flag=True, help="The loss divides embeddings by their norms: take any that are not 0.")
@click.option("--reduction", type=click.Choice(["sum", "mean"]), default="sum", show_default=True, help="Over the anchors.")
@click.option("--ignore-singletons", is_flag=True, help="A class of one sample is a negative for the others and no anchor.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the search for negative curvature.")
@save_option("the certificates of the floor")
@json_option
def audit(embeddings: str, labels: str, tau: str, ignore_singletons: bool, save: Path | None, as_json: bool, **given: Any) -> int:
    """Judge embeddings (n, d), one row per sample, against the certified floor of the loss for their labels.

    LABELS: a text file with one label per line, a .npy file, or FILE.csv::COLUMN.
    """
    from scverify.model.labels import read_embeddings, read_labels
    from scverify.results.files import check_writable

    rows, names = read_embeddings(embeddings), read_labels(labels)
    if save is not None:
        check_writable(save)
    with working("judging the embeddings"):
        from scverify.audit import audit as judged

        found = judged(rows, names, temperature=tau, singletons="ignore" if ignore_singletons else "error", **given)
    show_result(found, as_json, save)
    return 0
