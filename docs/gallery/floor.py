# %% [markdown]
# # The floor over temperature
#
# The floor of the loss over temperature, for a long-tailed data set of a hundred classes.

# %%
import scverify as sv

classes = sv.Classes.named("cifar100-lt", ratio=100)
for tau in ("1/20", "1/10", "1/5", "1/2"):
    found = sv.optimum(sv.Problem(sv.supcon, classes, temperature=tau))
    print(f"tau = {tau}: {float(found.lower) / classes.n:.9f} per anchor, rank {found.rank}")
    assert found.upper - found.lower <= found.upper / 10**12
