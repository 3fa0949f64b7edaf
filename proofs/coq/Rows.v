(** One log-sum-exp row: the Gibbs inequality and its twin, the tangent inequality. *)

From Coq Require Import Reals Lra Lia.
From Scverify Require Import Sums.
Open Scope R_scope.

Lemma ln_monotone x y : 0 < x -> x <= y -> ln x <= ln y.
Proof. intros P [L| ->]; [left; apply ln_increasing; assumption | lra]. Qed.

Lemma exp_monotone x y : x <= y -> exp x <= exp y.
Proof. intros [L| ->]; [left; apply exp_increasing; exact L | lra]. Qed.

Lemma exp_of_nothing x tau : exp ((x - x) / tau) = 1.
Proof. unfold Rminus, Rdiv. rewrite Rplus_opp_r, Rmult_0_l. apply exp_0. Qed.

Lemma ln_le_minus_one x : 0 < x -> ln x <= x - 1.
Proof.
  intros P. pose proof (exp_ineq1_le (ln x)) as E. rewrite exp_ln in E by exact P. lra.
Qed.

(** Gibbs: log sum c e^s >= sum p s - sum p log(p/c) for all probabilities p that vanish where c does. *)
Theorem gibbs m (c s p : nat -> R) :
  (forall a, (a < m)%nat -> 0 <= c a) ->
  (forall a, (a < m)%nat -> 0 <= p a) ->
  (forall a, (a < m)%nat -> c a = 0 -> p a = 0) ->
  sum m p = 1 ->
  sum m (fun a => p a * s a) - sum m (fun a => p a * ln (p a / c a)) <= ln (sum m (fun a => c a * exp (s a))).
Proof.
  intros C P A O. set (Z := sum m (fun a => c a * exp (s a))).
  assert (T : forall a, (a < m)%nat -> 0 <= c a * exp (s a)).
  { intros a L. apply Rmult_le_pos; [auto | left; apply exp_pos]. }
  assert (Zpos : 0 < Z).
  { destruct (Rle_lt_or_eq_dec 0 Z) as [H|H]; [apply sum_nonneg; exact T | exact H |].
    assert (sum m p = 0) by
      (apply sum_zero; intros a L; apply A; [exact L|];
       pose proof (sum_term_le m a (fun a => c a * exp (s a)) L T) as U; fold Z in U; simpl in U;
       pose proof (T a L); pose proof (exp_pos (s a));
       apply (Rmult_eq_reg_r (exp (s a))); lra).
    lra. }
  assert (K : forall a, (a < m)%nat -> p a * s a - p a * ln (p a / c a) - ln Z * p a <= / Z * (c a * exp (s a)) - p a).
  { intros a L. destruct (Rle_lt_or_eq_dec 0 (p a) (P a L)) as [Q|Q].
    - assert (c a <> 0) by (intros E; rewrite (A a L E) in Q; lra).
      assert (0 < c a) by (pose proof (C a L); lra).
      pose proof (exp_pos (s a)).
      assert (X : 0 < c a * exp (s a) / (p a * Z))
        by (apply Rdiv_lt_0_compat; apply Rmult_lt_0_compat; assumption).
      pose proof (ln_le_minus_one _ X) as B.
      assert (E : ln (c a * exp (s a) / (p a * Z)) = s a - ln (p a / c a) - ln Z).
      { unfold Rdiv. rewrite ln_mult, ln_Rinv, !ln_mult, ln_exp, ln_Rinv; try assumption;
          try (apply Rinv_0_lt_compat); try (apply Rmult_lt_0_compat); try assumption. ring. }
      rewrite E in B. apply (Rmult_le_compat_l (p a)) in B; [|lra].
      replace (p a * (c a * exp (s a) / (p a * Z) - 1)) with (/ Z * (c a * exp (s a)) - p a) in B by (field; lra).
      lra.
    - rewrite <- Q. assert (0 <= / Z * (c a * exp (s a)))
        by (apply Rmult_le_pos; [left; apply Rinv_0_lt_compat; exact Zpos | auto]). lra. }
  apply sum_le in K. rewrite !sum_minus, !sum_scal in K. fold Z in K. rewrite O in K.
  replace (/ Z * Z) with 1 in K by (field; lra). lra.
Qed.

(** A convex row lies above its tangent at any t. *)
Theorem tangent m (c s t : nat -> R) :
  (forall a, (a < m)%nat -> 0 <= c a) ->
  0 < sum m (fun a => c a * exp (t a)) ->
  ln (sum m (fun a => c a * exp (t a)))
    + sum m (fun a => c a * exp (t a) / sum m (fun b => c b * exp (t b)) * (s a - t a))
  <= ln (sum m (fun a => c a * exp (s a))).
Proof.
  intros C Zpos. set (Z := sum m (fun a => c a * exp (t a))) in *.
  set (p := fun a => c a * exp (t a) / Z).
  assert (T : forall a, (a < m)%nat -> 0 <= p a).
  { intros a L. unfold p, Rdiv. pose proof (exp_pos (t a)).
    repeat apply Rmult_le_pos; auto; left; [assumption | apply Rinv_0_lt_compat; exact Zpos]. }
  assert (O : sum m p = 1) by (unfold p, Rdiv; rewrite sum_scal_r; fold Z; field; lra).
  pose proof (gibbs m c s p C T) as G.
  assert (A : forall a, (a < m)%nat -> c a = 0 -> p a = 0) by (intros a _ E; unfold p; rewrite E; field; lra).
  specialize (G A O).
  assert (E : forall a, (a < m)%nat -> p a * ln (p a / c a) = p a * t a - p a * ln Z).
  { intros a L. destruct (Rle_lt_or_eq_dec 0 (c a) (C a L)) as [Q|Q].
    - unfold p at 2. pose proof (exp_pos (t a)).
      replace (c a * exp (t a) / Z / c a) with (exp (t a) * / Z) by (field; lra).
      rewrite ln_mult, ln_exp, ln_Rinv by (try apply Rinv_0_lt_compat; assumption). ring.
    - unfold p. rewrite <- Q. unfold Rdiv. ring. }
  rewrite (sum_ext m (fun a => p a * ln (p a / c a)) _ E), sum_minus, sum_scal_r, O in G.
  assert (F : sum m (fun a => c a * exp (t a) / Z * (s a - t a)) = sum m (fun a => p a * s a) - sum m (fun a => p a * t a))
    by (rewrite <- sum_minus; apply sum_ext; intros; unfold p; ring).
  rewrite F. lra.
Qed.
