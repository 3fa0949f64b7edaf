# %% [markdown]
# # A spurious minimum
#
# A strict local minimum that is not global, on the sphere, with more dimensions than classes.

# %%
import scverify as sv

problem = sv.Problem(sv.supcon, (4, 2), dim=3, temperature="1/20")
lowest = sv.optimum(problem.replace(dim=None))
# the six samples stand on the six ends of three orthogonal axes
h = [[1, -1, 0, 0, 0, 0], [0, 0, 1, -1, 0, 0], [0, 0, 0, 0, 1, -1]]
point = sv.certify_point(problem, h, better=lowest)
print(point)
assert point.kind == "spurious minimum"
assert sv.verify(point)
