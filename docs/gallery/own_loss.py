# %% [markdown]
# # A loss of one's own
#
# A loss of one's own: an anchor also meets a point at which every similarity is 0.

# %%
import sympy as sp

import scverify as sv
from scverify.symbolic.row import a, c, m, q, s, tau

row = sp.log(1 + sp.Sum(c[a] * sp.exp(s[a] / tau), (a, 0, m - 1))) - sp.Sum(q[a] * s[a] / tau, (a, 0, m - 1))
mine = sv.Loss("one more", sv.RowFormula("one more", row), sv.supcon.coefficients)
found = sv.optimum(sv.Problem(mine, (5, 4, 3), temperature="1/5", constraint=sv.Ball()))
print(found)
assert found.lower <= found.upper
