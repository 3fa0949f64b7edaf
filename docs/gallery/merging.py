# %% [markdown]
# # Where small classes merge
#
# From which imbalance on do two small classes have one mean? Proved on both sides.

# %%
import scverify as sv

problem = sv.Problem(sv.supcon, (6, 6, 3, 3), temperature="1/2")
where = sv.bracket(problem, "merged", "ratio", (50, 200), digits=9)
print(where)
assert where.to_json()["bracket"] == {"lower": "131.664319", "upper": "131.66432"}
