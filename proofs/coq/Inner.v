(** Inner products as finite sums, Cauchy-Schwarz, and two bounds of exp and log that the cross-polytope needs. *)

From Coq Require Import Reals Lra Lia Arith Bool.
From Scverify Require Import Sums Rows PairLemma Exponential.
Open Scope R_scope.

Definition inner (d : nat) (u v : nat -> R) : R := sum d (fun l => u l * v l).

Lemma inner_comm d u v : inner d u v = inner d v u.
Proof. apply sum_ext. intros. ring. Qed.

Lemma inner_plus d u v w : inner d u (fun l => v l + w l) = inner d u v + inner d u w.
Proof. unfold inner. rewrite <- sum_plus. apply sum_ext. intros. ring. Qed.

Lemma inner_minus d u v w : inner d u (fun l => v l - w l) = inner d u v - inner d u w.
Proof. unfold inner. rewrite <- sum_minus. apply sum_ext. intros. ring. Qed.

Lemma inner_plus_l d u v w : inner d (fun l => v l + w l) u = inner d v u + inner d w u.
Proof. rewrite inner_comm, inner_plus, (inner_comm d u v), (inner_comm d u w). reflexivity. Qed.

Lemma inner_square d u : 0 <= inner d u u.
Proof. apply sum_nonneg. intros. apply square_nonneg. Qed.

Lemma cauchy_schwarz d u v : inner d u v * inner d u v <= inner d u u * inner d v v.
Proof.
  assert (P : 0 <= sum d (fun i => sum d (fun j => (u i * v j - u j * v i) * (u i * v j - u j * v i)))).
  { apply sum_nonneg. intros. apply sum_nonneg. intros. apply square_nonneg. }
  assert (E : sum d (fun i => sum d (fun j => (u i * v j - u j * v i) * (u i * v j - u j * v i)))
    = inner d u u * inner d v v - 2 * (inner d u v * inner d u v) + inner d v v * inner d u u).
  { unfold inner. rewrite !sum_product, <- sum_scal, <- sum_minus, <- sum_plus. apply sum_ext. intros i _.
    rewrite <- sum_scal, <- sum_minus, <- sum_plus. apply sum_ext. intros. ring. }
  rewrite E in P. lra.
Qed.

(** cosh: e^x + e^y >= 2 e^{(x+y)/2} (1 + (x-y)^2/8). *)
Lemma exp_pair x y : 2 * (exp ((x + y) / 2) * (1 + (x - y) * (x - y) / 8)) <= exp x + exp y.
Proof.
  set (z := (x - y) / 2).
  assert (Ex : exp x = exp ((x + y) / 2) * exp z) by (rewrite <- exp_plus; f_equal; unfold z; field).
  assert (Ey : exp y = exp ((x + y) / 2) * exp (- z)) by (rewrite <- exp_plus; f_equal; unfold z; field).
  rewrite Ex, Ey. pose proof (taylor_below 1 z) as A. pose proof (taylor_below 1 (- z)) as B.
  change (taylor (S (2 * 1)) z) with (1 + 1 * z / INR 1 + 1 * z / INR 1 * z / INR 2 + 1 * z / INR 1 * z / INR 2 * z / INR 3) in A.
  change (taylor (S (2 * 1)) (- z)) with (1 + 1 * - z / INR 1 + 1 * - z / INR 1 * - z / INR 2 + 1 * - z / INR 1 * - z / INR 2 * - z / INR 3) in B.
  simpl INR in A, B. replace ((x - y) * (x - y) / 8) with (z * z / 2) by (unfold z; field).
  assert (S : 2 * (1 + z * z / 2) <= exp z + exp (- z)).
  { assert (Ea : 1 + 1 * z / 1 + 1 * z / 1 * z / (1 + 1) + 1 * z / 1 * z / (1 + 1) * z / (1 + 1 + 1) = 1 + z + z * z / 2 + z * z * z / 6) by field.
    assert (Eb : 1 + 1 * - z / 1 + 1 * - z / 1 * - z / (1 + 1) + 1 * - z / 1 * - z / (1 + 1) * - z / (1 + 1 + 1) = 1 - z + z * z / 2 - z * z * z / 6) by field.
    rewrite Ea in A. rewrite Eb in B. lra. }
  pose proof (exp_pos ((x + y) / 2)). apply (Rmult_le_compat_l (exp ((x + y) / 2))) in S; lra.
Qed.

Lemma log_one_plus z : 0 <= z <= 1 / 10 -> 9 / 10 * z <= ln (1 + z).
Proof.
  intros P. pose proof (ln_le_minus_one (/ (1 + z)) ltac:(apply Rinv_0_lt_compat; lra)) as L. rewrite ln_Rinv in L by lra.
  assert (9 / 10 * z <= 1 - / (1 + z)); [|lra].
  apply (Rmult_le_reg_r (1 + z)); [lra|]. replace ((1 - / (1 + z)) * (1 + z)) with z by (field; lra). nra.
Qed.
