(** The gradient of the supervised contrastive loss as a finite sum, proved to be its derivative along every curve of Gram matrices and of embeddings. *)

From Coq Require Import Reals Lra Lia Arith Bool.
From Scverify Require Import Sums Rows Loss Convexity.
Open Scope R_scope.

(** Z_i = sum_{a <> i} exp(G_ia/tau), and p_ia, the softmax of row i (0 at a = i). *)
Definition partition (n : nat) (tau : R) (G : nat -> nat -> R) (i : nat) : R := sum n (fun a => other i a * exp (G i a / tau)).
Definition share (n : nat) (tau : R) (G : nat -> nat -> R) (i a : nat) : R := other i a * exp (G i a / tau - ln (partition n tau G i)).

(** D_ij = dL/dG_ij with the rows independent, and its symmetric part. *)
Definition slope (n : nat) (y : nat -> nat) (tau : R) (G : nat -> nat -> R) (i j : nat) : R :=
  (share n tau G i j - positive_pair y i j / (size n y (y i) - 1)) / tau.
Definition nabla (n : nat) (y : nat -> nat) (tau : R) (G : nat -> nat -> R) (i j : nat) : R := (slope n y tau G i j + slope n y tau G j i) / 2.

(** dL/dh_i = (1/tau) ( sum_a (p_ia + p_ai) h_a - 2/(n_{y_i} - 1) sum over the other samples of i's class of h_a ). *)
Definition gradient (n : nat) (y : nat -> nat) (tau : R) (d : nat) (H : nat -> nat -> R) (i l : nat) : R :=
  / tau * (sum n (fun a => (share n tau (gram d H) i a + share n tau (gram d H) a i) * H a l)
           - 2 / (size n y (y i) - 1) * sum n (fun a => positive_pair y i a * H a l)).

Lemma gram_symmetric d H i j : gram d H i j = gram d H j i.
Proof. unfold gram. apply sum_ext. intros. ring. Qed.

Lemma other_self i : other i i = 0.
Proof. unfold other. rewrite Nat.eqb_refl. reflexivity. Qed.

Lemma other_one i a : a <> i -> other i a = 1.
Proof. intros D. unfold other. rewrite (proj2 (Nat.eqb_neq a i) D). reflexivity. Qed.

Lemma positive_one y i a : y a = y i -> a <> i -> positive_pair y i a = 1.
Proof. intros E D. unfold positive_pair. rewrite E, Nat.eqb_refl, (proj2 (Nat.eqb_neq a i) D). reflexivity. Qed.

Lemma positive_zero y i a : y a <> y i -> positive_pair y i a = 0.
Proof. intros D. unfold positive_pair. rewrite (proj2 (Nat.eqb_neq (y a) (y i)) D). reflexivity. Qed.

Lemma positive_self y i : positive_pair y i i = 0.
Proof. unfold positive_pair. rewrite !Nat.eqb_refl. reflexivity. Qed.

(** Positive pairs are the same seen from both ends. *)
Lemma positive_symmetric y i j : positive_pair y i j = positive_pair y j i.
Proof. unfold positive_pair. rewrite (Nat.eqb_sym (y i)), (Nat.eqb_sym i). reflexivity. Qed.

Lemma two_samples n k y i : classes n k y -> (i < n)%nat -> (2 <= n)%nat.
Proof.
  intros C L. pose proof (proj2 C (y i) (proj1 C i L)) as P. apply INR_le. simpl.
  apply Rle_trans with (size n y (y i)); [lra|]. unfold size.
  replace (INR n) with (sum n (fun _ => 1)) by (rewrite sum_const; ring).
  apply sum_le. intros a _. destruct (y a =? y i)%nat; simpl; lra.
Qed.

Lemma partner n i : (2 <= n)%nat -> exists a, (a < n)%nat /\ a <> i.
Proof. intros P. destruct i as [|i]; [exists 1%nat | exists 0%nat]; lia. Qed.

Lemma partition_positive n tau G i : (2 <= n)%nat -> 0 < partition n tau G i.
Proof.
  intros P. destruct (partner n i P) as [a [L D]].
  apply (exponentials_positive n (other i) (fun a => G i a / tau) a); [intros; apply ind_nonneg | exact L | rewrite other_one by exact D; lra].
Qed.

Lemma share_nonneg n tau G i a : 0 <= share n tau G i a.
Proof. unfold share. apply Rmult_le_pos; [apply ind_nonneg | left; apply exp_pos]. Qed.

Lemma share_positive n tau G i a : a <> i -> 0 < share n tau G i a.
Proof. intros D. unfold share. rewrite other_one by exact D. rewrite Rmult_1_l. apply exp_pos. Qed.

Lemma share_self n tau G i : share n tau G i i = 0.
Proof. unfold share. rewrite other_self. ring. Qed.

Lemma share_quotient n tau G i a : (2 <= n)%nat -> share n tau G i a = other i a * exp (G i a / tau) / partition n tau G i.
Proof.
  intros P. unfold share, Rminus. rewrite exp_plus, exp_Ropp, exp_ln by (apply partition_positive; exact P).
  unfold Rdiv. ring.
Qed.

Lemma share_total n tau G i : (2 <= n)%nat -> sum n (share n tau G i) = 1.
Proof.
  intros P. pose proof (partition_positive n tau G i P).
  rewrite (sum_ext n _ (fun a => other i a * exp (G i a / tau) * / partition n tau G i)) by (intros; apply share_quotient; exact P).
  rewrite sum_scal_r. fold (partition n tau G i). field. lra.
Qed.

(** L(G) = sum_i ( log Z_i - 1/(n_{y_i} - 1) sum over positives of G_ij/tau ). *)
Lemma supcon_rows n k y tau G : classes n k y ->
  supcon n y tau G = sum n (fun i => ln (partition n tau G i) - / (size n y (y i) - 1) * sum n (fun j => positive_pair y i j * (G i j / tau))).
Proof.
  intros C. unfold supcon. apply sum_ext. intros i L.
  pose proof (two_samples n k y i C L) as P. pose proof (proj2 C (y i) (proj1 C i L)) as M.
  rewrite (sum_ext n _ (fun j => positive_pair y i j * ln (partition n tau G i) - positive_pair y i j * (G i j / tau))).
  - rewrite sum_minus, (count_positives n y i) by exact L. field. lra.
  - intros j _. rewrite <- Rmult_minus_distr_l. f_equal.
    rewrite (sum_ext n _ (fun a => other i a * exp (G i a / tau) * exp (- (G i j / tau)))).
    + rewrite sum_scal_r. fold (partition n tau G i).
      rewrite ln_mult, ln_exp by (try apply partition_positive; try apply exp_pos; exact P). ring.
    + intros a _. rewrite Rmult_assoc, <- exp_plus. do 2 f_equal. unfold Rdiv. ring.
Qed.

(** * Derivatives *)

Lemma sum_derivative n f f' x : (forall i, (i < n)%nat -> derivable_pt_lim (f i) x (f' i)) ->
  derivable_pt_lim (fun t => sum n (fun i => f i t)) x (sum n f').
Proof.
  induction n as [|n IH]; intros E; simpl; [apply derivable_pt_lim_const|].
  apply (derivable_pt_lim_plus (fun t => sum n (fun i => f i t)) (f n)); [apply IH; intros | apply E]; auto with arith.
Qed.

Lemma scaled_derivative c f f' x : derivable_pt_lim f x f' -> derivable_pt_lim (fun t => c * f t) x (c * f').
Proof. exact (derivable_pt_lim_scal f c x f'). Qed.

Lemma log_derivative f f' x : 0 < f x -> derivable_pt_lim f x f' -> derivable_pt_lim (fun t => ln (f t)) x (f' / f x).
Proof.
  intros P D. replace (f' / f x) with (/ f x * f') by (unfold Rdiv; ring).
  apply (derivable_pt_lim_comp f ln); [exact D | apply derivable_pt_lim_ln; exact P].
Qed.

Lemma exp_derivative f f' x : derivable_pt_lim f x f' -> derivable_pt_lim (fun t => exp (f t)) x (exp (f x) * f').
Proof. intros D. apply (derivable_pt_lim_comp f exp); [exact D | apply derivable_pt_lim_exp]. Qed.

(** The loss along a differentiable curve G(t) of matrices: dL/dt = sum_ij D_ij dG_ij/dt. *)
Theorem supcon_derivative n k y tau (G : R -> nat -> nat -> R) (G' : nat -> nat -> R) x :
  classes n k y ->
  (forall i j, (i < n)%nat -> (j < n)%nat -> derivable_pt_lim (fun t => G t i j) x (G' i j)) ->
  derivable_pt_lim (fun t => supcon n y tau (G t)) x (sum n (fun i => sum n (fun j => slope n y tau (G x) i j * G' i j))).
Proof.
  intros C E.
  apply derivable_pt_lim_ext with (f := fun t => sum n (fun i => ln (partition n tau (G t) i)
    - / (size n y (y i) - 1) * sum n (fun j => positive_pair y i j * (G t i j / tau)))).
  { intros t. symmetry. apply (supcon_rows n k). exact C. }
  apply sum_derivative. intros i Li. pose proof (two_samples n k y i C Li) as P.
  pose proof (partition_positive n tau (G x) i P) as Z.
  assert (D : forall a, (a < n)%nat -> derivable_pt_lim (fun t => G t i a / tau) x (G' i a / tau)).
  { intros a La. apply derivable_pt_lim_ext with (f := fun t => / tau * G t i a); [intros; unfold Rdiv; ring|].
    replace (G' i a / tau) with (/ tau * G' i a) by (unfold Rdiv; ring). apply scaled_derivative, E; assumption. }
  replace (sum n (fun j => slope n y tau (G x) i j * G' i j))
    with (sum n (fun a => other i a * (exp (G x i a / tau) * (G' i a / tau))) / partition n tau (G x) i
      - / (size n y (y i) - 1) * sum n (fun j => positive_pair y i j * (G' i j / tau))).
  - apply (derivable_pt_lim_minus (fun t => ln (partition n tau (G t) i)) (fun t => / (size n y (y i) - 1) * sum n (fun j => positive_pair y i j * (G t i j / tau)))).
    + apply log_derivative; [exact Z|]. unfold partition.
      apply (sum_derivative n (fun a t => other i a * exp (G t i a / tau))). intros a La.
      apply scaled_derivative. apply (exp_derivative (fun t => G t i a / tau)). apply D. exact La.
    + apply scaled_derivative. apply (sum_derivative n (fun j t => positive_pair y i j * (G t i j / tau))).
      intros j Lj. apply (scaled_derivative _ (fun t => G t i j / tau)). apply D. exact Lj.
  - unfold Rdiv at 1. rewrite <- sum_scal_r, <- sum_scal, <- sum_minus. apply sum_ext. intros a _.
    unfold slope. rewrite share_quotient by exact P. unfold Rdiv. ring.
Qed.

(** sum_ij D_ij (symmetric X)_ij may be taken with the symmetric part of D. *)
Lemma slope_nabla n y tau G X : symmetric n X ->
  sum n (fun i => sum n (fun j => slope n y tau G i j * X i j)) = sum n (fun i => sum n (fun j => nabla n y tau G i j * X i j)).
Proof.
  intros S.
  assert (E : sum n (fun i => sum n (fun j => slope n y tau G i j * X i j)) = sum n (fun i => sum n (fun j => slope n y tau G j i * X i j))).
  { rewrite sum_swap. apply sum_ext. intros i Li. apply sum_ext. intros j Lj. rewrite (S i j) by assumption. reflexivity. }
  transitivity (/ 2 * (sum n (fun i => sum n (fun j => slope n y tau G i j * X i j)) + sum n (fun i => sum n (fun j => slope n y tau G j i * X i j)))).
  - rewrite <- E. field.
  - rewrite <- sum_plus, <- sum_scal. apply sum_ext. intros i _. rewrite <- sum_plus, <- sum_scal. apply sum_ext. intros j _.
    unfold nabla. field.
Qed.

Lemma nabla_symmetric n y tau G i j : nabla n y tau G i j = nabla n y tau G j i.
Proof. unfold nabla. field. Qed.

(** grad_i = 2 sum_a nabla_ia h_a. *)
Lemma gradient_nabla n y tau d H i l :
  (i < n)%nat -> gradient n y tau d H i l = 2 * sum n (fun a => nabla n y tau (gram d H) i a * H a l).
Proof.
  intros Li. unfold gradient. rewrite <- !sum_scal. rewrite <- sum_minus, <- !sum_scal. apply sum_ext. intros a La.
  unfold nabla, slope. rewrite (positive_symmetric y a i).
  destruct (Nat.eq_dec (y a) (y i)) as [E|E].
  - rewrite E. unfold Rdiv. set (u := / tau). set (v := / (size n y (y i) - 1)). field.
  - rewrite (positive_zero y i a E). unfold Rdiv. set (u := / tau). set (v := / (size n y (y i) - 1)).
    set (v' := / (size n y (y a) - 1)). field.
Qed.

(** The gradient is the derivative of the loss over embeddings, in every direction U. *)
Theorem gradient_derivative n k y tau d H U :
  classes n k y ->
  derivable_pt_lim (fun t => supcon n y tau (gram d (fun i l => H i l + t * U i l))) 0
    (sum n (fun i => sum d (fun l => gradient n y tau d H i l * U i l))).
Proof.
  intros C.
  assert (E : sum n (fun i => sum n (fun j => slope n y tau (gram d H) i j * sum d (fun l => H i l * U j l + U i l * H j l)))
    = sum n (fun i => sum d (fun l => gradient n y tau d H i l * U i l))).
  { rewrite slope_nabla by (intros a b _ _; apply sum_ext; intros; ring).
    transitivity (2 * sum n (fun i => sum n (fun j => nabla n y tau (gram d H) i j * sum d (fun l => U i l * H j l)))).
    - replace 2 with (1 + 1) by ring. rewrite Rmult_plus_distr_r, !Rmult_1_l.
      rewrite (sum_ext n _ (fun i => sum n (fun j => nabla n y tau (gram d H) i j * sum d (fun l => H i l * U j l))
        + sum n (fun j => nabla n y tau (gram d H) i j * sum d (fun l => U i l * H j l)))).
      + rewrite sum_plus. f_equal. rewrite sum_swap. apply sum_ext. intros i _. apply sum_ext. intros j _.
        rewrite nabla_symmetric. f_equal. apply sum_ext. intros. ring.
      + intros i _. rewrite <- sum_plus. apply sum_ext. intros j _. rewrite sum_plus. ring.
    - rewrite <- sum_scal. apply sum_ext. intros i Li.
      rewrite (sum_ext d _ (fun l => 2 * sum n (fun a => nabla n y tau (gram d H) i a * (U i l * H a l)))).
      + rewrite sum_scal, sum_swap. f_equal. apply sum_ext. intros a _. rewrite sum_scal. reflexivity.
      + intros l _. rewrite gradient_nabla by exact Li. rewrite Rmult_assoc, <- sum_scal_r. f_equal. apply sum_ext. intros. ring. }
  rewrite <- E.
  assert (Z : forall i j, gram d (fun i l => H i l + 0 * U i l) i j = gram d H i j) by (intros; apply sum_ext; intros; ring).
  rewrite (sum_ext n _ (fun i => sum n (fun j => slope n y tau (gram d (fun i l => H i l + 0 * U i l)) i j * sum d (fun l => H i l * U j l + U i l * H j l)))).
  - apply (supcon_derivative n k y tau (fun t => gram d (fun i l => H i l + t * U i l))); [exact C|].
    intros i j _ _. unfold gram. apply sum_derivative. intros l _.
    replace (H i l * U j l + U i l * H j l) with ((0 + U i l) * (H j l + 0 * U j l) + (H i l + 0 * U i l) * (0 + U j l)) by ring.
    assert (A : forall a, derivable_pt_lim (fun t => H a l + t * U a l) 0 (0 + U a l)).
    { intros a. apply (derivable_pt_lim_plus (fun _ => H a l) (fun t => t * U a l)); [apply derivable_pt_lim_const|].
      apply derivable_pt_lim_ext with (f := fun t => U a l * t); [intros; ring|].
      pose proof (scaled_derivative (U a l) id 1 0 (derivable_pt_lim_id 0)) as Q. rewrite Rmult_1_r in Q. exact Q. }
    apply (derivable_pt_lim_mult (fun t => H i l + t * U i l) (fun t => H j l + t * U j l)); apply A.
  - intros i Li. apply sum_ext. intros j Lj. f_equal. unfold slope, share, partition. rewrite Z.
    do 6 f_equal. apply sum_ext. intros a _. rewrite Z. reflexivity.
Qed.
