import pytest

import scverify as sv
from scverify import losses
from scverify.conjecture.strategies import classes
from scverify.conjecture.theorem import fact
from scverify.errors import InputError

LONG = 100_000  # seconds of budget that no check here needs: a busy machine changes no verdict
HOLDS, FAILS = fact("one is one", lambda: 1 == 1), fact("one is two", lambda: 1 == 2)


def stated(proof, predicate=lambda problem: True, **domain):
    return sv.conjecture(**{"classes": classes(k=2, size=(2, 9)), "proof": proof} | domain)(predicate)


def test_steps_that_hold_prove_an_infinite_domain_and_steps_that_do_not_prove_nothing():
    assert sv.check(stated([HOLDS]), budget=LONG).word == "PROVED"
    assert sv.check(stated([HOLDS, FAILS]), budget=LONG).word == "SUPPORTED"


def test_steps_that_are_given_as_they_stand_say_nothing_of_another_loss():
    assert sv.check(stated([HOLDS]).with_loss("spectral"), budget=LONG).word == "SUPPORTED"


def test_steps_for_a_loss_are_asked_for_each_loss():
    def steps(loss):
        return [fact("it is supcon", lambda: loss.name == "supcon")]

    assert sv.check(stated(steps), budget=LONG).word == "PROVED"
    assert sv.check(stated(steps).with_loss("spectral"), budget=LONG).word == "SUPPORTED"
    assert sv.check(stated(steps, loss=["supcon", "spectral"]), budget=LONG).word == "SUPPORTED"


def test_a_refutation_stands_against_a_proof():
    def false(problem):
        return sv.all_equal(sv.optimum_facts(problem).similarities())

    verdict = sv.check(stated([HOLDS], false, classes=[(3, 2, 2)]), budget=LONG)
    assert verdict.word == "REFUTED" and "do not prove it" in verdict.reason


def test_what_was_expected_of_one_loss_is_not_expected_of_another():
    expecting = sv.conjecture(classes=[(2, 2)], expect="REFUTED")(lambda problem: True)
    assert expecting.expect == "REFUTED" and expecting.with_loss("spectral").expect is None


def test_an_instance_is_listed_once_for_each_part_of_the_domain_smallest_first():
    listed = sv.conjecture(
        classes=[(3, 2), (2, 2)], temperature=["1/2", 1], dim=lambda classes: [2, 3], constraint=[sv.Sphere(), sv.Ball()]
    )(bool).listed()
    assert len(listed) == 16
    assert [problem.classes.n for problem in listed] == [4] * 8 + [5] * 8
    assert (listed[0].dim, listed[0].temperature, listed[0].constraint) == (2, 1, sv.Sphere())


@pytest.mark.parametrize(
    "wrong",
    [
        {"expect": "TRUE"},
        {"temperature": 0},
        {"temperature": []},
        {"constraint": "sphere"},
        {"classes": [(2, 0)]},
        {"loss": "nonsense"},
    ],
    ids=str,
)
def test_a_wrong_domain_is_refused(wrong):
    with pytest.raises(sv.InputError):
        sv.conjecture(**{"classes": [(2, 2)]} | wrong)(bool)


def of_pairs(predicate=lambda problem: sv.optimum_facts(problem).value > 0, **domain):
    given = {"loss": [losses.siglip(pairs=n, bias=-5) for n in (4, 3)], "temperature": ["1/10"], "dim": lambda loss: loss.units - 1}
    return sv.conjecture(**given | domain)(predicate)


def test_losses_with_their_own_nodes_make_a_domain_without_classes():
    stated = of_pairs(temperature=["1/2", "1/10"])
    assert stated.on_units and stated.is_finite and "siglip (3 pairs" in stated.domain
    assert [(problem.loss.units, problem.dim, str(problem.temperature)) for problem in stated.listed()] == [
        (3, 2, "1/2"),
        (3, 2, "1/10"),
        (4, 3, "1/2"),
        (4, 3, "1/10"),
    ]
    largest = stated.listed()[-1]
    assert len(stated.listed(below=largest)) == 3 and len({hash(problem) for problem in stated.listed()}) == 4


def test_a_statement_about_pairs_is_proved_by_optima_and_refuted_by_a_point():
    assert of_pairs()(of_pairs().listed()[0]).trust == "ball"
    proved = sv.check(of_pairs(), budget=LONG)
    assert (proved.word, proved.trust, proved.tried.problems) == ("PROVED", "ball", 2)
    ranks = of_pairs(lambda problem: sv.optimum_facts(problem).rank <= problem.loss.units - 1)
    assert sv.check(ranks, budget=LONG).word == "PROVED"
    benign = of_pairs(lambda problem: sv.for_all_minima(problem, lambda point: point.is_global), loss=[losses.siglip(pairs=3, bias=-5)])
    refuted = sv.check(benign, budget=LONG)
    assert refuted.word == "REFUTED" and refuted.counterexample.problem == benign.listed()[0]
    assert sv.verify(refuted.certificate).word == "VERIFIED"
    assert "UnitProblem(" in refuted.counterexample.snippet(benign) and "dim=2" in refuted.counterexample.snippet(benign)


@pytest.mark.parametrize(
    ("domain", "reason"),
    [
        ({"loss": sv.supcon}, "loss supcon without classes"),
        ({"loss": [losses.clip(pairs=3)], "classes": [(2, 2)]}, "clip"),
        ({"loss": 3}, "without classes"),
    ],
)
def test_a_domain_of_neither_classes_nor_nodes_is_refused(domain, reason):
    with pytest.raises(InputError, match=reason):
        of_pairs(**domain)


def test_another_loss_for_a_statement_about_pairs_is_refused():
    with pytest.raises(InputError, match="about losses on classes"):
        of_pairs().with_loss("supcon")
