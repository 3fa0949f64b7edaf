import pytest

import scverify as sv
from scverify.conjecture.strategies import classes
from scverify.conjecture.theorem import fact

HOLDS, FAILS = fact("one is one", lambda: 1 == 1), fact("one is two", lambda: 1 == 2)


def stated(proof, predicate=lambda problem: True, **domain):
    return sv.conjecture(**{"classes": classes(k=2, size=(2, 9)), "proof": proof} | domain)(predicate)


def test_steps_that_hold_prove_an_infinite_domain_and_steps_that_do_not_prove_nothing():
    assert sv.check(stated([HOLDS]), budget=2).word == "PROVED"
    assert sv.check(stated([HOLDS, FAILS]), budget=2).word == "SUPPORTED"


def test_steps_that_are_given_as_they_stand_say_nothing_of_another_loss():
    assert sv.check(stated([HOLDS]).with_loss("spectral"), budget=2).word == "SUPPORTED"


def test_steps_for_a_loss_are_asked_for_each_loss():
    def steps(loss):
        return [fact("it is supcon", lambda: loss.name == "supcon")]

    assert sv.check(stated(steps), budget=2).word == "PROVED"
    assert sv.check(stated(steps).with_loss("spectral"), budget=2).word == "SUPPORTED"
    assert sv.check(stated(steps, loss=["supcon", "spectral"]), budget=2).word == "SUPPORTED"


def test_a_refutation_stands_against_a_proof():
    def false(problem):
        return sv.all_equal(sv.optimum_facts(problem).similarities())

    verdict = sv.check(stated([HOLDS], false, classes=[(3, 2, 2)]), budget=30)
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
