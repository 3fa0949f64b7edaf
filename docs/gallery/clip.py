# %% [markdown]
# # The least CLIP loss
#
# The least CLIP loss of 4096 pairs, which is too small for float32 training to see.

# %%
import scverify as sv

found = sv.unit_optimum(sv.UnitProblem(sv.losses.clip(pairs=4096), temperature="1/100"))
print(found)
assert 0 < found.lower <= found.upper < 1e-30
