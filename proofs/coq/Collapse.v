(** Collapse at global minimisers in every dimension (N1, T4), the in form (N12), and uniqueness of the optimal Gram matrix (T5). *)

From Coq Require Import Reals Lra Lia Arith Bool.
From Scverify Require Import Sums Rows Loss Convexity Gradient.
Open Scope R_scope.

Definition negative (y : nat -> nat) (i a : nat) : R := ind (negb (y a =? y i)%nat).

(** X_i, the mass of the negatives of anchor i. *)
Definition negatives (n : nat) (y : nat -> nat) (tau : R) (G : nat -> nat -> R) (i : nat) : R := sum n (fun a => negative y i a * exp (G i a / tau)).

(** What is left of the loss when every positive is raised to 1: sum_i log((n_{y_i} - 1) + e^{-1/tau} X_i). *)
Definition raised (n : nat) (y : nat -> nat) (tau : R) (G : nat -> nat -> R) : R :=
  sum n (fun i => ln ((size n y (y i) - 1) + exp (- (1 / tau)) * negatives n y tau G i)).

(** The "in" form of the loss: the mean over the positives stands inside the logarithm. *)
Definition supcon_in (n : nat) (y : nat -> nat) (tau : R) (G : nat -> nat -> R) : R :=
  sum n (fun i => - ln (/ (size n y (y i) - 1) * sum n (fun j => positive_pair y i j * (exp (G i j / tau) / partition n tau G i)))).

Definition within (n : nat) (y : nat -> nat) (G : nat -> nat -> R) (x : R -> Prop) : Prop :=
  forall i j, (i < n)%nat -> (j < n)%nat -> i <> j -> y i = y j -> x (G i j).

Definition several (n : nat) (y : nat -> nat) : Prop := forall c, exists b, (b < n)%nat /\ y b <> c.

Section Rows.
Variables (n k : nat) (y : nat -> nat) (tau : R) (G : nat -> nat -> R) (i : nat).
Hypothesis tau_positive : 0 < tau.
Hypothesis C : classes n k y.
Hypothesis Li : (i < n)%nat.
Hypothesis entries : forall j, (j < n)%nat -> G i j <= 1.

Let m := size n y (y i).
Let P := sum n (fun j => positive_pair y i j * exp (G i j / tau)).
Let X := negatives n y tau G i.
Let g := / (m - 1) * sum n (fun j => positive_pair y i j * (G i j / tau)).

Let m2 : 2 <= m.
Proof. exact (proj2 C (y i) (proj1 C i Li)). Qed.

Let count x : sum n (fun j => positive_pair y i j * x) = (m - 1) * x.
Proof. exact (count_positives n y i x Li). Qed.

Lemma row_parts : partition n tau G i = P + X.
Proof.
  unfold P, X, negatives. rewrite <- sum_plus. apply sum_ext. intros a _. unfold other, positive_pair, negative.
  destruct (Nat.eqb_spec a i) as [->|]; [rewrite Nat.eqb_refl | destruct (y a =? y i)%nat]; simpl; ring.
Qed.

Let entry_le j : (j < n)%nat -> G i j / tau <= 1 / tau.
Proof. intros L. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; exact tau_positive | apply entries; exact L]. Qed.

Lemma X_nonneg : 0 <= X.
Proof. apply sum_nonneg. intros. apply Rmult_le_pos; [apply ind_nonneg | left; apply exp_pos]. Qed.

Lemma X_positive : several n y -> 0 < X.
Proof.
  intros V. destruct (V (y i)) as [b [Lb Nb]]. apply (exponentials_positive n (negative y i) (fun a => G i a / tau) b); [intros; apply ind_nonneg | exact Lb |].
  unfold negative. rewrite (proj2 (Nat.eqb_neq _ _) Nb). simpl. lra.
Qed.

Lemma g_le : g <= 1 / tau.
Proof.
  unfold g. apply (Rmult_le_reg_l (m - 1)); [lra|]. rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l by lra. rewrite <- count.
  apply sum_le. intros j L. apply Rmult_le_compat_l; [apply ind_nonneg | apply entry_le; exact L].
Qed.

Lemma g_lt j : (j < n)%nat -> j <> i -> y j = y i -> G i j < 1 -> g < 1 / tau.
Proof.
  intros L D E Q. unfold g. apply (Rmult_lt_reg_l (m - 1)); [lra|]. rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l by lra. rewrite <- count.
  apply (sum_lt n j); [exact L | |].
  - intros a La. apply Rmult_le_compat_l; [apply ind_nonneg | apply entry_le; exact La].
  - rewrite positive_one by assumption. rewrite !Rmult_1_l. apply Rmult_lt_compat_r; [apply Rinv_0_lt_compat; exact tau_positive | exact Q].
Qed.

Lemma P_le : P <= (m - 1) * exp (1 / tau).
Proof. rewrite <- count. apply sum_le. intros j L. apply Rmult_le_compat_l; [apply ind_nonneg | apply exp_monotone, entry_le; exact L]. Qed.

Lemma P_lt j : (j < n)%nat -> j <> i -> y j = y i -> G i j < 1 -> P < (m - 1) * exp (1 / tau).
Proof.
  intros L D E Q. rewrite <- count. apply (sum_lt n j); [exact L | |].
  - intros a La. apply Rmult_le_compat_l; [apply ind_nonneg | apply exp_monotone, entry_le; exact La].
  - rewrite positive_one by assumption. rewrite !Rmult_1_l. apply exp_increasing, Rmult_lt_compat_r; [apply Rinv_0_lt_compat; exact tau_positive | exact Q].
Qed.

(* Jensen for exp. *)
Lemma P_ge : (m - 1) * exp g <= P.
Proof.
  replace ((m - 1) * exp g) with (sum n (fun j => positive_pair y i j * (exp g * (1 + (G i j / tau - g))))).
  - apply sum_le. intros j _. apply Rmult_le_compat_l; [apply ind_nonneg|].
    replace (G i j / tau) with (g + (G i j / tau - g)) at 2 by ring. rewrite exp_plus.
    apply Rmult_le_compat_l; [left; apply exp_pos | apply exp_ineq1_le].
  - rewrite (sum_ext n _ (fun j => positive_pair y i j * (exp g * (1 - g)) + exp g * (positive_pair y i j * (G i j / tau)))) by (intros; ring).
    rewrite sum_plus, count, sum_scal.
    replace (sum n (fun j => positive_pair y i j * (G i j / tau))) with ((m - 1) * g) by (unfold g; field; lra). ring.
Qed.

Let P_positive : 0 < P.
Proof. apply Rlt_le_trans with ((m - 1) * exp g); [apply Rmult_lt_0_compat; [lra | apply exp_pos] | exact P_ge]. Qed.

Let out := ln (partition n tau G i) - g.
Let inner := - ln (/ (m - 1) * sum n (fun j => positive_pair y i j * (exp (G i j / tau) / partition n tau G i))).
Let low := ln ((m - 1) + exp (- (1 / tau)) * X).

Lemma inner_parts : inner = ln ((m - 1) + (m - 1) / P * X).
Proof.
  pose proof X_nonneg. unfold inner. rewrite row_parts.
  rewrite (sum_ext n _ (fun j => positive_pair y i j * exp (G i j / tau) * / (P + X))) by (intros; unfold Rdiv; ring).
  rewrite sum_scal_r. fold P. rewrite <- ln_Rinv.
  - f_equal. field. lra.
  - apply Rmult_lt_0_compat; [apply Rinv_0_lt_compat; lra | apply Rmult_lt_0_compat; [exact P_positive | apply Rinv_0_lt_compat; lra]].
Qed.

(* the convex minorant (m-1)/P >= e^{-1/tau} *)
Let quotient : exp (- (1 / tau)) <= (m - 1) / P.
Proof.
  rewrite exp_Ropp. apply (Rmult_le_reg_r (P * exp (1 / tau))); [apply Rmult_lt_0_compat; [exact P_positive | apply exp_pos]|].
  pose proof (exp_pos (1 / tau)). replace (/ exp (1 / tau) * (P * exp (1 / tau))) with P by (field; lra).
  replace ((m - 1) / P * (P * exp (1 / tau))) with ((m - 1) * exp (1 / tau)) by (field; lra). exact P_le.
Qed.

Let quotient_strict j : (j < n)%nat -> j <> i -> y j = y i -> G i j < 1 -> exp (- (1 / tau)) < (m - 1) / P.
Proof.
  intros L D E Q. rewrite exp_Ropp. apply (Rmult_lt_reg_r (P * exp (1 / tau))); [apply Rmult_lt_0_compat; [exact P_positive | apply exp_pos]|].
  pose proof (exp_pos (1 / tau)). replace (/ exp (1 / tau) * (P * exp (1 / tau))) with P by (field; lra).
  replace ((m - 1) / P * (P * exp (1 / tau))) with ((m - 1) * exp (1 / tau)) by (field; lra). exact (P_lt j L D E Q).
Qed.

Lemma low_le_inner : low <= inner.
Proof.
  rewrite inner_parts. unfold low. pose proof X_nonneg. pose proof (exp_pos (- (1 / tau))).
  assert (0 <= exp (- (1 / tau)) * X) by (apply Rmult_le_pos; lra).
  apply ln_monotone; [lra|]. apply Rplus_le_compat_l, Rmult_le_compat_r; [assumption | exact quotient].
Qed.

Lemma low_lt_inner j : several n y -> (j < n)%nat -> j <> i -> y j = y i -> G i j < 1 -> low < inner.
Proof.
  intros V L D E Q. rewrite inner_parts. unfold low. pose proof (X_positive V). pose proof (exp_pos (- (1 / tau))).
  assert (0 <= exp (- (1 / tau)) * X) by (apply Rmult_le_pos; lra).
  apply ln_increasing; [lra|]. apply Rplus_lt_compat_l, Rmult_lt_compat_r; [assumption | exact (quotient_strict j L D E Q)].
Qed.

Lemma inner_le_out : inner <= out.
Proof.
  pose proof X_nonneg. rewrite inner_parts. unfold out. rewrite row_parts.
  replace ((m - 1) + (m - 1) / P * X) with ((P + X) * ((m - 1) / P)) by (field; lra).
  rewrite ln_mult by (try apply Rdiv_lt_0_compat; lra). enough (ln ((m - 1) / P) <= - g) by lra.
  rewrite <- (ln_exp (- g)). apply ln_monotone; [apply Rdiv_lt_0_compat; lra|]. rewrite exp_Ropp.
  pose proof (exp_pos g). apply (Rmult_le_reg_r (P * exp g)); [apply Rmult_lt_0_compat; lra|].
  replace ((m - 1) / P * (P * exp g)) with ((m - 1) * exp g) by (field; lra).
  replace (/ exp g * (P * exp g)) with P by (field; lra). exact P_ge.
Qed.

Lemma out_equals_low : (forall j, (j < n)%nat -> j <> i -> y j = y i -> G i j = 1) -> out = low.
Proof.
  intros One.
  assert (E : forall f : R -> R, sum n (fun j => positive_pair y i j * f (G i j)) = (m - 1) * f 1).
  { intros f. rewrite <- count. apply sum_ext. intros j Lj. unfold positive_pair.
    destruct (Nat.eqb_spec (y j) (y i)) as [E|E], (Nat.eqb_spec j i) as [D|D]; simpl; try ring. rewrite One by assumption. reflexivity. }
  assert (Pe : P = (m - 1) * exp (1 / tau)) by exact (E (fun x => exp (x / tau))).
  assert (ge : g = 1 / tau) by (unfold g; rewrite (E (fun x => x / tau)); field; lra).
  pose proof X_nonneg. unfold out, low. rewrite row_parts, Pe, ge.
  pose proof (exp_pos (1 / tau)). pose proof (exp_pos (- (1 / tau))).
  assert (0 <= exp (- (1 / tau)) * X) by (apply Rmult_le_pos; lra).
  replace ((m - 1) * exp (1 / tau) + X) with (((m - 1) + exp (- (1 / tau)) * X) * exp (1 / tau)).
  - rewrite ln_mult, ln_exp by lra. ring.
  - rewrite exp_Ropp. field. lra.
Qed.

End Rows.

Section Levels.
Variables (n k : nat) (y : nat -> nat) (tau : R) (G : nat -> nat -> R).
Hypothesis tau_positive : 0 < tau.
Hypothesis C : classes n k y.
Hypothesis entries : forall i j, (i < n)%nat -> (j < n)%nat -> G i j <= 1.

Lemma raised_le_in : raised n y tau G <= supcon_in n y tau G.
Proof. apply sum_le. intros i L. apply (low_le_inner n k); auto. Qed.

Lemma in_le_out : supcon_in n y tau G <= supcon n y tau G.
Proof. rewrite (supcon_rows n k y tau G C). apply sum_le. intros i L. apply (inner_le_out n k); auto. Qed.

Lemma raised_lt_in i j : several n y -> (i < n)%nat -> (j < n)%nat -> i <> j -> y i = y j -> G i j < 1 -> raised n y tau G < supcon_in n y tau G.
Proof.
  intros V Li Lj D E Q. apply (sum_lt n i); [exact Li | |].
  - intros a La. apply (low_le_inner n k); auto.
  - apply (low_lt_inner n k y tau G i) with (j := j); auto.
Qed.

Lemma raised_collapsed : within n y G (fun x => x = 1) -> supcon n y tau G = raised n y tau G.
Proof.
  intros W. rewrite (supcon_rows n k y tau G C). apply sum_ext. intros i L. apply (out_equals_low n k); auto.
Qed.
End Levels.

(** * One representative a class *)

(** log is concave: a weighted sum of logarithms is at most the logarithm of the mean. *)
Lemma log_jensen n (w u : nat -> R) :
  (forall j, (j < n)%nat -> 0 <= w j) -> (forall j, (j < n)%nat -> 0 < u j) -> 0 < sum n w ->
  sum n (fun j => w j * ln (u j)) <= sum n w * ln (sum n (fun j => w j * u j) / sum n w).
Proof.
  intros W U P. set (v := sum n (fun j => w j * u j) / sum n w).
  assert (Q : 0 < v).
  { apply Rdiv_lt_0_compat; [|exact P]. destruct (Rle_lt_or_eq_dec 0 (sum n (fun j => w j * u j))) as [A|A]; [|exact A|].
    - apply sum_nonneg. intros j L. apply Rmult_le_pos; [auto | left; auto].
    - assert (sum n w = 0); [|lra]. apply sum_zero. intros j L.
      pose proof (sum_term_le n j (fun j => w j * u j) L (fun j L => Rmult_le_pos _ _ (W j L) (Rlt_le _ _ (U j L)))) as T. simpl in T.
      pose proof (U j L). pose proof (W j L). destruct (Rle_lt_or_eq_dec 0 (w j)) as [B|B]; [assumption | | auto].
      pose proof (Rmult_lt_0_compat _ _ B (U j L)). lra. }
  apply Rle_trans with (sum n (fun j => w j * (ln v + (u j / v - 1)))).
  - apply sum_le. intros j L. apply Rmult_le_compat_l; [auto|].
    pose proof (ln_le_minus_one (u j / v) (Rdiv_lt_0_compat _ _ (U j L) Q)) as T. unfold Rdiv in T.
    rewrite ln_mult, ln_Rinv in T by (try apply Rinv_0_lt_compat; auto). unfold Rdiv. lra.
  - right. rewrite (sum_ext n _ (fun j => w j * (ln v - 1) + w j * u j * / v)) by (intros; unfold Rdiv; ring).
    rewrite sum_plus, !sum_scal_r. replace (sum n (fun j => w j * u j)) with (v * sum n w) by (unfold v; field; lra). field. lra.
Qed.

Lemma some_below n (w f : nat -> R) x : (forall j, (j < n)%nat -> 0 <= w j) -> 0 < sum n w -> sum n (fun j => w j * f j) <= sum n w * x ->
  exists j, (j < n)%nat /\ 0 < w j /\ f j <= x.
Proof.
  intros W P L. destruct (Classical_Prop.classic (exists j, (j < n)%nat /\ 0 < w j /\ f j <= x)) as [E|N]; [exact E | exfalso].
  assert (A : forall j, (j < n)%nat -> 0 < w j -> x < f j) by (intros j Lj Q; apply Rnot_le_lt; intros B; apply N; eauto).
  assert (S : exists j, (j < n)%nat /\ 0 < w j).
  { destruct (Classical_Prop.classic (exists j, (j < n)%nat /\ 0 < w j)) as [E|M]; [exact E | exfalso].
    assert (sum n w = 0); [|lra]. apply sum_zero. intros j Lj. pose proof (W j Lj). destruct (Req_dec (w j) 0) as [Z|Z]; [exact Z|].
    exfalso. apply M. exists j. split; [exact Lj | lra]. }
  destruct S as [j [Lj Q]]. assert (sum n (fun j => w j * x) < sum n (fun j => w j * f j)).
  { apply (sum_lt n j); [exact Lj | |].
    - intros a La. destruct (Rle_lt_or_eq_dec 0 (w a) (W a La)) as [B|B]; [|rewrite <- B; lra].
      pose proof (A a La B). apply Rmult_le_compat_l; lra.
    - apply Rmult_lt_compat_l; auto. }
  rewrite sum_scal_r in H. lra.
Qed.

Definition moved (r : nat -> nat) (G : nat -> nat -> R) (i j : nat) : R := G (r i) (r j).

Section Representatives.
Variables (n k : nat) (y : nat -> nat) (tau : R) (G : nat -> nat -> R).
Hypothesis tau_positive : 0 < tau.
Hypothesis C : classes n k y.

Definition chosen (y : nat -> nat) (s j : nat) (r : nat -> nat) (a : nat) : nat := if (y a =? s)%nat then j else r a.

(* One class more gets one representative, and what is left of the loss does not rise. *)
Lemma choose_class s r : (s < k)%nat -> (forall a, (a < n)%nat -> y a = s -> r a = a) ->
  exists j, (j < n)%nat /\ y j = s /\ raised n y tau (moved (chosen y s j r) G) <= raised n y tau (moved r G).
Proof.
  intros Ls R. set (w := fun j => ind (y j =? s)%nat). set (e := exp (- (1 / tau))).
  assert (Ns : sum n w = size n y s) by reflexivity. pose proof (proj2 C s Ls) as N2. rewrite <- Ns in N2.
  assert (E0 : 0 < e) by apply exp_pos.
  set (phi := fun j => ln ((size n y s - 1) + e * sum n (fun a => ind (negb (y a =? s)%nat) * exp (G j (r a) / tau)))).
  set (row := fun j i => ln ((size n y (y i) - 1) + e * negatives n y tau (moved (chosen y s j r) G) i)).
  set (old := fun i => ln ((size n y (y i) - 1) + e * negatives n y tau (moved r G) i)).
  assert (Own : forall i j, (i < n)%nat -> y i = s -> row j i = phi j).
  { intros i j Li E. unfold row, phi. do 3 f_equal; [rewrite E; reflexivity|]. f_equal. apply sum_ext. intros a La.
    unfold negative, moved, chosen. rewrite E, Nat.eqb_refl. destruct (y a =? s)%nat; simpl; ring. }
  assert (OwnOld : forall i, (i < n)%nat -> y i = s -> old i = phi i).
  { intros i Li E. unfold old, phi. do 3 f_equal; [rewrite E; reflexivity|]. f_equal. apply sum_ext. intros a La.
    unfold negative, moved. rewrite E, (R i Li E). reflexivity. }
  assert (Others : forall i, (i < n)%nat -> y i <> s -> sum n (fun j => w j * row j i) <= sum n w * old i).
  { intros i Li D. set (base := size n y (y i) - 1 + e * sum n (fun a => ind (negb (y a =? s)%nat) * (negative y i a * exp (G (r i) (r a) / tau)))).
    assert (Row : forall j, row j i = ln (base + e * (size n y s * exp (G (r i) j / tau)))).
    { intros j. unfold row, base. f_equal. rewrite Rplus_assoc, <- Rmult_plus_distr_l. do 2 f_equal.
      unfold size, negatives. rewrite <- sum_scal_r, <- sum_plus. apply sum_ext. intros a La. unfold negative, moved, chosen.
      rewrite (proj2 (Nat.eqb_neq (y i) s) D). destruct (Nat.eqb_spec (y a) s) as [E|E]; simpl; [|ring].
      rewrite (proj2 (Nat.eqb_neq (y a) (y i))) by congruence. simpl. ring. }
    assert (Old : old i = ln (base + e * sum n (fun j => w j * exp (G (r i) j / tau)))).
    { unfold old, base. f_equal. rewrite Rplus_assoc, <- Rmult_plus_distr_l. do 2 f_equal.
      unfold negatives. rewrite <- sum_plus. apply sum_ext. intros a La. unfold negative, moved, w.
      destruct (Nat.eqb_spec (y a) s) as [E|E]; simpl; [|ring].
      rewrite (R a La E), (proj2 (Nat.eqb_neq (y a) (y i))) by congruence. simpl. ring. }
    assert (Base : 0 < base).
    { unfold base. pose proof (proj2 C (y i) (proj1 C i Li)).
      assert (0 <= e * sum n (fun a => ind (negb (y a =? s)%nat) * (negative y i a * exp (G (r i) (r a) / tau)))); [|lra].
      apply Rmult_le_pos; [lra|]. apply sum_nonneg. intros. repeat apply Rmult_le_pos; try apply ind_nonneg. left. apply exp_pos. }
    pose proof (log_jensen n w (fun j => base + e * (size n y s * exp (G (r i) j / tau))) (fun j _ => ind_nonneg _)) as J. simpl in J.
    rewrite (sum_ext n (fun j => w j * row j i) (fun j => w j * ln (base + e * (size n y s * exp (G (r i) j / tau))))) by (intros; rewrite Row; reflexivity).
    rewrite Old. refine (Rle_trans _ _ _ (J _ _) (Req_le _ _ _)).
    - intros j _. assert (0 <= e * (size n y s * exp (G (r i) j / tau))); [|lra].
      pose proof (exp_pos (G (r i) j / tau)). repeat apply Rmult_le_pos; lra.
    - lra.
    - do 2 f_equal.
      rewrite (sum_ext n _ (fun j => w j * base + e * size n y s * (w j * exp (G (r i) j / tau)))) by (intros; ring).
      rewrite sum_plus, sum_scal, sum_scal_r, <- Ns. field. lra. }
  assert (Total : sum n (fun j => w j * raised n y tau (moved (chosen y s j r) G)) <= sum n w * raised n y tau (moved r G)).
  { unfold raised. fold e. rewrite (sum_ext n _ (fun j => sum n (fun i => w j * row j i))) by (intros; symmetry; apply sum_scal).
    rewrite sum_swap, <- sum_scal.
    rewrite (sum_ext n (fun i => sum n (fun j => w j * row j i))
      (fun i => w i * sum n (fun j => w j * phi j) + ind (negb (y i =? s)%nat) * sum n (fun j => w j * row j i))).
    2:{ intros i Li. change (w i) with (ind (y i =? s)%nat). destruct (Nat.eqb_spec (y i) s) as [E|E]; simpl; [|ring].
        rewrite (sum_ext n _ (fun j => w j * phi j)) by (intros; rewrite Own by assumption; reflexivity). ring. }
    rewrite (sum_ext n (fun i => sum n w * ln (size n y (y i) - 1 + e * negatives n y tau (moved r G) i))
      (fun i => sum n w * (w i * phi i) + ind (negb (y i =? s)%nat) * (sum n w * old i))).
    2:{ intros i Li. fold (old i). change (w i) with (ind (y i =? s)%nat). destruct (Nat.eqb_spec (y i) s) as [E|E]; simpl; [|ring].
        rewrite OwnOld by assumption. ring. }
    rewrite !sum_plus. apply Rplus_le_compat.
    - rewrite sum_scal_r, sum_scal. lra.
    - apply sum_le. intros i Li. destruct (Nat.eqb_spec (y i) s) as [E|E]; simpl; [lra|]. rewrite !Rmult_1_l. apply Others; assumption. }
  destruct (some_below n w _ _ (fun j _ => ind_nonneg _) ltac:(lra) Total) as [j [Lj [Q B]]].
  exists j. split; [exact Lj | split; [|exact B]]. unfold w in Q. destruct (Nat.eqb_spec (y j) s) as [E|E]; [exact E | simpl in Q; lra].
Qed.

(** Representatives r, one a class: the raised loss at them is at most the raised loss of G. *)
Lemma representatives : exists r : nat -> nat,
  (forall a, (a < n)%nat -> (r a < n)%nat /\ y (r a) = y a) /\ (forall a b, (a < n)%nat -> (b < n)%nat -> y a = y b -> r a = r b) /\
  raised n y tau (moved r G) <= raised n y tau G.
Proof.
  assert (S : forall s, (s <= k)%nat -> exists r : nat -> nat,
    (forall a, (a < n)%nat -> (r a < n)%nat /\ y (r a) = y a) /\
    (forall a b, (a < n)%nat -> (b < n)%nat -> y a = y b -> (y a < s)%nat -> r a = r b) /\
    (forall a, (a < n)%nat -> (s <= y a)%nat -> r a = a) /\ raised n y tau (moved r G) <= raised n y tau G).
  { induction s as [|s IH]; intros L.
    - exists (fun a => a). repeat split; auto; try lia. unfold moved. right. reflexivity.
    - destruct (IH ltac:(lia)) as [r [A [B [I M]]]].
      destruct (choose_class s r L) as [j [Lj [Ej Mj]]]; [intros a La Ea; apply I; [exact La | lia]|].
      exists (chosen y s j r). unfold chosen at 1 2 3 4 5. repeat split.
      + destruct (Nat.eqb_spec (y a) s); [exact Lj | apply A; assumption].
      + destruct (Nat.eqb_spec (y a) s); [congruence | apply A; assumption].
      + intros a b La Lb E Q. rewrite <- E. destruct (Nat.eqb_spec (y a) s); [reflexivity | apply B; try assumption; lia].
      + intros a La Q. destruct (Nat.eqb_spec (y a) s); [lia | apply I; [assumption | lia]].
      + lra. }
  destruct (S k (le_n k)) as [r [A [B [_ M]]]]. exists r. split; [exact A | split; [|exact M]].
  intros a b La Lb E. apply B; try assumption. apply C. exact La.
Qed.

End Representatives.

Lemma moved_correlation n r G : (forall a, (a < n)%nat -> (r a < n)%nat) -> correlation n G -> correlation n (moved r G).
Proof.
  intros R [S [U P]]. split; [|split].
  - intros i j Li Lj. apply S; apply R; assumption.
  - intros i Li. apply U. apply R. exact Li.
  - intros x. unfold quadratic, moved.
    rewrite (sum_ext n _ (fun i => sum n (fun j => G (r i) (r j) * (x i * x j)))) by (intros; apply sum_ext; intros; ring).
    rewrite (sum_grouped_pairs n n r R G (fun i j => x i * x j)).
    refine (Rle_trans _ _ _ (P (fun c => sum n (fun i => ind (r i =? c)%nat * x i))) (Req_le _ _ _)).
    unfold quadratic. apply sum_ext. intros c _. apply sum_ext. intros c' _. rewrite Rmult_comm, sum_product. f_equal.
    apply sum_ext. intros i _. apply sum_ext. intros j _. ring.
Qed.
