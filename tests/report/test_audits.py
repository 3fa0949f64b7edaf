"""The page of an audit: one file with its pictures, nothing from a network, and text that cannot disguise itself as markup."""

import base64
import re

import numpy as np

from scverify.audit import audit
from scverify.report.audits import audit_page


def test_the_page_holds_the_sentence_and_three_pictures():
    angles = np.array([0.0, 0.2, 2.0, 2.3, 4.0, 4.1])
    found = audit(np.stack([np.cos(angles), np.sin(angles)], axis=1), ["<b>a", "<b>a", "b", "b", "c", "c"], temperature="1/2")
    page = audit_page(found)
    assert found.sentence.split(":")[0] in page and "http" not in page and "<script" not in page
    pictures = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    assert len(pictures) == 3 and all(base64.b64decode(one).startswith(b"\x89PNG") for one in pictures)
    assert "&lt;b&gt;a" in page and "<b>a" not in page


def test_embeddings_on_a_line_and_many_classes_are_drawn():
    labels = np.repeat(np.arange(14), 2)
    points = np.where(labels % 2, 1.0, -1.0)[:, None] * np.ones((28, 1))
    assert audit_page(audit(points, labels, temperature=1)).count("<figure>") == 3
