(** The loss near the cross-polytope of R^d, bounded from below row by row: it lies higher than at the cross-polytope when tau <= 9/(50 d).

    With s_j = h_j + h_{d+j} and f_j = h_j - h_{d+j}, all that the labels and the first order can take is at most (1 + 1/Z) sum |s_j|^2 / tau,
    and the second order of the rows gives (9/40)/(Z tau^2) sum over j <> l of <h_j,f_l>^2 + <h_{d+j},f_l>^2, which sees every s_j because the
    f_l are nearly an orthogonal frame. No Taylor expansion of the loss, no gauge, no numbers. *)

From Coq Require Import Reals Lra Lia Arith Bool.
From Scverify Require Import Sums Rows Loss Convexity Gradient PairLemma Inner.
Open Scope R_scope.

(** The cross-polytope: sample j at e_j, sample d + j at - e_j. *)
Definition cross (d i l : nat) : R := if (i <? d)%nat then ind (l =? i)%nat else - ind (l =? i - d)%nat.

(** Antipodes share a label. *)
Definition axis_label (d : nat) (c : nat -> nat) (i : nat) : nat := c (if (i <? d)%nat then i else (i - d)%nat).

Section Cross.
Variables (d k : nat) (c : nat -> nat) (tau : R).
Hypothesis tau_positive : 0 < tau.
Hypothesis d1 : (1 <= d)%nat.

Let n := (d + d)%nat.
Let y := axis_label d c.
Hypothesis C : classes n k y.

Let d_real : 1 <= INR d.
Proof. change 1 with (INR 1). apply le_INR. exact d1. Qed.

Let low_label j : (j < d)%nat -> y j = c j.
Proof. intros L. unfold y, axis_label. rewrite (proj2 (Nat.ltb_lt j d) L). reflexivity. Qed.

Let high_label j : y (d + j)%nat = c j.
Proof. unfold y, axis_label. rewrite (proj2 (Nat.ltb_ge (d + j) d)) by lia. f_equal. lia. Qed.

Let e := exp (-1 / tau).
Let Z := 2 * (INR d - 1) + e.

Let e_positive : 0 < e.
Proof. apply exp_pos. Qed.

Let e_below_one : e < 1.
Proof.
  unfold e. rewrite <- exp_0. apply exp_increasing. unfold Rdiv.
  pose proof (Rinv_0_lt_compat tau tau_positive). lra.
Qed.

Let Z_positive : 0 < Z.
Proof. unfold Z. lra. Qed.

Let m j := size n y (c j).
Let same j l := ind (c l =? c j)%nat.

Let m_twice j : (j < d)%nat -> m j = 2 * sum d (same j).
Proof.
  intros L. unfold m, size, n. rewrite sum_split. replace (2 * sum d (same j)) with (sum d (same j) + sum d (same j)) by ring.
  f_equal; apply sum_ext; intros i Li; [rewrite low_label by exact Li | rewrite high_label]; reflexivity.
Qed.

Let m2 j : (j < d)%nat -> 2 <= m j.
Proof. intros L. unfold m. rewrite <- (low_label j L). apply C. apply C. unfold n. lia. Qed.

(** One row of any embedding, seen from v, one of the two samples of axis j; x is the inner product of the two. *)
Section Row.
Variables (P M : nat -> nat -> R) (j : nat) (v : nat -> R) (x : R).
Hypothesis Lj : (j < d)%nat.
Let row := sum d (fun l => other j l * (exp (inner d v (P l) / tau) + exp (inner d v (M l) / tau))) + exp (x / tau).
Let s l a := P l a + M l a.
Let f l a := P l a - M l a.
Hypothesis close : forall l, (l < d)%nat -> l <> j -> inner d v (f l) / tau * (inner d v (f l) / tau) / 8 <= 1 / 10.

Lemma row_below :
  ln Z + / Z * (sum d (fun l => other j l * (inner d v (s l) / tau + 9 / 40 * (inner d v (f l) / tau * (inner d v (f l) / tau)))) + e * ((x + 1) / tau)) <= ln row.
Proof.
  set (D := fun l => inner d v (f l) / tau). set (sg := fun l => inner d v (s l) / tau).
  set (co := fun l => if (l =? j)%nat then 1 else 2).
  set (S := fun l => if (l =? j)%nat then x / tau else sg l / 2 + ln (1 + D l * D l / 8)).
  set (T := fun l => if (l =? j)%nat then -1 / tau else 0).
  assert (Dp : forall l, 0 <= D l * D l / 8) by (intros l; pose proof (square_nonneg (D l)); lra).
  assert (SZ : sum d (fun l => co l * exp (T l)) = Z).
  { rewrite (sum_ext d _ (fun l => ind (l =? j)%nat * e + ind (negb (l =? j)%nat) * 2)).
    - rewrite sum_plus, sum_at, sum_except, sum_const by exact Lj. unfold Z. ring.
    - intros l _. unfold co, T. destruct (l =? j)%nat; simpl ind; [unfold e; ring | rewrite exp_0; ring]. }
  pose proof (tangent d co S T ltac:(intros l _; unfold co; destruct (l =? j)%nat; lra) ltac:(rewrite SZ; exact Z_positive)) as G.
  rewrite SZ in G.
  assert (Up : sum d (fun l => co l * exp (S l)) <= row).
  { unfold row. rewrite <- (sum_at d j (fun _ => exp (x / tau))) by exact Lj. rewrite <- sum_plus. apply sum_le. intros l Ll.
    unfold co, S, other. destruct (Nat.eqb_spec l j) as [E|N]; simpl ind; [lra|].
    rewrite exp_plus, exp_ln by (pose proof (Dp l); lra).
    pose proof (exp_pair (inner d v (P l) / tau) (inner d v (M l) / tau)) as A.
    replace ((inner d v (P l) / tau + inner d v (M l) / tau) / 2) with (sg l / 2) in A by (unfold sg, s; rewrite inner_plus; field; lra).
    replace (inner d v (P l) / tau - inner d v (M l) / tau) with (D l) in A by (unfold D, f; rewrite inner_minus; field; lra). lra. }
  assert (Pos : 0 < sum d (fun l => co l * exp (S l))).
  { apply (exponentials_positive d co S j); [intros l _; unfold co; destruct (l =? j)%nat; lra | exact Lj |]. unfold co. rewrite Nat.eqb_refl. lra. }
  apply Rle_trans with (ln (sum d (fun l => co l * exp (S l)))); [|apply ln_monotone; assumption].
  refine (Rle_trans _ _ _ (Rplus_le_compat_l _ _ _ _) G).
  rewrite Rmult_plus_distr_l, <- sum_scal. rewrite <- (sum_at d j (fun _ => / Z * (e * ((x + 1) / tau)))) by exact Lj. rewrite <- sum_plus.
  apply sum_le. intros l Ll. unfold co, S, T, other. destruct (Nat.eqb_spec l j) as [E|N]; simpl ind.
  - right. fold e. field. lra.
  - rewrite exp_0. pose proof (log_one_plus (D l * D l / 8) (conj (Dp l) (close l Ll N))) as L. fold (D l) (sg l).
    apply (Rmult_le_compat_l (/ Z)) in L; [|left; apply Rinv_0_lt_compat; exact Z_positive]. unfold Rdiv in *. lra.
Qed.
End Row.

Section Near.
Variables (H : nat -> nat -> R) (eta : R).
Hypothesis unit : on_sphere n d H.
Hypothesis eta_positive : 0 < eta.
Hypothesis eta_dimension : eta * INR d <= 1 / 10.
Hypothesis eta_tau : eta <= tau / 6.
Hypothesis near : forall i l, (i < n)%nat -> (l < d)%nat -> Rabs (H i l - cross d i l) < eta.

Let P j := H j.
Let M j := H (d + j)%nat.
Let s j l := P j l + M j l.
Let f j l := P j l - M j l.
Let x j := inner d (P j) (M j).

Let near_P j l : (j < d)%nat -> (l < d)%nat -> - eta < P j l - ind (l =? j)%nat < eta.
Proof.
  intros Lj Ll. pose proof (near j l ltac:(unfold n; lia) Ll) as A. unfold cross in A. rewrite (proj2 (Nat.ltb_lt j d) Lj) in A.
  apply Rabs_def2 in A. unfold P. lra.
Qed.

Let near_M j l : (j < d)%nat -> (l < d)%nat -> - eta < M j l + ind (l =? j)%nat < eta.
Proof.
  intros Lj Ll. pose proof (near (d + j) l ltac:(unfold n; lia) Ll) as A. unfold cross in A. rewrite (proj2 (Nat.ltb_ge (d + j) d)) in A by lia.
  replace (d + j - d)%nat with j in A by lia. apply Rabs_def2 in A. unfold M. lra.
Qed.

Let norm_P j : (j < d)%nat -> inner d (P j) (P j) = 1.
Proof. intros L. apply (unit j). unfold n. lia. Qed.

Let norm_M j : (j < d)%nat -> inner d (M j) (M j) = 1.
Proof. intros L. apply (unit (d + j)%nat). unfold n. lia. Qed.

Let square_s j : (j < d)%nat -> inner d (s j) (s j) = 2 * (x j + 1).
Proof.
  intros L. unfold s, x. rewrite inner_plus, !inner_plus_l, norm_P, norm_M, (inner_comm d (M j) (P j)) by exact L. ring.
Qed.

Let orthogonal j : (j < d)%nat -> inner d (s j) (f j) = 0.
Proof.
  intros L. unfold s, f. rewrite inner_minus, !inner_plus_l, norm_P, norm_M, (inner_comm d (M j) (P j)) by exact L. ring.
Qed.

(* what is not 2 e_l in f_l *)
Let g l a := f l a - 2 * ind (a =? l)%nat.

Let g_small l a : (l < d)%nat -> (a < d)%nat -> - (2 * eta) <= g l a <= 2 * eta.
Proof. intros Ll La. pose proof (near_P l a Ll La). pose proof (near_M l a Ll La). unfold g, f. lra. Qed.

Let inner_f u l : (l < d)%nat -> inner d u (f l) = 2 * u l + inner d u (g l).
Proof.
  intros L. unfold inner. rewrite <- (sum_at d l (fun a => 2 * u a)) by exact L. rewrite <- sum_plus. apply sum_ext. intros a _. unfold g. ring.
Qed.

(* the frame of the f_l sees every vector *)
Let frame u : 324 / 100 * inner d u u <= sum d (fun l => inner d u (f l) * inner d u (f l)).
Proof.
  assert (Each : forall l, (l < d)%nat -> 36 / 10 * (u l * u l) - 36 * (eta * eta * INR d) * inner d u u <= inner d u (f l) * inner d u (f l)).
  { intros l L. rewrite inner_f by exact L. pose proof (cauchy_schwarz d u (g l)) as CS.
    assert (G : inner d (g l) (g l) <= INR d * (4 * (eta * eta))).
    { unfold inner. rewrite <- sum_const. apply sum_le. intros a La. pose proof (g_small l a L La). nra. }
    pose proof (inner_square d u) as U. apply (Rmult_le_compat_l (inner d u u)) in G; [|exact U].
    pose proof (square_nonneg (u l / 5 + inner d u (g l))). set (b := inner d u (g l)) in *.
    assert ((2 * u l + b) * (2 * u l + b) - 36 / 10 * (u l * u l) + 9 * (b * b) = 10 * ((u l / 5 + b) * (u l / 5 + b))) by field. lra. }
  apply sum_le in Each. rewrite sum_minus, sum_scal, sum_const in Each. fold (inner d u u) in Each.
  pose proof (inner_square d u) as U. assert (Small : INR d * (36 * (eta * eta * INR d)) <= 36 / 100).
  { replace (INR d * (36 * (eta * eta * INR d))) with (36 * ((eta * INR d) * (eta * INR d))) by ring.
    assert (0 <= eta * INR d) by (apply Rmult_le_pos; lra). nra. }
  apply (Rmult_le_compat_r (inner d u u)) in Small; [|exact U]. lra.
Qed.

(* e_j, up to a sign, sees little of f_l *)
Let cross_term v j l sign : (j < d)%nat -> (l < d)%nat -> l <> j -> sign * sign = 1 ->
  (forall a, (a < d)%nat -> - eta <= v a - sign * ind (a =? j)%nat <= eta) ->
  inner d v (f l) / tau * (inner d v (f l) / tau) / 8 <= 1 / 10.
Proof.
  intros Lj Ll N Sg V. rewrite inner_f by exact Ll.
  assert (Vl : - eta <= v l <= eta) by (pose proof (V l Ll) as A; rewrite (proj2 (Nat.eqb_neq l j) N) in A; simpl in A; lra).
  assert (E : inner d v (g l) = sign * g l j + sum d (fun a => (v a - sign * ind (a =? j)%nat) * g l a)).
  { unfold inner. rewrite <- (sum_at d j (fun a => sign * g l a)) by exact Lj. rewrite <- sum_plus. apply sum_ext. intros. ring. }
  assert (Up : sum d (fun a => (v a - sign * ind (a =? j)%nat) * g l a) <= INR d * (2 * eta * eta)).
  { rewrite <- sum_const. apply sum_le. intros a La. pose proof (V a La). pose proof (g_small l a Ll La). nra. }
  assert (Dn : INR d * - (2 * eta * eta) <= sum d (fun a => (v a - sign * ind (a =? j)%nat) * g l a)).
  { rewrite <- sum_const. apply sum_le. intros a La. pose proof (V a La). pose proof (g_small l a Ll La). nra. }
  assert (B : - (5 * eta) <= 2 * v l + inner d v (g l) <= 5 * eta).
  { rewrite E. pose proof (g_small l j Ll Lj) as Gj. assert (INR d * (2 * eta * eta) <= eta) by nra.
    assert (- (2 * eta) <= sign * g l j <= 2 * eta) by (assert (sign = 1 \/ sign = -1) as [->| ->] by (assert ((sign - 1) * (sign + 1) = 0) as Q by lra; apply Rmult_integral in Q; lra); lra). lra. }
  set (q := 2 * v l + inner d v (g l)) in *.
  assert (Q : q * q <= 25 * (eta * eta)) by nra.
  assert (Et : eta * eta <= tau * tau / 36) by nra.
  apply (Rmult_le_reg_r (8 * (tau * tau))); [nra|].
  replace (q / tau * (q / tau) / 8 * (8 * (tau * tau))) with (q * q) by (field; lra). pose proof (square_nonneg tau). lra.
Qed.

Lemma rows_P j : (j < d)%nat -> partition n tau (gram d H) j
  = sum d (fun l => other j l * (exp (inner d (P j) (P l) / tau) + exp (inner d (P j) (M l) / tau))) + exp (x j / tau).
Proof.
  intros L. unfold partition, n. rewrite sum_split. unfold x. rewrite <- (sum_at d j (fun l => exp (inner d (P j) (M l) / tau))) by exact L.
  rewrite <- !sum_plus. apply sum_ext. intros l Ll. rewrite (other_one j (d + l)) by lia. unfold other.
  change (gram d H j l) with (inner d (P j) (P l)). change (gram d H j (d + l)%nat) with (inner d (P j) (M l)).
  destruct (l =? j)%nat; simpl ind; ring.
Qed.

Lemma rows_M j : (j < d)%nat -> partition n tau (gram d H) (d + j)
  = sum d (fun l => other j l * (exp (inner d (M j) (P l) / tau) + exp (inner d (M j) (M l) / tau))) + exp (x j / tau).
Proof.
  intros L. unfold partition, n. rewrite sum_split. unfold x. rewrite (inner_comm d (P j) (M j)).
  rewrite <- (sum_at d j (fun l => exp (inner d (M j) (P l) / tau))) by exact L.
  rewrite <- !sum_plus. apply sum_ext. intros l Ll. rewrite (other_one (d + j) l) by lia.
  change (gram d H (d + j)%nat l) with (inner d (M j) (P l)). change (gram d H (d + j)%nat (d + l)%nat) with (inner d (M j) (M l)).
  assert (O : other (d + j) (d + l) = other j l).
  { unfold other. destruct (Nat.eqb_spec l j) as [->|N]; [rewrite Nat.eqb_refl; reflexivity | rewrite (proj2 (Nat.eqb_neq (d + l) (d + j))) by lia; reflexivity]. }
  rewrite O. unfold other. destruct (l =? j)%nat; simpl ind; ring.
Qed.

Let positives_P j : (j < d)%nat -> sum n (fun a => positive_pair y j a * (gram d H j a / tau))
  = (sum d (fun l => other j l * (same j l * inner d (P j) (s l))) + x j) / tau.
Proof.
  intros L. unfold x, n, Rdiv. rewrite sum_split, <- (sum_at d j (fun l => inner d (P j) (M l))) by exact L. rewrite <- !sum_plus, <- sum_scal_r.
  apply sum_ext. intros l Ll. unfold positive_pair. rewrite high_label, !low_label by assumption. unfold other, same, s. rewrite inner_plus.
  change (gram d H j l) with (inner d (P j) (P l)). change (gram d H j (d + l)%nat) with (inner d (P j) (M l)).
  rewrite (proj2 (Nat.eqb_neq (d + l) j)) by lia. destruct (Nat.eqb_spec l j) as [->|N]; [rewrite Nat.eqb_refl | destruct (c l =? c j)%nat]; simpl ind; ring.
Qed.

Let positives_M j : (j < d)%nat -> sum n (fun a => positive_pair y (d + j) a * (gram d H (d + j) a / tau))
  = (sum d (fun l => other j l * (same j l * inner d (M j) (s l))) + x j) / tau.
Proof.
  intros L. unfold x. rewrite (inner_comm d (P j) (M j)).
  unfold n, Rdiv. rewrite sum_split, <- (sum_at d j (fun l => inner d (M j) (P l))) by exact L. rewrite <- !sum_plus, <- sum_scal_r.
  apply sum_ext. intros l Ll. unfold positive_pair. rewrite !high_label, low_label by assumption. unfold other, same, s. rewrite inner_plus.
  change (gram d H (d + j)%nat l) with (inner d (M j) (P l)). change (gram d H (d + j)%nat (d + l)%nat) with (inner d (M j) (M l)).
  rewrite (proj2 (Nat.eqb_neq l (d + j))) by lia. destruct (Nat.eqb_spec l j) as [->|N].
  - rewrite !Nat.eqb_refl. simpl ind. ring.
  - rewrite (proj2 (Nat.eqb_neq (d + l) (d + j))) by lia. destruct (c l =? c j)%nat; simpl ind; ring.
Qed.

Let w j := / (m j - 1).
Let Q := sum d (fun j => inner d (s j) (s j)).

(* the loss by axes *)
Lemma loss_by_axes : supcon n y tau (gram d H) = sum d (fun j =>
  ln (partition n tau (gram d H) j) + ln (partition n tau (gram d H) (d + j))
  - w j * ((sum d (fun l => other j l * (same j l * inner d (s j) (s l))) + 2 * x j) / tau)).
Proof.
  rewrite (supcon_rows n k y tau _ C). unfold n at 1. rewrite sum_split, <- sum_plus. apply sum_ext. intros j L.
  rewrite positives_P, positives_M, high_label, low_label by exact L. fold (m j). fold (w j).
  assert (E : sum d (fun l => other j l * (same j l * inner d (s j) (s l))) = sum d (fun l => other j l * (same j l * inner d (P j) (s l))) + sum d (fun l => other j l * (same j l * inner d (M j) (s l)))).
  { rewrite <- sum_plus. apply sum_ext. intros l _. unfold s at 1. rewrite inner_plus_l. ring. }
  rewrite E. unfold Rdiv. ring.
Qed.

(* all that stands against the local minimum *)
Let attraction : sum d (fun j => w j * (sum d (fun l => other j l * (same j l * inner d (s j) (s l))) + inner d (s j) (s j))) <= Q.
Proof.
  assert (E : forall j, (j < d)%nat -> sum d (fun l => other j l * (same j l * inner d (s j) (s l))) + inner d (s j) (s j) = sum d (fun l => same j l * inner d (s j) (s l))).
  { intros j L. rewrite <- (sum_at d j (fun l => inner d (s j) (s l))) by exact L. rewrite <- sum_plus. apply sum_ext. intros l _. unfold other, same.
    destruct (Nat.eqb_spec l j) as [->|N]; [rewrite Nat.eqb_refl|]; simpl ind; ring. }
  assert (W : forall j, (j < d)%nat -> 0 < w j) by (intros j L; apply Rinv_0_lt_compat; pose proof (m2 j L); lra).
  apply Rle_trans with (sum d (fun j => sum d (fun l => w j * same j l * ((inner d (s j) (s j) + inner d (s l) (s l)) / 2)))).
  - apply sum_le. intros j L. rewrite E by exact L. rewrite <- sum_scal. apply sum_le. intros l _. rewrite <- Rmult_assoc.
    apply Rmult_le_compat_l; [apply Rmult_le_pos; [left; apply W; exact L | apply ind_nonneg]|].
    pose proof (inner_square d (fun a => s j a - s l a)) as A. rewrite inner_minus in A.
    rewrite (inner_comm d _ (s j)), (inner_comm d _ (s l)), !inner_minus, (inner_comm d (s l) (s j)) in A. lra.
  - assert (Sym : forall j l, w j * same j l = w l * same l j).
    { intros j l. unfold same. rewrite (Nat.eqb_sym (c j)). destruct (Nat.eqb_spec (c l) (c j)) as [Ec|]; simpl ind; [|ring]. unfold w, m. rewrite Ec. reflexivity. }
    assert (Swap : sum d (fun j => sum d (fun l => w j * same j l * inner d (s l) (s l))) = sum d (fun j => sum d (fun l => w j * same j l * inner d (s j) (s j)))).
    { rewrite sum_swap. apply sum_ext. intros j _. apply sum_ext. intros l _. rewrite Sym. reflexivity. }
    replace (sum d (fun j => sum d (fun l => w j * same j l * ((inner d (s j) (s j) + inner d (s l) (s l)) / 2))))
      with (sum d (fun j => sum d (fun l => w j * same j l * inner d (s j) (s j)))).
    + apply sum_le. intros j L. rewrite sum_scal_r, sum_scal. pose proof (inner_square d (s j)). pose proof (m_twice j L). pose proof (m2 j L).
      assert (w j * sum d (same j) <= 1) by (unfold w; apply (Rmult_le_reg_l (m j - 1)); [lra|]; rewrite <- Rmult_assoc, Rinv_r by lra; lra).
      apply (Rmult_le_compat_r (inner d (s j) (s j))) in H3; [|assumption]. lra.
    + transitivity (/ 2 * (sum d (fun j => sum d (fun l => w j * same j l * inner d (s j) (s j))) + sum d (fun j => sum d (fun l => w j * same j l * inner d (s l) (s l)))));
        [rewrite Swap; field|].
      rewrite <- sum_plus, <- sum_scal. apply sum_ext. intros j _. rewrite <- sum_plus, <- sum_scal. apply sum_ext. intros l _. field.
Qed.

Let repulsion : - Q <= sum d (fun j => sum d (fun l => other j l * inner d (s j) (s l))).
Proof.
  assert (T : 0 <= inner d (fun a => sum d (fun j => s j a)) (fun a => sum d (fun j => s j a))) by apply inner_square.
  assert (E : inner d (fun a => sum d (fun j => s j a)) (fun a => sum d (fun j => s j a)) = sum d (fun j => sum d (fun l => inner d (s j) (s l)))).
  { unfold inner. rewrite (sum_ext d _ (fun a => sum d (fun j => sum d (fun l => s j a * s l a)))) by (intros; apply sum_product).
    rewrite sum_swap. apply sum_ext. intros j _. apply sum_swap. }
  rewrite E in T. apply Rle_trans with (sum d (fun j => sum d (fun l => inner d (s j) (s l))) - Q); [lra|]. right. unfold Q. rewrite <- sum_minus.
  apply sum_ext. intros j L. unfold other. rewrite (sum_except d j (fun l => inner d (s j) (s l))) by exact L. reflexivity.
Qed.

(* zero only where the f_l are orthogonal *)
Let F := sum d (fun j => sum d (fun l => other j l * (inner d (f j) (f l) * inner d (f j) (f l)))).

Let curvature : 162 / 100 * Q + / 2 * F <= sum d (fun j => sum d (fun l => other j l * (inner d (P j) (f l) * inner d (P j) (f l) + inner d (M j) (f l) * inner d (M j) (f l)))).
Proof.
  unfold Q, F. rewrite <- !sum_scal, <- sum_plus. apply sum_le. intros j L. pose proof (frame (s j)) as Fr.
  apply Rle_trans with (/ 2 * sum d (fun l => inner d (s j) (f l) * inner d (s j) (f l)) + / 2 * sum d (fun l => other j l * (inner d (f j) (f l) * inner d (f j) (f l)))); [lra|].
  rewrite <- !sum_scal, <- sum_plus. apply sum_le. intros l _.
  unfold other. destruct (Nat.eqb_spec l j) as [->|N]; simpl ind; [rewrite orthogonal by exact L; lra|].
  assert (A : inner d (s j) (f l) = inner d (P j) (f l) + inner d (M j) (f l)) by (unfold s; apply inner_plus_l).
  assert (B : inner d (f j) (f l) = inner d (P j) (f l) - inner d (M j) (f l)) by (rewrite (inner_comm d (f j)); unfold f at 2; rewrite inner_minus, !(inner_comm d (f l)); reflexivity).
  rewrite A, B. right. field.
Qed.

Hypothesis cold : tau <= 9 / (50 * INR d).

Let cold_enough : 1 + Z <= 36 / 100 / tau.
Proof.
  assert (1 + Z <= 2 * INR d) by (unfold Z; lra).
  assert (tau * (2 * INR d) <= 36 / 100).
  { apply (Rmult_le_compat_r (2 * INR d)) in cold; [|lra]. replace (9 / (50 * INR d) * (2 * INR d)) with (36 / 100) in cold by (field; lra). exact cold. }
  apply (Rmult_le_reg_l tau); [exact tau_positive|]. replace (tau * (36 / 100 / tau)) with (36 / 100) by (field; lra). nra.
Qed.

Let value := sum d (fun j => 2 * ln Z + w j * (2 / tau)).

Lemma near_is_higher : value + / (Z * (tau * tau)) * (9 / 2000 * Q + 9 / 80 * F) <= supcon n y tau (gram d H).
Proof.
  rewrite loss_by_axes.
  set (R1 := sum d (fun j => sum d (fun l => other j l * inner d (s j) (s l)))) in *.
  set (K1 := sum d (fun j => sum d (fun l => other j l * (inner d (P j) (f l) * inner d (P j) (f l) + inner d (M j) (f l) * inner d (M j) (f l))))) in *.
  set (A1 := sum d (fun j => w j * (sum d (fun l => other j l * (same j l * inner d (s j) (s l))) + inner d (s j) (s j)))) in *.
  apply Rle_trans with (value + (/ Z * (R1 / tau + 9 / 40 * (K1 / (tau * tau)) + e * (Q / tau)) - A1 / tau)).
  - assert (It : 0 < / tau) by (apply Rinv_0_lt_compat; exact tau_positive). assert (Iz : 0 < / Z) by (apply Rinv_0_lt_compat; exact Z_positive).
    assert (Qp : 0 <= Q) by (apply sum_nonneg; intros; apply inner_square).
    assert (Fp : 0 <= F) by (apply sum_nonneg; intros; apply sum_nonneg; intros; apply Rmult_le_pos; [apply ind_nonneg | apply square_nonneg]).
    assert (Net : / (Z * (tau * tau)) * (9 / 2000 * Q + 9 / 80 * F) <= / Z * (- Q / tau + 9 / 40 * ((162 / 100 * Q + / 2 * F) / (tau * tau))) - Q / tau).
    { replace (/ Z * (- Q / tau + 9 / 40 * ((162 / 100 * Q + / 2 * F) / (tau * tau))) - Q / tau)
        with (/ Z * / tau * Q * (36 / 100 / tau - (1 + Z)) + / (Z * (tau * tau)) * (9 / 2000 * Q + 9 / 80 * F)) by (field; lra).
      assert (0 <= / Z * / tau * Q * (36 / 100 / tau - (1 + Z))); [|lra].
      apply Rmult_le_pos; [apply Rmult_le_pos; [apply Rmult_le_pos; lra | exact Qp] | pose proof cold_enough; lra]. }
    assert (Lower : / Z * (- Q / tau + 9 / 40 * ((162 / 100 * Q + / 2 * F) / (tau * tau))) <= / Z * (R1 / tau + 9 / 40 * (K1 / (tau * tau)) + e * (Q / tau))).
    { apply Rmult_le_compat_l; [lra|].
      assert (- Q / tau <= R1 / tau) by (apply Rmult_le_compat_r; [lra | exact repulsion]).
      assert ((162 / 100 * Q + / 2 * F) / (tau * tau) <= K1 / (tau * tau)) by (apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat, Rmult_lt_0_compat; assumption | exact curvature]).
      assert (0 <= e * (Q / tau)) by (apply Rmult_le_pos; [lra | apply Rmult_le_pos; lra]). lra. }
    assert (A1 / tau <= Q / tau) by (apply Rmult_le_compat_r; [lra | exact attraction]). lra.
  - apply Rle_trans with (sum d (fun j =>
      (2 * ln Z + w j * (2 / tau)) + (/ Z * (sum d (fun l => other j l * inner d (s j) (s l)) / tau
        + 9 / 40 * (sum d (fun l => other j l * (inner d (P j) (f l) * inner d (P j) (f l) + inner d (M j) (f l) * inner d (M j) (f l))) / (tau * tau))
        + e * (inner d (s j) (s j) / tau))
      - w j * (sum d (fun l => other j l * (same j l * inner d (s j) (s l))) + inner d (s j) (s j)) / tau))).
    + right. unfold value, R1, K1, A1, Q, Rdiv. rewrite <- !sum_scal_r, <- !sum_scal, <- !sum_plus, <- !sum_scal, <- sum_minus, <- sum_plus. reflexivity.
    + apply sum_le. intros j L.
      pose proof (row_below P M j (P j) (x j) L (fun l Ll N => cross_term (P j) j l 1 L Ll N ltac:(ring) ltac:(intros a La; pose proof (near_P j a L La); lra))) as RP.
      pose proof (row_below P M j (M j) (x j) L (fun l Ll N => cross_term (M j) j l (-1) L Ll N ltac:(ring) ltac:(intros a La; pose proof (near_M j a L La); lra))) as RM.
      rewrite <- rows_P in RP by exact L. rewrite <- rows_M in RM by exact L. rewrite square_s by exact L.
      fold (s) in RP, RM.
      assert (E : / Z * (sum d (fun l => other j l * inner d (s j) (s l)) / tau
          + 9 / 40 * (sum d (fun l => other j l * (inner d (P j) (f l) * inner d (P j) (f l) + inner d (M j) (f l) * inner d (M j) (f l))) / (tau * tau))
          + e * (2 * (x j + 1) / tau))
        = / Z * (sum d (fun l => other j l * (inner d (P j) (s l) / tau + 9 / 40 * (inner d (P j) (f l) / tau * (inner d (P j) (f l) / tau)))) + e * ((x j + 1) / tau))
        + / Z * (sum d (fun l => other j l * (inner d (M j) (s l) / tau + 9 / 40 * (inner d (M j) (f l) / tau * (inner d (M j) (f l) / tau)))) + e * ((x j + 1) / tau))).
      { rewrite <- Rmult_plus_distr_l. f_equal.
        assert (E1 : sum d (fun l => other j l * (inner d (P j) (s l) / tau + 9 / 40 * (inner d (P j) (f l) / tau * (inner d (P j) (f l) / tau))))
          + sum d (fun l => other j l * (inner d (M j) (s l) / tau + 9 / 40 * (inner d (M j) (f l) / tau * (inner d (M j) (f l) / tau))))
          = sum d (fun l => other j l * inner d (s j) (s l)) / tau + 9 / 40 * (sum d (fun l => other j l * (inner d (P j) (f l) * inner d (P j) (f l) + inner d (M j) (f l) * inner d (M j) (f l))) / (tau * tau))).
        { unfold Rdiv. rewrite <- !sum_scal_r, <- sum_scal, <- !sum_plus. apply sum_ext. intros l _. unfold s at 3. rewrite inner_plus_l. field. lra. }
        rewrite <- E1. field. lra. }
      rewrite E. unfold s, f in *. unfold Rdiv in *. lra.
Qed.
(* strictness: only another orthonormal frame has the same value *)
Lemma near_and_equal : supcon n y tau (gram d H) <= value -> forall i j, (i < n)%nat -> (j < n)%nat -> gram d H i j = gram d (cross d) i j.
Proof.
  intros Le. pose proof near_is_higher as Hi.
  assert (Qp : 0 <= Q) by (apply sum_nonneg; intros; apply inner_square).
  assert (Fp : 0 <= F) by (apply sum_nonneg; intros; apply sum_nonneg; intros; apply Rmult_le_pos; [apply ind_nonneg | apply square_nonneg]).
  assert (Zt : 0 < / (Z * (tau * tau))) by (apply Rinv_0_lt_compat, Rmult_lt_0_compat; [exact Z_positive | apply Rmult_lt_0_compat; exact tau_positive]).
  assert (Both : 9 / 2000 * Q + 9 / 80 * F <= 0) by (apply (Rmult_le_reg_l (/ (Z * (tau * tau)))); [exact Zt | lra]).
  assert (S0 : forall j l, (j < d)%nat -> (l < d)%nat -> M j l = - P j l).
  { intros j l Lj Ll. pose proof (sum_term_le d j (fun j => inner d (s j) (s j)) Lj (fun _ _ => inner_square d _)) as A.
    pose proof (sum_term_le d l (fun l => s j l * s j l) Ll (fun _ _ => square_nonneg _)) as B. fold Q in A. cbv beta in A, B. fold (inner d (s j) (s j)) in B.
    pose proof (square_nonneg (s j l)). assert (E : s j l * s j l = 0) by lra. apply Rmult_integral in E. unfold s in E. lra. }
  assert (F0 : forall j l, (j < d)%nat -> (l < d)%nat -> l <> j -> inner d (P j) (P l) = 0).
  { intros j l Lj Ll N.
    assert (Tm : forall j l, 0 <= other j l * (inner d (f j) (f l) * inner d (f j) (f l))) by (intros; apply Rmult_le_pos; [apply ind_nonneg | apply square_nonneg]).
    pose proof (sum_term_le d j (fun j => sum d (fun l => other j l * (inner d (f j) (f l) * inner d (f j) (f l)))) Lj (fun j _ => sum_nonneg d _ (fun l _ => Tm j l))) as A.
    pose proof (sum_term_le d l (fun l => other j l * (inner d (f j) (f l) * inner d (f j) (f l))) Ll (fun l _ => Tm j l)) as B. fold F in A. cbv beta in A, B.
    rewrite (other_one j l N) in B. pose proof (square_nonneg (inner d (f j) (f l))).
    assert (E : inner d (f j) (f l) * inner d (f j) (f l) = 0) by lra. apply Rmult_integral in E.
    assert (X : inner d (f j) (f l) = 4 * inner d (P j) (P l)).
    { unfold inner. rewrite <- sum_scal. apply sum_ext. intros a La. unfold f. rewrite !S0 by assumption. ring. }
    lra. }
  assert (PP : forall j l, (j < d)%nat -> (l < d)%nat -> inner d (P j) (P l) = ind (l =? j)%nat).
  { intros j l Lj Ll. destruct (Nat.eqb_spec l j) as [->|N]; simpl ind; [apply norm_P; exact Lj | apply F0; assumption]. }
  assert (Sg : forall i, (i < n)%nat -> exists j sg, (j < d)%nat /\ (forall l, (l < d)%nat -> H i l = sg * P j l) /\ (forall l, (l < d)%nat -> cross d i l = sg * ind (l =? j)%nat)).
  { intros i L. destruct (le_lt_dec d i) as [G|G].
    - exists (i - d)%nat, (-1). split; [unfold n in L; lia|]. split; intros l Ll.
      + replace i with (d + (i - d))%nat at 1 by lia. change (M (i - d) l = -1 * P (i - d) l). rewrite S0 by (unfold n in L; lia). ring.
      + unfold cross. rewrite (proj2 (Nat.ltb_ge i d)) by lia. ring.
    - exists i, 1. split; [exact G|]. split; intros l Ll; [unfold P; ring|]. unfold cross. rewrite (proj2 (Nat.ltb_lt i d)) by lia. ring. }
  intros i i' L L'. destruct (Sg i L) as [j [a [Lj [Ha Ca]]]]. destruct (Sg i' L') as [j' [b [Lj' [Hb Cb]]]].
  transitivity (a * b * ind (j' =? j)%nat).
  - rewrite <- (PP j j') by assumption. unfold gram, inner. rewrite <- sum_scal. apply sum_ext. intros l Ll. rewrite Ha, Hb by exact Ll. ring.
  - unfold gram. rewrite (sum_ext d _ (fun l => ind (l =? j)%nat * (a * b * ind (l =? j')%nat))) by (intros l Ll; rewrite Ca, Cb by exact Ll; ring).
    rewrite sum_at by exact Lj. rewrite Nat.eqb_sym. reflexivity.
Qed.
End Near.

End Cross.
