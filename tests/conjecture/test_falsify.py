import contextlib
import copy
import threading
import time

import pytest
from hypothesis import strategies as st

import scverify as sv
from scverify.conjecture import clock as clock_module
from scverify.conjecture.clock import OutOfTime
from scverify.conjecture.strategies import classes, rationals, some
from scverify.kernel.certificate import digest
from tests.conjecture.fake_clock import FakeClock

LONG = 600  # seconds of budget that no check here needs: a busy machine changes no answer


@pytest.fixture
def clock(monkeypatch):
    fake = FakeClock()
    monkeypatch.setattr(clock_module, "now", fake)
    return fake


@sv.conjecture(classes=classes(k=3, size=(2, 4)), temperature=["1/2"])
def the_optimum_is_a_simplex(problem):
    """All similarities of the optimum are equal."""
    return sv.all_equal(sv.optimum_facts(problem).similarities())


@sv.conjecture(classes=classes(k=(3, 4), size=(2, 5)), temperature=rationals("1/2", 2))
def d_is_k_minus_2_is_enough(problem):
    """The optimum has rank k - 2 at most."""
    return sv.optimum_facts(problem).rank <= problem.classes.k - 2


@sv.conjecture(classes=classes(k=2, size=(2, 4)), temperature=["1/2", 1])
def two_classes_are_antipodal(problem):
    """B_12 = -1 up to 1e-12."""
    return abs(sv.optimum_facts(problem).similarity(0, 1) + 1) <= "1e-12"


@pytest.mark.parametrize(("statement", "smallest"), [(the_optimum_is_a_simplex, (3, 2, 2)), (d_is_k_minus_2_is_enough, (2, 2, 2))])
def test_a_false_statement_is_refuted_at_its_smallest_instance(statement, smallest):
    verdict = sv.check(statement, budget=LONG)
    assert verdict.word == "REFUTED"
    assert verdict.counterexample.problem.classes.sizes == smallest
    assert verdict.counterexample.smallest
    assert sv.verify(verdict.certificate).word == "VERIFIED"
    assert "load_conjectures" in str(verdict)


def test_a_finite_domain_of_certified_truths_is_proved():
    verdict = sv.check(two_classes_are_antipodal, budget=LONG)
    assert (verdict.word, verdict.trust, verdict.tried.problems) == ("PROVED", "ball", 12)


def test_float_evidence_is_never_a_proof_nor_a_refutation():
    for value, word in ((True, "SUPPORTED"), (False, "UNDECIDED")):
        floats = sv.conjecture(classes=[(2, 2)])(lambda problem, value=value: value)
        assert sv.check(floats, budget=LONG).word == word


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("classes", [[(2, 2)], classes(k=2, size=(2, 40))], ids=["finite", "drawn"])
def test_the_budget_ends_a_long_computation(classes, jobs):
    slow = sv.conjecture(classes=classes, temperature=rationals(1, 2))(lambda problem: time.sleep(LONG) or True)
    verdict = sv.check(slow, budget=0.5, jobs=jobs)
    assert (verdict.word, verdict.tried.problems) == ("UNDECIDED", 0)


def test_the_budget_holds_where_foreign_code_swallows_the_alarm():
    def swallowing(problem):
        with contextlib.suppress(BaseException):
            time.sleep(LONG)
        time.sleep(LONG)
        return True

    verdict = sv.check(sv.conjecture(classes=[(2, 2)])(swallowing), budget=0.5)
    assert (verdict.word, verdict.tried.problems) == ("UNDECIDED", 0)


def test_the_budget_holds_where_there_is_no_alarm(clock):
    answers = []
    brief = sv.conjecture(classes=classes(k=2, size=(2, 40)), temperature=rationals(1, 2))(lambda problem: clock.advance(100) or True)
    thread = threading.Thread(target=lambda: answers.append(sv.check(brief, budget=1000)))
    thread.start()
    thread.join()
    assert (answers[0].word, answers[0].tried.problems, answers[0].seconds) == ("SUPPORTED", 10, 1000)


def test_the_number_of_processes_changes_no_answer():
    told = []
    for jobs in (1, 2):
        verdict = sv.check(d_is_k_minus_2_is_enough, budget=LONG, seed=3, jobs=jobs)
        told.append((verdict.to_json() | {"seconds": 0}, verdict.certificate["digest"]))
    assert told[0] == told[1]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_statement_whose_own_python_fails_is_told_as_wrong_input(jobs):
    failing = sv.conjecture(classes=classes(k=2, size=(2, 4)))(lambda problem: 1 / 0)
    with pytest.raises(sv.InputError, match="raises ZeroDivisionError: division by zero at supcon, sizes 2,2"):
        sv.check(failing, budget=LONG, jobs=jobs)


@pytest.mark.parametrize("wrong", [{"budget": 0}, {"budget": "soon"}, {"seed": -1}, {"jobs": 0}, {"jobs": 257}, {"jobs": 1.5}], ids=str)
def test_wrong_options_are_refused(wrong):
    with pytest.raises(sv.InputError, match=next(iter(wrong))):
        sv.check(two_classes_are_antipodal, **wrong)


def test_ctrl_c_tells_what_is_known():
    def third(problem):
        if problem.classes.n == 6:
            raise KeyboardInterrupt
        return True

    verdict = sv.check(sv.conjecture(classes=classes(k=2, size=(2, 4)))(third), budget=LONG)
    assert (verdict.interrupted, verdict.tried.problems, verdict.word) == (True, 2, "SUPPORTED")


def test_a_domain_with_unlisted_dimensions_is_not_run_through():
    drawn = sv.conjecture(classes=[(2, 2)], dim=lambda classes: st.integers(1, 3))(lambda problem: True)
    verdict = sv.check(drawn, budget=LONG)
    assert (verdict.word, verdict.tried.problems) == ("SUPPORTED", 3)


def test_a_false_whose_certificate_the_kernel_rejects_refutes_nothing():
    fact = sv.optimum(sv.Problem(sv.supcon, sv.Classes((2, 2)), temperature="1/2")).certificate
    claim = fact["claim"] | {"upper": fact["claim"]["lower"]}
    forged = fact | {"claim": claim, "digest": digest(claim)}
    for certificates in ((forged,), ()):
        statement = sv.conjecture(classes=[(2, 2)])(lambda problem, held=certificates: sv.Truth(False, ("so they say",), "ball", held))
        verdict = sv.check(statement, budget=LONG)
        assert (verdict.word, verdict.counterexample) == ("UNDECIDED", None)
        assert "no certificate that the kernel verifies" in verdict.reason


def test_a_forged_fact_is_rejected():
    certificate = sv.check(the_optimum_is_a_simplex, budget=LONG).certificate
    assert sv.verify(certificate).word == "VERIFIED"
    for forge in (
        lambda fact: fact.update(radius="0"),
        lambda fact: fact["problem"].update(tau="1/3"),
        lambda fact: fact.update(type="Counterexample"),
    ):
        forged = copy.deepcopy(certificate)
        forge(forged["claim"]["facts"][0])
        forged["digest"] = digest(forged["claim"])
        assert sv.verify(forged).word != "VERIFIED"
    empty = {**certificate, "claim": {**certificate["claim"], "facts": []}, "witness": {"facts": []}}
    assert "between 1" in sv.verify({**empty, "digest": digest(empty["claim"])}).reason


def test_a_scan_that_runs_out_of_time_says_how_far_it_came(clock):
    def large(problem):
        if problem.classes.n == 6:
            clock.advance(LONG)
            raise OutOfTime
        return the_optimum_is_a_simplex(problem) if problem.classes.sizes == (4, 3, 2) else True

    verdict = sv.check(
        sv.conjecture(classes=some([sv.Classes(sizes) for sizes in ((4, 3, 2), (2, 2), (3, 3))]))(large), budget=LONG, seed=1
    )
    found = verdict.counterexample
    assert (found.problem.classes.sizes, found.smallest, found.scanned) == ((4, 3, 2), False, 1)
    assert "smaller instances were not all tried; 1 scanned" in verdict.text(width=200)
