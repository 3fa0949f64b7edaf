# %% [markdown]
# # An audit
#
# How far are embeddings from the floor? Here: class means on a simplex, with noise.

# %%
import numpy as np

import scverify as sv

labels = np.repeat([0, 1, 2, 3], 25)
clean = sv.simplex_etf(4)[:, labels].T
for noise in (0.0, 0.1, 0.5):
    given = clean + noise * np.random.default_rng(7).normal(size=clean.shape)
    report = sv.audit(given, labels, temperature="1/10", normalise=True)
    excess = report.to_json()["excess"]
    print(f"noise {noise}: excess in [{excess['lower']}, {excess['upper']}], {report.kind}")
