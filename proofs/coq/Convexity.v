(** T1: log-sum-exp rows of any length are convex, hence so is every loss that is made of them; and where a row is strictly convex. *)

From Coq Require Import Reals Lra Lia Arith Bool.
From Scverify Require Import Sums Rows Loss.
Open Scope R_scope.

Lemma exponentials_nonneg m c (s : nat -> R) : (forall a, (a < m)%nat -> 0 <= c a) -> 0 <= sum m (fun a => c a * exp (s a)).
Proof. intros C. apply sum_nonneg. intros a L. apply Rmult_le_pos; [auto | left; apply exp_pos]. Qed.

Lemma exponentials_positive m c (s : nat -> R) a :
  (forall b, (b < m)%nat -> 0 <= c b) -> (a < m)%nat -> 0 < c a -> 0 < sum m (fun b => c b * exp (s b)).
Proof.
  intros C L P. apply Rlt_le_trans with (c a * exp (s a)); [apply Rmult_lt_0_compat; [exact P | apply exp_pos]|].
  apply (sum_term_le m a (fun b => c b * exp (s b)) L). intros b Lb. apply Rmult_le_pos; [auto | left; apply exp_pos].
Qed.

(** A row whose coefficients all vanish is constant. *)
Lemma exponentials_zero m c (s t : nat -> R) :
  (forall a, (a < m)%nat -> 0 <= c a) -> sum m (fun a => c a * exp (s a)) = 0 -> sum m (fun a => c a * exp (t a)) = 0.
Proof.
  intros C Z. apply sum_zero. intros a L. destruct (Rle_lt_or_eq_dec 0 (c a) (C a L)) as [P|<-]; [|ring].
  pose proof (exponentials_positive m c s a C L P). lra.
Qed.

(** T1, one row: s |-> log sum_a c_a e^{s_a} is convex, for every length and all coefficients c >= 0. *)
Theorem T1_row_convex m (c s u : nat -> R) t :
  (forall a, (a < m)%nat -> 0 <= c a) -> 0 <= t <= 1 ->
  ln (sum m (fun a => c a * exp ((1 - t) * s a + t * u a)))
  <= (1 - t) * ln (sum m (fun a => c a * exp (s a))) + t * ln (sum m (fun a => c a * exp (u a))).
Proof.
  intros C T. set (z := fun a => (1 - t) * s a + t * u a).
  change (sum m (fun a => c a * exp ((1 - t) * s a + t * u a))) with (sum m (fun a => c a * exp (z a))).
  destruct (Rle_lt_or_eq_dec 0 _ (exponentials_nonneg m c z C)) as [P|P].
  - pose proof (tangent m c s z C P) as A. pose proof (tangent m c u z C P) as B.
    apply (Rmult_le_compat_l (1 - t)) in A; [|lra]. apply (Rmult_le_compat_l t) in B; [|lra].
    set (Z := sum m (fun a => c a * exp (z a))) in *.
    assert (E : (1 - t) * sum m (fun a => c a * exp (z a) / Z * (s a - z a)) + t * sum m (fun a => c a * exp (z a) / Z * (u a - z a)) = 0).
    { rewrite <- !sum_scal, <- sum_plus. apply sum_zero. intros a _. unfold z. field. lra. }
    lra.
  - rewrite (exponentials_zero m c z s C), (exponentials_zero m c z u C), <- P by (symmetry; exact P). right. ring.
Qed.

(** A loss of the field: rows r with an anchor node, a weight w_r, coefficients c_r and q_r over N nodes with Gram matrix X:
    L(X) = sum_r w_r ( log sum_a c_ra exp(X_ia/tau) - sum_a q_ra X_ia/tau ),  i = anchor r. *)
Definition node_loss (rows nodes : nat) (anchor : nat -> nat) (w : nat -> R) (c q : nat -> nat -> R) (tau : R) (X : nat -> nat -> R) : R :=
  sum rows (fun r => w r * (ln (sum nodes (fun a => c r a * exp (X (anchor r) a / tau))) - sum nodes (fun a => q r a * (X (anchor r) a / tau)))).

Definition mixed (t : R) (A B : nat -> nat -> R) (i j : nat) : R := (1 - t) * A i j + t * B i j.

(** T1, every loss of log-sum-exp rows with weights and coefficients c >= 0 (any q, any number of rows and nodes) is convex in the Gram matrix. *)
Theorem T1_node_loss_convex rows nodes anchor w c q tau A B t :
  (forall r, (r < rows)%nat -> 0 <= w r) -> (forall r a, (r < rows)%nat -> (a < nodes)%nat -> 0 <= c r a) -> 0 <= t <= 1 ->
  node_loss rows nodes anchor w c q tau (mixed t A B)
  <= (1 - t) * node_loss rows nodes anchor w c q tau A + t * node_loss rows nodes anchor w c q tau B.
Proof.
  intros W C T. unfold node_loss. rewrite <- !sum_scal, <- sum_plus. apply sum_le. intros r L.
  pose proof (T1_row_convex nodes (c r) (fun a => A (anchor r) a / tau) (fun a => B (anchor r) a / tau) t (fun a => C r a L) T) as E.
  simpl in E.
  rewrite (sum_ext nodes (fun a => c r a * exp (mixed t A B (anchor r) a / tau))
    (fun a => c r a * exp ((1 - t) * (A (anchor r) a / tau) + t * (B (anchor r) a / tau))))
    by (intros; unfold mixed, Rdiv; do 2 f_equal; ring).
  rewrite (sum_ext nodes (fun a => q r a * (mixed t A B (anchor r) a / tau))
    (fun a => (1 - t) * (q r a * (A (anchor r) a / tau)) + t * (q r a * (B (anchor r) a / tau))))
    by (intros; unfold mixed, Rdiv; ring).
  rewrite sum_plus, !sum_scal. pose proof (W r L) as P.
  apply Rle_trans with (w r * ((1 - t) * ln (sum nodes (fun a => c r a * exp (A (anchor r) a / tau)))
    + t * ln (sum nodes (fun a => c r a * exp (B (anchor r) a / tau)))
    - ((1 - t) * sum nodes (fun a => q r a * (A (anchor r) a / tau)) + t * sum nodes (fun a => q r a * (B (anchor r) a / tau))))).
  - apply Rmult_le_compat_l; [exact P | lra].
  - right. ring.
Qed.

(** T1 for supervised contrast: L is convex in the Gram matrix of the samples, for all labels, all sizes >= 2 and every temperature. *)
Theorem T1_supcon_convex n k y tau A B t : classes n k y -> 0 <= t <= 1 ->
  supcon n y tau (mixed t A B) <= (1 - t) * supcon n y tau A + t * supcon n y tau B.
Proof.
  intros C T. unfold supcon. rewrite <- !sum_scal, <- sum_plus. apply sum_le. intros i Li.
  pose proof (proj2 C (y i) (proj1 C i Li)) as P.
  assert (0 < / (size n y (y i) - 1)) by (apply Rinv_0_lt_compat; lra).
  match goal with |- _ <= (1 - t) * (?x * ?u) + t * (?x * ?v) => replace ((1 - t) * (x * u) + t * (x * v)) with (x * ((1 - t) * u + t * v)) by ring end.
  apply Rmult_le_compat_l; [lra|]. rewrite <- !sum_scal, <- sum_plus. apply sum_le. intros j Lj.
  pose proof (T1_row_convex n (other i) (fun a => (A i a - A i j) / tau) (fun a => (B i a - B i j) / tau) t (fun a _ => ind_nonneg _) T) as E.
  simpl in E.
  rewrite (sum_ext n (fun a => other i a * exp ((mixed t A B i a - mixed t A B i j) / tau))
    (fun a => other i a * exp ((1 - t) * ((A i a - A i j) / tau) + t * ((B i a - B i j) / tau))))
    by (intros; unfold mixed, Rdiv; do 2 f_equal; ring).
  unfold positive_pair. destruct ((y j =? y i)%nat && negb (j =? i)%nat); simpl ind; lra.
Qed.

(** The tangent inequality is strict where the step is not the same at two outcomes of positive weight. *)
Theorem tangent_strict m (c s t : nat -> R) a b :
  (forall e, (e < m)%nat -> 0 <= c e) -> (a < m)%nat -> (b < m)%nat -> 0 < c a -> 0 < c b -> s a - t a <> s b - t b ->
  ln (sum m (fun e => c e * exp (t e)))
    + sum m (fun e => c e * exp (t e) / sum m (fun f => c f * exp (t f)) * (s e - t e))
  < ln (sum m (fun e => c e * exp (s e))).
Proof.
  intros C La Lb Pa Pb D. pose proof (exponentials_positive m c t a C La Pa) as Zpos.
  set (Z := sum m (fun e => c e * exp (t e))) in *. set (mu := sum m (fun e => c e * exp (t e) / Z * (s e - t e))).
  assert (Q : Z * exp mu < sum m (fun e => c e * exp (s e))).
  { assert (E : sum m (fun e => exp mu * (c e * exp (t e) * (1 + (s e - t e - mu)))) = Z * exp mu).
    { rewrite sum_scal. rewrite (sum_ext m _ (fun e => c e * exp (t e) * (1 - mu) + Z * (c e * exp (t e) / Z * (s e - t e)))).
      2:{ intros. field. lra. }
      rewrite sum_plus, sum_scal_r, sum_scal. fold Z mu. ring. }
    rewrite <- E.
    assert (Each : forall e, c e * exp (s e) = exp mu * (c e * exp (t e) * exp (s e - t e - mu))).
    { intros e. replace (s e) with (mu + (t e + (s e - t e - mu))) at 1 by ring. rewrite !exp_plus. ring. }
    assert (Le : forall e, (e < m)%nat -> exp mu * (c e * exp (t e) * (1 + (s e - t e - mu))) <= c e * exp (s e)).
    { intros e L. rewrite Each. apply Rmult_le_compat_l; [left; apply exp_pos|].
      apply Rmult_le_compat_l; [apply Rmult_le_pos; [auto | left; apply exp_pos] | apply exp_ineq1_le]. }
    assert (Lt : forall e, (e < m)%nat -> 0 < c e -> s e - t e <> mu -> exp mu * (c e * exp (t e) * (1 + (s e - t e - mu))) < c e * exp (s e)).
    { intros e L P N. rewrite Each. apply Rmult_lt_compat_l; [apply exp_pos|].
      apply Rmult_lt_compat_l; [apply Rmult_lt_0_compat; [exact P | apply exp_pos] | apply exp_ineq1; lra]. }
    destruct (Req_dec (s a - t a) mu) as [Ea|Na].
    - apply (sum_lt m b); [exact Lb | exact Le | apply Lt; [exact Lb | exact Pb | lra]].
    - apply (sum_lt m a); [exact La | exact Le | apply Lt; assumption]. }
  pose proof (exp_pos mu). apply ln_increasing in Q; [|apply Rmult_lt_0_compat; assumption].
  rewrite ln_mult, ln_exp in Q by assumption. exact Q.
Qed.

(** Strict convexity of a row: where two outcomes of positive weight do not move alike. *)
Theorem T1_row_strictly_convex m (c s u : nat -> R) t a b :
  (forall e, (e < m)%nat -> 0 <= c e) -> (a < m)%nat -> (b < m)%nat -> 0 < c a -> 0 < c b -> s a - u a <> s b - u b -> 0 < t < 1 ->
  ln (sum m (fun e => c e * exp ((1 - t) * s e + t * u e)))
  < (1 - t) * ln (sum m (fun e => c e * exp (s e))) + t * ln (sum m (fun e => c e * exp (u e))).
Proof.
  intros C La Lb Pa Pb D T. set (z := fun e => (1 - t) * s e + t * u e).
  change (sum m (fun e => c e * exp ((1 - t) * s e + t * u e))) with (sum m (fun e => c e * exp (z e))).
  assert (N : t * (s a - u a - (s b - u b)) <> 0) by (apply Rmult_integral_contrapositive; split; lra).
  assert (N' : (1 - t) * (s a - u a - (s b - u b)) <> 0) by (apply Rmult_integral_contrapositive; split; lra).
  pose proof (tangent_strict m c s z a b C La Lb Pa Pb ltac:(unfold z; lra)) as A.
  pose proof (tangent_strict m c u z a b C La Lb Pa Pb ltac:(unfold z; lra)) as B.
  pose proof (exponentials_positive m c z a C La Pa) as P.
  apply (Rmult_lt_compat_l (1 - t)) in A; [|lra]. apply (Rmult_lt_compat_l t) in B; [|lra].
  set (Z := sum m (fun e => c e * exp (z e))) in *.
  assert (E : (1 - t) * sum m (fun e => c e * exp (z e) / Z * (s e - z e)) + t * sum m (fun e => c e * exp (z e) / Z * (u e - z e)) = 0).
  { rewrite <- !sum_scal, <- sum_plus. apply sum_zero. intros e _. unfold z. field. lra. }
  lra.
Qed.
