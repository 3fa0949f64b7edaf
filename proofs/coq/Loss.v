(** The supervised contrastive loss of a Gram matrix of samples, its class-level form, and the sets they live on. *)

From Coq Require Import Reals Lra Lia Arith Bool.
From Scverify Require Import Sums Rows.
Open Scope R_scope.

Definition quadratic (n : nat) (G : nat -> nat -> R) (x : nat -> R) : R := sum n (fun i => sum n (fun j => x i * x j * G i j)).
Definition psd (n : nat) (G : nat -> nat -> R) : Prop := forall x, 0 <= quadratic n G x.
Definition symmetric (n : nat) (G : nat -> nat -> R) : Prop := forall i j, (i < n)%nat -> (j < n)%nat -> G i j = G j i.
Definition unit_diagonal (n : nat) (G : nat -> nat -> R) : Prop := forall i, (i < n)%nat -> G i i = 1.

(** Gram matrices of the relaxation. *)
Definition correlation (n : nat) (G : nat -> nat -> R) : Prop := symmetric n G /\ unit_diagonal n G /\ psd n G.

(** H i l: coordinate l of the embedding of sample i, in dimension d. *)
Definition gram (d : nat) (H : nat -> nat -> R) (i j : nat) : R := sum d (fun l => H i l * H j l).
Definition on_sphere (n d : nat) (H : nat -> nat -> R) : Prop := unit_diagonal n (gram d H).

Definition on_sphere_of (rho : R) (n d : nat) (H : nat -> nat -> R) : Prop := forall i, (i < n)%nat -> gram d H i i = rho * rho.

Definition in_ball (rho : R) (n d : nat) (H : nat -> nat -> R) : Prop := forall i, (i < n)%nat -> gram d H i i <= rho * rho.

(** k classes, each of at least two samples. *)
Definition classes (n k : nat) (y : nat -> nat) : Prop :=
  (forall i, (i < n)%nat -> (y i < k)%nat) /\ (forall c, (c < k)%nat -> 2 <= size n y c).

Definition positive_pair (y : nat -> nat) (i j : nat) : R := ind ((y j =? y i)%nat && negb (j =? i)%nat).
Definition other (i a : nat) : R := ind (negb (a =? i)%nat).

(** L(G) = sum_i 1/(n_{y_i} - 1) sum_{j <> i, y_j = y_i} log sum_{a <> i} exp((G_ia - G_ij)/tau). *)
Definition supcon (n : nat) (y : nat -> nat) (tau : R) (G : nat -> nat -> R) : R :=
  sum n (fun i => / (size n y (y i) - 1) *
    sum n (fun j => positive_pair y i j * ln (sum n (fun a => other i a * exp ((G i a - G i j) / tau))))).

(** Z_c(B) = (n_c - 1) + sum_{c' <> c} n_c' exp((B_cc' - B_cc)/tau). *)
Definition normaliser (k : nat) (N : nat -> R) (tau : R) (B : nat -> nat -> R) (c : nat) : R :=
  (N c - 1) + sum k (fun c' => other c c' * (N c' * exp ((B c c' - B c c) / tau))).

(** f(B) = sum_c n_c log Z_c(B): the loss of G = Z B Z^T. *)
Definition class_loss (k : nat) (N : nat -> R) (tau : R) (B : nat -> nat -> R) : R :=
  sum k (fun c => N c * ln (normaliser k N tau B c)).

Lemma quadratic_gram n d H x : quadratic n (gram d H) x = sum d (fun l => (sum n (fun i => x i * H i l)) * (sum n (fun i => x i * H i l))).
Proof.
  unfold quadratic, gram. rewrite (sum_ext d _ (fun l => sum n (fun i => sum n (fun j => x i * H i l * (x j * H j l))))).
  2:{ intros. apply sum_product. }
  symmetry. rewrite sum_swap. apply sum_ext. intros i _. rewrite sum_swap. apply sum_ext. intros j _.
  rewrite <- sum_scal. apply sum_ext. intros. ring.
Qed.

Lemma gram_correlation n d H : on_sphere n d H -> correlation n (gram d H).
Proof.
  intros U. split; [|split; [exact U|]].
  - intros i j _ _. unfold gram. apply sum_ext. intros. ring.
  - intros x. rewrite quadratic_gram. apply sum_nonneg. intros.
    match goal with |- 0 <= ?u * ?u => pose proof (Rle_0_sqr u) as Q; exact Q end.
Qed.

Lemma quadratic_pair n G i j t : (i < n)%nat -> (j < n)%nat ->
  quadratic n G (fun a => ind (a =? i)%nat + t * ind (a =? j)%nat) = G i i + t * G i j + t * G j i + t * t * G j j.
Proof.
  intros Li Lj. unfold quadratic.
  rewrite (sum_ext n _ (fun a => ind (a =? i)%nat * (G a i + t * G a j) + ind (a =? j)%nat * (t * (G a i + t * G a j)))).
  - rewrite sum_plus, !sum_at by assumption. ring.
  - intros a La.
    rewrite (sum_ext n _ (fun b => ind (b =? i)%nat * ((ind (a =? i)%nat + t * ind (a =? j)%nat) * G a b)
      + ind (b =? j)%nat * ((ind (a =? i)%nat + t * ind (a =? j)%nat) * (t * G a b)))) by (intros; ring).
    rewrite sum_plus, !sum_at by assumption. ring.
Qed.

(** No entry of a correlation matrix leaves [-1, 1]. *)
Lemma entry_bounds n G i j : correlation n G -> (i < n)%nat -> (j < n)%nat -> -1 <= G i j <= 1.
Proof.
  intros [S [U P]] Li Lj.
  pose proof (P (fun a => ind (a =? i)%nat + 1 * ind (a =? j)%nat)) as A.
  pose proof (P (fun a => ind (a =? i)%nat + -1 * ind (a =? j)%nat)) as B.
  rewrite quadratic_pair in A, B by assumption. rewrite (S j i) in A, B by assumption.
  rewrite !U in A, B by assumption. lra.
Qed.

Lemma normaliser_part k N tau B c : (forall c', (c' < k)%nat -> 0 <= N c') -> N c - 1 <= normaliser k N tau B c.
Proof.
  intros P. unfold normaliser.
  assert (0 <= sum k (fun c' => other c c' * (N c' * exp ((B c c' - B c c) / tau)))); [|lra].
  apply sum_nonneg. intros c' L. apply Rmult_le_pos; [apply ind_nonneg|].
  apply Rmult_le_pos; [auto | left; apply exp_pos].
Qed.

(** The coefficients of the class-level row: the anchor itself is no sample of its row. *)
Definition class_coefficient (N : nat -> R) (c c' : nat) : R := if (c' =? c)%nat then N c - 1 else N c'.

(** Z_c is the sum of one log-sum-exp row. *)
Lemma normaliser_row k N tau B c : (c < k)%nat ->
  normaliser k N tau B c = sum k (fun c' => class_coefficient N c c' * exp ((B c c' - B c c) / tau)).
Proof.
  intros L. unfold normaliser. rewrite <- (sum_at k c (fun _ => N c - 1) L), <- sum_plus. apply sum_ext. intros c' _.
  unfold class_coefficient, other. destruct (Nat.eqb_spec c' c) as [->|]; simpl; [rewrite exp_of_nothing|]; ring.
Qed.

Lemma class_loss_sizes k N N' tau B : (forall c, (c < k)%nat -> N c = N' c) -> class_loss k N tau B = class_loss k N' tau B.
Proof.
  intros E. unfold class_loss, normaliser. apply sum_ext. intros c L. rewrite E by exact L. do 3 f_equal.
  apply sum_ext. intros c' L'. rewrite E by exact L'. reflexivity.
Qed.

(** f increases with every off-diagonal entry. *)
Lemma class_loss_le k N tau A B :
  0 < tau -> (forall c, (c < k)%nat -> 2 <= N c) ->
  (forall c c', (c < k)%nat -> (c' < k)%nat -> c <> c' -> A c c' - A c c <= B c c' - B c c) ->
  class_loss k N tau A <= class_loss k N tau B.
Proof.
  intros T P E. apply sum_le. intros c L. apply Rmult_le_compat_l; [pose proof (P c L); lra|].
  assert (forall c', (c' < k)%nat -> 0 <= N c') as P0 by (intros c' L'; pose proof (P c' L'); lra).
  pose proof (normaliser_part k N tau A c P0). pose proof (P c L).
  apply ln_monotone; [lra|]. unfold normaliser. apply Rplus_le_compat_l. apply sum_le. intros c' L'.
  unfold other. destruct (Nat.eqb_spec c' c) as [->|D]; simpl; [lra|]. rewrite !Rmult_1_l.
  apply Rmult_le_compat_l; [auto|].
  apply exp_monotone, Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; exact T | apply E; auto].
Qed.

Section Collapsed.
Variables (n k : nat) (y : nat -> nat).
Hypothesis C : classes n k y.
Let labels := proj1 C.

Lemma other_as_difference i f : (i < n)%nat -> sum n (fun a => other i a * f a) = sum n f - f i.
Proof. apply sum_except. Qed.

Lemma sum_positives i f : (i < n)%nat -> 
  sum n (fun j => positive_pair y i j * f j) = sum n (fun j => ind (y j =? y i)%nat * f j) - f i.
Proof.
  intros L. rewrite (sum_ext n _ (fun j => other i j * (ind (y j =? y i)%nat * f j))).
  2:{ intros j _. unfold positive_pair, other. destruct (y j =? y i)%nat, (j =? i)%nat; simpl; ring. }
  rewrite other_as_difference, Nat.eqb_refl by exact L. simpl. ring.
Qed.

Lemma count_positives i x : (i < n)%nat -> sum n (fun j => positive_pair y i j * x) = (size n y (y i) - 1) * x.
Proof. intros L. rewrite sum_positives by exact L. rewrite sum_scal_r. unfold size. ring. Qed.

(** One entry a sample, constant on classes: the own class counts without the anchor. *)
Lemma row_by_class i f : (i < n)%nat ->
  sum n (fun a => other i a * f (y a)) =
  (size n y (y i) - 1) * f (y i) + sum k (fun c => other (y i) c * (size n y c * f c)).
Proof.
  intros L. rewrite other_as_difference by exact L. rewrite (sum_labels n k y labels).
  unfold other. rewrite (sum_except k (y i) (fun c => size n y c * f c)) by auto. ring.
Qed.

Lemma collapsed_row tau B i : 0 < tau -> (i < n)%nat -> 
  sum n (fun a => other i a * exp ((B (y i) (y a) - B (y i) (y i)) / tau)) = normaliser k (size n y) tau B (y i).
Proof.
  intros T L. rewrite (row_by_class i (fun c => exp ((B (y i) c - B (y i) (y i)) / tau))) by exact L.
  rewrite exp_of_nothing. unfold normaliser. ring.
Qed.

(** On collapsed Gram matrices L is f. *)
Theorem collapsed_loss tau B : 0 < tau ->
  supcon n y tau (fun i j => B (y i) (y j)) = class_loss k (size n y) tau B.
Proof.
  intros T. unfold supcon, class_loss.
  rewrite <- (sum_labels n k y labels (fun c => ln (normaliser k (size n y) tau B c))).
  apply sum_ext. intros i L.
  rewrite (sum_ext n _ (fun j => positive_pair y i j * ln (normaliser k (size n y) tau B (y i)))).
  - rewrite count_positives by exact L. pose proof (proj2 C (y i) (labels i L)). field. lra.
  - intros j _. unfold positive_pair. destruct (Nat.eqb_spec (y j) (y i)) as [E|E]; simpl; [|ring].
    rewrite E. rewrite collapsed_row by assumption. reflexivity.
Qed.

End Collapsed.

Lemma gram_scaled d x H i j : gram d (fun i l => x * H i l) i j = x * x * gram d H i j.
Proof. unfold gram. rewrite <- sum_scal. apply sum_ext. intros. ring. Qed.

(** Similarities and temperature may be scaled together. *)
Lemma supcon_scaled n y tau r G : 0 < tau -> 0 < r -> supcon n y (tau * r) (fun i j => r * G i j) = supcon n y tau G.
Proof.
  intros T P. unfold supcon. apply sum_ext. intros i _. f_equal. apply sum_ext. intros j _. do 2 f_equal.
  apply sum_ext. intros a _. do 2 f_equal. field. lra.
Qed.

Lemma supcon_ext n y tau G G' : (forall i j, (i < n)%nat -> (j < n)%nat -> G i j = G' i j) -> supcon n y tau G = supcon n y tau G'.
Proof.
  intros E. unfold supcon. apply sum_ext. intros i Li. f_equal. apply sum_ext. intros j Lj. do 2 f_equal.
  apply sum_ext. intros a La. rewrite !E by assumption. reflexivity.
Qed.

(** The loss does not see the diagonal: with it filled up to 1 a Gram matrix of the unit ball is a correlation matrix. *)
Definition filled (G : nat -> nat -> R) (i j : nat) : R := if (i =? j)%nat then 1 else G i j.

Lemma supcon_filled n y tau G : supcon n y tau (filled G) = supcon n y tau G.
Proof.
  unfold supcon. apply sum_ext. intros i _. f_equal. apply sum_ext. intros j _.
  unfold positive_pair. destruct (Nat.eqb_spec j i) as [->|Dj]; [rewrite andb_false_r; simpl; ring | f_equal; f_equal].
  apply sum_ext. intros a _. unfold other, filled. rewrite (proj2 (Nat.eqb_neq i j)) by auto.
  destruct (Nat.eqb_spec a i) as [->|Da]; simpl; [ring|]. rewrite (proj2 (Nat.eqb_neq i a)) by auto. reflexivity.
Qed.

Lemma filled_correlation n d H : in_ball 1 n d H -> correlation n (filled (gram d H)).
Proof.
  intros B. split; [|split].
  - intros i j _ _. unfold filled. rewrite (Nat.eqb_sym j i). destruct (i =? j)%nat; [reflexivity|]. apply sum_ext. intros. ring.
  - intros i _. unfold filled. rewrite Nat.eqb_refl. reflexivity.
  - intros x. replace (quadratic n (filled (gram d H)) x) with (quadratic n (gram d H) x + sum n (fun i => x i * x i * (1 - gram d H i i))).
    + rewrite quadratic_gram. apply Rplus_le_le_0_compat; apply sum_nonneg; intros l L; [exact (Rle_0_sqr _)|].
      apply Rmult_le_pos; [exact (Rle_0_sqr (x l)) | pose proof (B l L); lra].
    + unfold quadratic. rewrite <- sum_plus. apply sum_ext. intros i Li.
      rewrite <- (sum_at n i (fun j => x i * x j * (1 - gram d H i j)) Li), <- sum_plus. apply sum_ext. intros j _.
      unfold filled. rewrite (Nat.eqb_sym j i). destruct (Nat.eqb_spec i j) as [->|D]; simpl; ring.
Qed.
