(** Finite sums of reals over the indices 0, ..., n - 1, indicators, and sums grouped by a label. *)

From Coq Require Import Reals Lra Lia Arith Bool.
Open Scope R_scope.

Fixpoint sum (n : nat) (f : nat -> R) : R :=
  match n with
  | O => 0
  | S m => sum m f + f m
  end.

Definition ind (b : bool) : R := if b then 1 else 0.

Lemma ind_nonneg b : 0 <= ind b.
Proof. destruct b; simpl; lra. Qed.

Lemma sum_ext n f g : (forall i, (i < n)%nat -> f i = g i) -> sum n f = sum n g.
Proof.
  induction n as [|n IH]; simpl; intros E; [reflexivity|].
  rewrite IH, E; [reflexivity | lia | intros; apply E; lia].
Qed.

Lemma sum_le n f g : (forall i, (i < n)%nat -> f i <= g i) -> sum n f <= sum n g.
Proof.
  induction n as [|n IH]; simpl; intros E; [lra|].
  apply Rplus_le_compat; [apply IH; intros; apply E; lia | apply E; lia].
Qed.

Lemma sum_zero n f : (forall i, (i < n)%nat -> f i = 0) -> sum n f = 0.
Proof.
  induction n as [|n IH]; simpl; intros E; [reflexivity|].
  rewrite IH, E; [lra | lia | intros; apply E; lia].
Qed.

Lemma sum_nonneg n f : (forall i, (i < n)%nat -> 0 <= f i) -> 0 <= sum n f.
Proof.
  intros E. rewrite <- (sum_zero n (fun _ => 0)) by reflexivity. apply sum_le. exact E.
Qed.

Lemma sum_plus n f g : sum n (fun i => f i + g i) = sum n f + sum n g.
Proof. induction n as [|n IH]; simpl; [|rewrite IH]; lra. Qed.

Lemma sum_minus n f g : sum n (fun i => f i - g i) = sum n f - sum n g.
Proof. induction n as [|n IH]; simpl; [|rewrite IH]; lra. Qed.

Lemma sum_scal n x f : sum n (fun i => x * f i) = x * sum n f.
Proof. induction n as [|n IH]; simpl; [|rewrite IH]; lra. Qed.

Lemma sum_scal_r n x f : sum n (fun i => f i * x) = sum n f * x.
Proof. induction n as [|n IH]; simpl; [|rewrite IH]; lra. Qed.

Lemma sum_const n x : sum n (fun _ => x) = INR n * x.
Proof. induction n as [|n IH]; simpl sum; [simpl | rewrite S_INR, IH]; lra. Qed.

Lemma sum_swap n m f : sum n (fun i => sum m (f i)) = sum m (fun j => sum n (fun i => f i j)).
Proof.
  induction n as [|n IH]; simpl; [symmetry; apply sum_zero; reflexivity|].
  rewrite IH, <- sum_plus. reflexivity.
Qed.

Lemma sum_product n m f g : sum n f * sum m g = sum n (fun i => sum m (fun j => f i * g j)).
Proof. rewrite <- sum_scal_r. apply sum_ext. intros. symmetry. apply sum_scal. Qed.

Lemma sum_split n m f : sum (n + m) f = sum n f + sum m (fun i => f (n + i)%nat).
Proof.
  induction m as [|m IH]; simpl; [rewrite Nat.add_0_r; lra|].
  rewrite Nat.add_succ_r. simpl. rewrite IH. lra.
Qed.

Lemma sum_at n j f : (j < n)%nat -> sum n (fun i => ind (i =? j)%nat * f i) = f j.
Proof.
  induction n as [|n IH]; intros L; [lia|]. simpl. destruct (Nat.eq_dec j n) as [->|D].
  - rewrite Nat.eqb_refl, sum_zero; [simpl; lra|].
    intros i Li. rewrite (proj2 (Nat.eqb_neq i n)) by lia. simpl. lra.
  - rewrite IH by lia. rewrite (proj2 (Nat.eqb_neq n j)) by lia. simpl. lra.
Qed.

Lemma sum_except n j f : (j < n)%nat -> sum n (fun i => ind (negb (i =? j)%nat) * f i) = sum n f - f j.
Proof.
  intros L. rewrite <- (sum_at n j f L), <- sum_minus. apply sum_ext. intros i _.
  destruct (i =? j)%nat; simpl; lra.
Qed.

Lemma sum_term_le n j f : (j < n)%nat -> (forall i, (i < n)%nat -> 0 <= f i) -> f j <= sum n f.
Proof.
  intros L P. rewrite <- (sum_at n j f L). apply sum_le. intros i Li.
  pose proof (P i Li). destruct (i =? j)%nat; simpl; lra.
Qed.

Lemma sum_lt n j f g : (j < n)%nat -> (forall i, (i < n)%nat -> f i <= g i) -> f j < g j -> sum n f < sum n g.
Proof.
  intros L P Q. pose proof (sum_term_le n j (fun i => g i - f i) L) as T. rewrite sum_minus in T. simpl in T.
  assert (forall i, (i < n)%nat -> 0 <= g i - f i) by (intros i Li; pose proof (P i Li); lra). specialize (T H). lra.
Qed.

(** All terms but two. *)
Lemma sum_without_two n i j f : (i < n)%nat -> (j < n)%nat -> i <> j ->
  sum n f = sum n (fun a => ind (negb (a =? i)%nat) * (ind (negb (a =? j)%nat) * f a)) + f i + f j.
Proof.
  intros Li Lj D. rewrite (sum_except n i (fun a => ind (negb (a =? j)%nat) * f a)) by exact Li.
  rewrite sum_except by exact Lj. rewrite (proj2 (Nat.eqb_neq i j) D). simpl. ring.
Qed.

(** The number of samples of class c among n samples with labels y. *)
Definition size (n : nat) (y : nat -> nat) (c : nat) : R := sum n (fun i => ind (y i =? c)%nat).

Section Grouped.
Variables (n k : nat) (y : nat -> nat).
Hypothesis labels : forall i, (i < n)%nat -> (y i < k)%nat.

Lemma at_label i f : (i < n)%nat -> f (y i) = sum k (fun c => ind (y i =? c)%nat * f c).
Proof.
  intros L. rewrite <- (sum_at k (y i) f) by auto. apply sum_ext. intros c _.
  rewrite Nat.eqb_sym. reflexivity.
Qed.

(** sum_i f(y_i) g_i, class by class. *)
Lemma sum_grouped f g :
  sum n (fun i => f (y i) * g i) = sum k (fun c => f c * sum n (fun i => ind (y i =? c)%nat * g i)).
Proof.
  rewrite (sum_ext n _ (fun i => sum k (fun c => ind (y i =? c)%nat * f c * g i))).
  2:{ intros i L. rewrite (at_label i f L), sum_scal_r. reflexivity. }
  rewrite sum_swap. apply sum_ext. intros c _. rewrite <- sum_scal. apply sum_ext. intros. ring.
Qed.

Lemma sum_labels f : sum n (fun i => f (y i)) = sum k (fun c => size n y c * f c).
Proof.
  rewrite (sum_ext n _ (fun i => f (y i) * 1)) by (intros; ring).
  rewrite sum_grouped. apply sum_ext. intros c _. unfold size. rewrite Rmult_comm. f_equal.
  apply sum_ext. intros. ring.
Qed.

Lemma sum_grouped_pairs f g :
  sum n (fun i => sum n (fun j => f (y i) (y j) * g i j)) =
  sum k (fun c => sum k (fun c' => f c c' * sum n (fun i => sum n (fun j => ind (y i =? c)%nat * ind (y j =? c')%nat * g i j)))).
Proof.
  rewrite (sum_ext n _ (fun i => sum k (fun c' => f (y i) c' * sum n (fun j => ind (y j =? c')%nat * g i j)))).
  2:{ intros i _. apply (sum_grouped (f (y i)) (g i)). }
  rewrite sum_swap.
  rewrite (sum_ext k _ (fun c' => sum k (fun c => f c c' * sum n (fun i => ind (y i =? c)%nat * sum n (fun j => ind (y j =? c')%nat * g i j))))).
  2:{ intros c' _. apply (sum_grouped (fun c => f c c')). }
  rewrite sum_swap. apply sum_ext. intros c _. apply sum_ext. intros c' _. f_equal.
  apply sum_ext. intros i _. rewrite <- sum_scal. apply sum_ext. intros. ring.
Qed.

End Grouped.
