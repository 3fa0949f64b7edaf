"""Random configurations: gradients are those of the loss, and a slack below 0 is found."""

from flint import arb, ctx

from scverify.conjecture.configurations import Configuration, at_configurations, drawn, pair_slacks
from scverify.symbolic.losses import supcon
from tests.conjecture.steps import all_hold


def test_the_gradient_is_the_derivative_of_the_value():
    with ctx.workprec(256):
        at = drawn(supcon, "seed", sphere=False)[5]
        step = arb(2) ** -60
        for i, column in ((0, 0), (3, 1)):
            ends = []
            for sign in (1, -1):
                moved = at.embeddings.copy()
                moved[i, column] = moved[i, column] + sign * step
                ends.append(Configuration(at.problem, moved).value)
            assert abs((ends[0] - ends[1]) / (2 * step) - at.gradient[i, column]) < arb("1e-20")


def test_points_of_the_sphere_have_norm_one_and_choices_collapse_them():
    at = drawn(supcon, "seed", sphere=True)[0]
    assert all(abs(at.gram[i, i] - 1) < 1e-10 for i in range(5))
    assert at.labels == [0, 0, 0, 1, 1] and len(at.pairs()) == 4
    assert at.collapsed([2, 3]).embeddings[0, 0] is at.embeddings[2, 0]


def test_a_slack_below_zero_is_found():
    assert all_hold([at_configurations("the pair lemma", supcon, pair_slacks)])
    assert not all_hold([at_configurations("nothing", supcon, lambda at: [arb(-1)])])
    assert not all_hold([at_configurations("the reverse", supcon, lambda at: [-slack for slack in pair_slacks(at)])])
