"""The command that judges trained embeddings: audit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scverify.cli.options import json_option, save_option
from scverify.cli.output import show_result, working

if TYPE_CHECKING:
    from scverify.model.problem import Singletons


@click.command(epilog="Example: scverify audit embeddings.npy labels.npy --tau 7/100")
@click.argument("embeddings", metavar="EMBEDDINGS")
@click.argument("labels", metavar="LABELS")
@click.option("--tau", required=True, metavar="T", help="Temperature, exact: 7/100 or 0.07.")
@click.option("--loss", default="supcon", show_default=True, metavar="NAME|FILE::NAME", help="A named loss, or a function in a file.")
@click.option("--rho", default="1", show_default=True, metavar="RHO", help="Radius of the sphere on which the embeddings lie.")
@click.option("--normalise", is_flag=True, help="The loss divides embeddings by their norms: take any that are not 0.")
@click.option("--reduction", type=click.Choice(["sum", "mean"]), default="sum", show_default=True, help="Over the anchors.")
@click.option("--ignore-singletons", is_flag=True, help="A class of one sample is a negative for the others and no anchor.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the search for negative curvature.")
@click.option("--classifier", metavar="W.npy", help="Weights of a linear classifier, a row per class, for NC3.")
@click.option("--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="Write one HTML page with pictures.")
@save_option("the certificates of the floor")
@json_option
def audit(
    embeddings: str,
    labels: str,
    tau: str,
    ignore_singletons: bool,
    classifier: str | None,
    page: Path | None,
    save: Path | None,
    as_json: bool,
    **given: Any,
) -> int:
    """Judge embeddings (n, d), one row per sample, against the certified floor of the loss for their labels.

    EMBEDDINGS: a .npy file, or FILE.npz::ARRAY. LABELS: a text file with one label per line, a .npy file, FILE.npz::ARRAY, or
    FILE.csv::COLUMN.
    """
    from scverify.model.labels import read_embeddings, read_labels
    from scverify.results.files import check_writable, write_certificates

    rows, names = read_embeddings(embeddings), read_labels(labels)
    weights = None if classifier is None else read_embeddings(classifier)
    for folder in [*([save] if save is not None else []), *([page.parent] if page is not None else [])]:
        check_writable(folder)
    singletons: Singletons = "ignore" if ignore_singletons else "error"
    with working("judging the embeddings"):
        from scverify.audit import audit as judged

        found = judged(rows, names, temperature=tau, singletons=singletons, classifier=weights, **given)
    if page is not None:
        from scverify.report.audits import audit_page

        write_certificates(page.parent, {page.name: audit_page(found)})
    show_result(found, as_json, save)
    return 0
