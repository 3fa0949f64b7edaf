(** From samples to classes: averaging within classes, and raising the within-class average to 1, lowers the loss. *)

From Coq Require Import Reals Lra Lia Arith Bool.
From Scverify Require Import Sums Rows Loss.
Open Scope R_scope.

(** The mean of G over the pairs of two classes. *)
Definition mean_entry (n : nat) (y : nat -> nat) (G : nat -> nat -> R) (c c' : nat) : R :=
  sum n (fun i => sum n (fun j => ind (y i =? c)%nat * ind (y j =? c')%nat * G i j)) / (size n y c * size n y c').

Definition class_average (n : nat) (y : nat -> nat) (G : nat -> nat -> R) (c c' : nat) : R :=
  if (c =? c')%nat then 1 else mean_entry n y G c c'.

Section Reduction.
Variables (n k : nat) (y : nat -> nat) (tau : R) (G : nat -> nat -> R).
Hypothesis tau_positive : 0 < tau.
Hypothesis C : classes n k y.
Hypothesis F : correlation n G.

Let labels := proj1 C.
Let N := size n y.
Let B := class_average n y G.
Let Z := normaliser k N tau B.

Let size_at_least_two c : (c < k)%nat -> 2 <= N c := proj2 C c.

Lemma size_positive c : (c < k)%nat -> 0 < N c.
Proof. intros L. pose proof (size_at_least_two c L). lra. Qed.

Lemma mean_entry_le c : (c < k)%nat -> mean_entry n y G c c <= 1.
Proof.
  intros L. unfold mean_entry. fold N. pose proof (size_positive c L).
  apply Rmult_le_reg_r with (N c * N c); [apply Rmult_lt_0_compat; assumption|].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_1_l by (apply Rgt_not_eq, Rmult_lt_0_compat; assumption).
  unfold N, size. rewrite sum_product. apply sum_le. intros i Li. apply sum_le. intros j Lj.
  pose proof (entry_bounds n G i j F Li Lj).
  destruct (y i =? c)%nat, (y j =? c)%nat; simpl; lra.
Qed.

Lemma average_psd : psd k B.
Proof.
  intros x.
  assert (E : quadratic k B x = quadratic n G (fun i => x (y i) / N (y i)) + sum k (fun c => x c * x c * (1 - mean_entry n y G c c))).
  { unfold quadratic.
    rewrite (sum_grouped_pairs n k y labels (fun c c' => x c / N c * (x c' / N c')) G), <- sum_plus.
    apply sum_ext. intros c L.
    rewrite <- (sum_at k c (fun c' => x c * x c' * (1 - mean_entry n y G c c'))) by exact L.
    rewrite <- sum_plus. apply sum_ext. intros c' L'. pose proof (size_positive c L). pose proof (size_positive c' L').
    unfold B, class_average. rewrite (Nat.eqb_sym c' c). unfold mean_entry. fold N.
    destruct (Nat.eqb_spec c c') as [<-|D]; simpl ind; field; lra. }
  rewrite E. apply Rplus_le_le_0_compat; [apply F|]. apply sum_nonneg. intros c L.
  apply Rmult_le_pos; [exact (Rle_0_sqr (x c)) | pose proof (mean_entry_le c L); lra].
Qed.

Lemma average_own c : B c c = 1.
Proof. unfold B, class_average. rewrite Nat.eqb_refl. reflexivity. Qed.

Lemma average_correlation : correlation k B.
Proof.
  split; [|split; [intros c _; apply average_own | exact average_psd]].
  intros c c' _ _. unfold B, class_average. rewrite (Nat.eqb_sym c' c). destruct (c =? c')%nat; [reflexivity|].
  unfold mean_entry. rewrite (Rmult_comm (size n y c)). f_equal. rewrite sum_swap.
  apply sum_ext. intros i Li. apply sum_ext. intros j Lj. rewrite (proj1 F i j) by assumption. ring.
Qed.

Let own_part c : (c < k)%nat -> N c - 1 <= Z c.
Proof. intros L. apply normaliser_part. intros c' L'. left. apply size_positive; exact L'. Qed.

Let Z_positive c : (c < k)%nat -> 0 < Z c.
Proof. intros L. pose proof (own_part c L). pose proof (size_at_least_two c L). lra. Qed.

Let p c c' := exp ((B c c' - B c c) / tau) / Z c.
Let between c c' := ind (negb (c' =? c)%nat) * p c c'.
Let excess i a := G i a - B (y i) (y a).

Let p_total i : (i < n)%nat -> sum n (fun a => other i a * p (y i) (y a)) = 1.
Proof.
  intros L. pose proof (Z_positive (y i) (labels i L)).
  rewrite (sum_ext n _ (fun a => other i a * exp ((B (y i) (y a) - B (y i) (y i)) / tau) * / Z (y i)))
    by (intros; unfold p, Rdiv; ring).
  rewrite sum_scal_r, (collapsed_row n k y C) by assumption. fold N Z. field. lra.
Qed.

Let row_below i j : (i < n)%nat ->
  ln (Z (y i)) + / tau * (sum n (fun a => other i a * p (y i) (y a) * excess i a) + (1 - G i j))
  <= ln (sum n (fun a => other i a * exp ((G i a - G i j) / tau))).
Proof.
  intros L. pose proof (Z_positive (y i) (labels i L)) as P.
  pose proof (tangent n (other i) (fun a => (G i a - G i j) / tau) (fun a => (B (y i) (y a) - B (y i) (y i)) / tau)) as T.
  simpl in T. rewrite (collapsed_row n k y C) in T by assumption. fold N Z in T.
  refine (Rle_trans _ _ _ (Req_le _ _ _) (T (fun a _ => ind_nonneg _) P)). f_equal.
  replace (1 - G i j) with (sum n (fun a => other i a * p (y i) (y a)) * (1 - G i j)) by (rewrite p_total by exact L; ring).
  rewrite <- sum_scal_r, <- sum_plus, <- sum_scal.
  apply sum_ext. intros a _. rewrite average_own. unfold p, excess. rewrite average_own. field. lra.
Qed.

Let anchor_below i : (i < n)%nat ->
  ln (Z (y i)) + / tau * sum n (fun a => between (y i) (y a) * excess i a)
  <= / (N (y i) - 1) * sum n (fun j => positive_pair y i j * ln (sum n (fun a => other i a * exp ((G i a - G i j) / tau)))).
Proof.
  intros L. pose proof (labels i L) as Lc. pose proof (Z_positive _ Lc). pose proof (own_part _ Lc).
  pose proof (size_at_least_two _ Lc).
  set (W := sum n (fun a => other i a * p (y i) (y a) * excess i a)).
  assert (I : 0 < / tau) by (apply Rinv_0_lt_compat; assumption).
  assert (S : sum n (fun j => positive_pair y i j * (ln (Z (y i)) + / tau * (W + (1 - G i j))))
    = (N (y i) - 1) * (ln (Z (y i)) + / tau * W) + / tau * sum n (fun j => positive_pair y i j * (1 - G i j))).
  { unfold N. rewrite <- (count_positives n y i), <- sum_scal, <- sum_plus by exact L.
    apply sum_ext. intros. ring. }
  assert (E : W = sum n (fun a => between (y i) (y a) * excess i a) - / Z (y i) * sum n (fun j => positive_pair y i j * (1 - G i j))).
  { unfold W. rewrite <- sum_scal, <- sum_minus. apply sum_ext. intros a La.
    unfold between, positive_pair, other, excess.
    destruct (Nat.eqb_spec (y a) (y i)) as [Ey|Ey], (Nat.eqb_spec a i) as [Ea|Ea]; simpl; try (subst; congruence); try ring.
    rewrite Ey, average_own. unfold p. rewrite exp_of_nothing. field. lra. }
  set (V := sum n (fun a => between (y i) (y a) * excess i a)) in *.
  set (T := sum n (fun j => positive_pair y i j * (1 - G i j))) in *.
  assert (0 <= T).
  { apply sum_nonneg. intros j Lj. apply Rmult_le_pos; [apply ind_nonneg|]. pose proof (entry_bounds n G i j F L Lj). lra. }
  apply Rle_trans with (/ (N (y i) - 1) * sum n (fun j => positive_pair y i j * (ln (Z (y i)) + / tau * (W + (1 - G i j))))).
  - rewrite S, E. assert (/ Z (y i) <= / (N (y i) - 1)) by (apply Rinv_le_contravar; lra).
    replace (/ (N (y i) - 1) * ((N (y i) - 1) * (ln (Z (y i)) + / tau * (V - / Z (y i) * T)) + / tau * T))
      with (ln (Z (y i)) + / tau * V + / tau * ((/ (N (y i) - 1) - / Z (y i)) * T)) by (field; lra).
    assert (0 <= / tau * ((/ (N (y i) - 1) - / Z (y i)) * T)); [|lra].
    repeat apply Rmult_le_pos; lra.
  - apply Rmult_le_compat_l; [left; apply Rinv_0_lt_compat; lra|]. apply sum_le. intros j Lj.
    apply Rmult_le_compat_l; [apply ind_nonneg | apply row_below; exact L].
Qed.

Let excess_vanishes : sum n (fun i => sum n (fun a => between (y i) (y a) * excess i a)) = 0.
Proof.
  rewrite (sum_grouped_pairs n k y labels between excess). apply sum_zero. intros c L. apply sum_zero. intros c' L'.
  unfold between. destruct (Nat.eqb_spec c' c) as [->|D]; simpl; [ring|].
  match goal with |- _ * ?s = 0 => enough (E : s = 0) by (rewrite E; ring) end.
  pose proof (size_positive c L). pose proof (size_positive c' L').
  transitivity (sum n (fun i => sum n (fun j => ind (y i =? c)%nat * ind (y j =? c')%nat * G i j)) - N c * N c' * B c c').
  - unfold N, size. rewrite sum_product, <- sum_scal_r, <- sum_minus. apply sum_ext. intros i Li.
    rewrite <- sum_scal_r, <- sum_minus. apply sum_ext. intros j Lj. unfold excess.
    destruct (Nat.eqb_spec (y i) c) as [->|], (Nat.eqb_spec (y j) c') as [->|]; simpl; ring.
  - unfold B, class_average. rewrite (proj2 (Nat.eqb_neq c c')) by auto. unfold mean_entry. fold N. field. lra.
Qed.

Lemma average_below : class_loss k N tau B <= supcon n y tau G.
Proof.
  unfold class_loss. unfold N at 1. fold Z. rewrite <- (sum_labels n k y labels (fun c => ln (Z c))).
  rewrite <- (Rplus_0_r (sum n _)), <- (Rmult_0_r (/ tau)), <- excess_vanishes, <- sum_scal, <- sum_plus.
  apply sum_le. exact anchor_below.
Qed.

End Reduction.

(** P_n -> P_k: below every sample-level Gram matrix lies a class-level one. *)
Theorem reduction n k y tau G :
  0 < tau -> classes n k y -> correlation n G ->
  correlation k (class_average n y G) /\ class_loss k (size n y) tau (class_average n y G) <= supcon n y tau G.
Proof. intros T C F. split; [exact (average_correlation n k y G C F) | exact (average_below n k y tau G T C F)]. Qed.

(** What bounds the class-level loss of every correlation matrix bounds the loss of all embeddings in the unit ball, its sphere included, in every dimension. *)
Theorem embeddings_bound n k y tau bound :
  0 < tau -> classes n k y ->
  (forall B, correlation k B -> bound <= class_loss k (size n y) tau B) ->
  forall d H, in_ball 1 n d H -> bound <= supcon n y tau (gram d H).
Proof.
  intros T C L d H U. destruct (reduction n k y tau (filled (gram d H)) T C (filled_correlation n d H U)) as [F E].
  rewrite supcon_filled in E. exact (Rle_trans _ _ _ (L _ F) E).
Qed.
