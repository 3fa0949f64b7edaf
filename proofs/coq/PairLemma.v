(** N2, the pair lemma: two samples of one class attract each other unless they fill more than their share of the rows. *)

From Coq Require Import Reals Lra Lia Arith Bool.
From Scverify Require Import Sums Rows Loss Convexity Gradient.
Open Scope R_scope.

(** D_ij = |h_i - h_j|^2. *)
Definition distance2 (d : nat) (H : nat -> nat -> R) (i j : nat) : R := sum d (fun l => (H i l - H j l) * (H i l - H j l)).

Lemma square_nonneg x : 0 <= x * x.
Proof. exact (Rle_0_sqr x). Qed.

Lemma distance2_nonneg d H i j : 0 <= distance2 d H i j.
Proof. apply sum_nonneg. intros. apply square_nonneg. Qed.

Lemma distance2_gram d H i j : distance2 d H i j = gram d H i i - 2 * gram d H i j + gram d H j j.
Proof.
  unfold distance2, gram. rewrite <- sum_scal, <- sum_minus, <- sum_plus. apply sum_ext. intros. ring.
Qed.

Lemma distance2_zero d H i j : distance2 d H i j = 0 -> forall l, (l < d)%nat -> H i l = H j l.
Proof.
  intros Z l L. pose proof (sum_term_le d l (fun l => (H i l - H j l) * (H i l - H j l)) L (fun _ _ => square_nonneg _)) as T.
  unfold distance2 in Z. rewrite Z in T. simpl in T. assert (E : (H i l - H j l) * (H i l - H j l) = 0) by (pose proof (square_nonneg (H i l - H j l)); lra).
  apply Rmult_integral in E. lra.
Qed.

Lemma distance2_same d H i j : (forall l, (l < d)%nat -> H i l = H j l) -> distance2 d H i j = 0.
Proof. intros E. apply sum_zero. intros l L. rewrite E by exact L. ring. Qed.

Lemma same_gram d H i j a : (forall l, (l < d)%nat -> H i l = H j l) -> gram d H i a = gram d H j a.
Proof. intros E. apply sum_ext. intros l L. rewrite E by exact L. reflexivity. Qed.

Lemma exp_grows_with x u : 0 <= (exp x - exp u) * (x - u).
Proof.
  destruct (Rle_or_lt x u) as [L|L].
  - pose proof (exp_monotone x u L). replace ((exp x - exp u) * (x - u)) with ((exp u - exp x) * (u - x)) by ring.
    apply Rmult_le_pos; lra.
  - pose proof (exp_increasing u x L). apply Rmult_le_pos; lra.
Qed.

Section Pair.
Variables (n : nat) (tau : R) (d : nat) (H : nat -> nat -> R) (i j : nat).
Hypothesis tau_positive : 0 < tau.
Hypothesis Li : (i < n)%nat.
Hypothesis Lj : (j < n)%nat.
Hypothesis D : i <> j.

Let G := gram d H.
Let p := share n tau G.
Let Z := partition n tau G.
(* <h_a, h_i - h_j> *)
Let e a := G a i - G a j.
Let rest a f := other i a * (other j a * f a).

Let two : (2 <= n)%nat.
Proof. lia. Qed.

Let split_sum f : sum n f = sum n (fun a => rest a f) + f i + f j.
Proof. exact (sum_without_two n i j f Li Lj D). Qed.

(* p_ai/p_aj = e^{d_a/tau}: the columns are monotone term by term. *)
Let columns : 0 <= sum n (fun a => rest a (fun a => (p a i - p a j) * e a)).
Proof.
  apply sum_nonneg. intros a _. unfold rest, other.
  destruct (Nat.eqb_spec a i) as [->|Ni]; simpl ind; [lra|]. destruct (Nat.eqb_spec a j) as [->|Nj]; simpl ind; [lra|].
  unfold p, share. rewrite !other_one by auto. rewrite !Rmult_1_l.
  pose proof (exp_grows_with (G a i / tau - ln (partition n tau G a)) (G a j / tau - ln (partition n tau G a))) as M.
  replace (e a) with (tau * (G a i / tau - ln (partition n tau G a) - (G a j / tau - ln (partition n tau G a)))) by (unfold e; field; lra).
  rewrite <- Rmult_assoc, (Rmult_comm _ tau), Rmult_assoc. apply Rmult_le_pos; lra.
Qed.

(* The rows: with the partner's entry added, tau times a symmetrised Kullback-Leibler divergence of the rows i and j. *)
Let rows : 0 <= sum n (fun a => rest a (fun a => (p i a - p j a) * e a)).
Proof.
  set (kappa := ln (Z j) - ln (Z i)).
  assert (Pi : sum n (p i) = 1) by (apply share_total; exact two).
  assert (Pj : sum n (p j) = 1) by (apply share_total; exact two).
  rewrite (split_sum (p i)) in Pi. rewrite (split_sum (p j)) in Pj.
  rewrite (share_self n tau G i : p i i = 0) in Pi. rewrite (share_self n tau G j : p j j = 0) in Pj.
  assert (Each : forall a, (a < n)%nat -> 0 <= rest a (fun a => (p i a - p j a) * (e a + tau * kappa))).
  { intros a _. unfold rest, other.
    destruct (Nat.eqb_spec a i) as [->|Ni]; simpl ind; [lra|]. destruct (Nat.eqb_spec a j) as [->|Nj]; simpl ind; [lra|].
    unfold p, share. rewrite !other_one by auto. rewrite !Rmult_1_l. fold (Z i) (Z j).
    pose proof (exp_grows_with (G i a / tau - ln (Z i)) (G j a / tau - ln (Z j))) as M.
    replace (e a + tau * kappa) with (tau * (G i a / tau - ln (Z i) - (G j a / tau - ln (Z j)))).
    2:{ unfold e, kappa, G. rewrite (gram_symmetric d H a i), (gram_symmetric d H a j). field. lra. }
    rewrite <- Rmult_assoc, (Rmult_comm _ tau), Rmult_assoc. apply Rmult_le_pos; lra. }
  assert (Partner : 0 <= (p i j - p j i) * kappa).
  { unfold p, share. rewrite !other_one by auto. rewrite !Rmult_1_l. fold (Z i) (Z j).
    pose proof (exp_grows_with (G i j / tau - ln (Z i)) (G j i / tau - ln (Z j))) as M.
    replace kappa with (G i j / tau - ln (Z i) - (G j i / tau - ln (Z j))); [exact M|].
    unfold kappa, G. rewrite (gram_symmetric d H i j). ring. }
  assert (Sum : sum n (fun a => rest a (fun a => (p i a - p j a) * e a))
    = sum n (fun a => rest a (fun a => (p i a - p j a) * (e a + tau * kappa))) + tau * ((p i j - p j i) * kappa)).
  { rewrite (sum_ext n (fun a => rest a (fun a => (p i a - p j a) * (e a + tau * kappa)))
      (fun a => rest a (fun a => (p i a - p j a) * e a) + tau * kappa * (rest a (p i) - rest a (p j)))) by (intros; unfold rest; ring).
    rewrite sum_plus, sum_scal, sum_minus.
    replace (sum n (fun a => rest a (p i)) - sum n (fun a => rest a (p j))) with (p j i - p i j) by lra. ring. }
  rewrite Sum. apply Rplus_le_le_0_compat; [apply sum_nonneg; exact Each | apply Rmult_le_pos; lra].
Qed.

Lemma shares_against_the_pair :
  - (p i j + p j i) * distance2 d H i j <= sum n (fun a => (p i a + p a i - p j a - p a j) * e a).
Proof.
  rewrite (sum_ext n _ (fun a => (p i a - p j a) * e a + (p a i - p a j) * e a)) by (intros; ring).
  rewrite sum_plus, (split_sum (fun a => (p i a - p j a) * e a)), (split_sum (fun a => (p a i - p a j) * e a)).
  pose proof columns as A. pose proof rows as B.
  rewrite (share_self n tau G i : p i i = 0), (share_self n tau G j : p j j = 0), distance2_gram. fold (G i i) (G i j) (G j j).
  replace (e i) with (G i i - G i j) by reflexivity.
  replace (e j) with (G i j - G j j) by (unfold e; f_equal; apply gram_symmetric). lra.
Qed.

End Pair.

(** N2, the pair lemma. Any finite set of samples with any labels of classes of two or more, any dimension d, any temperature, any H (no constraint):
    for two samples i, j of one class of m,  <grad_i - grad_j, h_i - h_j>  >=  (|h_i - h_j|^2/tau) (2/(m-1) - (p_ij + p_ji)). *)
Theorem N2_pair_lemma n y tau d H i j :
  0 < tau -> (i < n)%nat -> (j < n)%nat -> i <> j -> y i = y j ->
  distance2 d H i j / tau * (2 / (size n y (y i) - 1) - (share n tau (gram d H) i j + share n tau (gram d H) j i))
  <= sum d (fun l => (gradient n y tau d H i l - gradient n y tau d H j l) * (H i l - H j l)).
Proof.
  intros T Li Lj D E. pose proof (shares_against_the_pair n tau d H i j T Li Lj D) as S. simpl in S.
  set (G := gram d H) in *. set (p := share n tau G) in *. set (v := 2 / (size n y (y i) - 1)).
  assert (F : sum d (fun l => (gradient n y tau d H i l - gradient n y tau d H j l) * (H i l - H j l))
    = / tau * (sum n (fun a => (p i a + p a i - p j a - p a j) * (G a i - G a j))
               - v * sum n (fun a => (positive_pair y i a - positive_pair y j a) * (G a i - G a j)))).
  { rewrite (sum_ext d _ (fun l => / tau * (sum n (fun a => (p i a + p a i - p j a - p a j) * (H a l * (H i l - H j l)))
      - v * sum n (fun a => (positive_pair y i a - positive_pair y j a) * (H a l * (H i l - H j l)))))).
    - rewrite sum_scal, sum_minus, sum_scal, (sum_swap d n), (sum_swap d n).
      assert (I : forall a, sum d (fun l => H a l * (H i l - H j l)) = G a i - G a j).
      { intros a. unfold G, gram. rewrite <- sum_minus. apply sum_ext. intros. ring. }
      f_equal. f_equal; [|f_equal]; apply sum_ext; intros a _; rewrite sum_scal, I; reflexivity.
    - intros l _. unfold gradient. fold G p. rewrite <- E. fold v.
      rewrite (sum_ext n (fun a => (p i a + p a i - p j a - p a j) * (H a l * (H i l - H j l)))
        (fun a => ((p i a + p a i) * H a l - (p j a + p a j) * H a l) * (H i l - H j l))) by (intros; ring).
      rewrite (sum_ext n (fun a => (positive_pair y i a - positive_pair y j a) * (H a l * (H i l - H j l)))
        (fun a => (positive_pair y i a * H a l - positive_pair y j a * H a l) * (H i l - H j l))) by (intros; ring).
      rewrite !sum_scal_r, !sum_minus. ring. }
  assert (P : sum n (fun a => (positive_pair y i a - positive_pair y j a) * (G a i - G a j)) = - distance2 d H i j).
  { rewrite (sum_ext n _ (fun a => ind (a =? j)%nat * (G a i - G a j) - ind (a =? i)%nat * (G a i - G a j))).
    - rewrite sum_minus, !sum_at by assumption. rewrite distance2_gram. fold G. replace (G j i) with (G i j) by apply gram_symmetric. ring.
    - intros a _. unfold positive_pair. rewrite E. destruct (Nat.eqb_spec a i) as [->|Ni].
      + rewrite E, (proj2 (Nat.eqb_neq i j) D), Nat.eqb_refl. simpl. ring.
      + destruct (Nat.eqb_spec a j) as [->|Nj]; [rewrite Nat.eqb_refl | destruct (y a =? y j)%nat]; simpl; ring. }
  rewrite F, P.
  replace (distance2 d H i j / tau * (v - (p i j + p j i))) with (/ tau * (- (p i j + p j i) * distance2 d H i j + v * distance2 d H i j)) by (unfold Rdiv; ring).
  apply Rmult_le_compat_l; [left; apply Rinv_0_lt_compat; exact T | lra].
Qed.

(** First-order (KKT) points: grad_i = - mu_i h_i; on the ball mu_i >= 0, and mu_i = 0 where the norm is not active. *)
Definition stationary (n : nat) (y : nat -> nat) (tau : R) (d : nat) (H : nat -> nat -> R) (mu : nat -> R) : Prop :=
  forall i l, (i < n)%nat -> (l < d)%nat -> gradient n y tau d H i l = - mu i * H i l.
Definition ball_point (n : nat) (y : nat -> nat) (tau rho : R) (d : nat) (H : nat -> nat -> R) (mu : nat -> R) : Prop :=
  in_ball rho n d H /\ stationary n y tau d H mu /\
  (forall i, (i < n)%nat -> 0 <= mu i) /\ (forall i, (i < n)%nat -> mu i * (rho * rho - gram d H i i) = 0).

Lemma gram_le_ball rho n d H i j : in_ball rho n d H -> (i < n)%nat -> (j < n)%nat -> gram d H i j <= rho * rho.
Proof. intros B Li Lj. pose proof (distance2_nonneg d H i j) as P. rewrite distance2_gram in P. pose proof (B i Li). pose proof (B j Lj). lra. Qed.

Lemma stationary_product n y tau d H mu i j : stationary n y tau d H mu -> (i < n)%nat -> (j < n)%nat ->
  sum d (fun l => (gradient n y tau d H i l - gradient n y tau d H j l) * (H i l - H j l))
  = - (mu i * (gram d H i i - gram d H i j) + mu j * (gram d H j j - gram d H i j)).
Proof.
  intros S Li Lj. unfold gram. rewrite <- !sum_minus, <- !sum_scal, <- sum_plus.
  match goal with |- _ = - sum d ?f => replace (- sum d f) with (-1 * sum d f) by ring end.
  rewrite <- sum_scal. apply sum_ext. intros l Ll. rewrite !S by assumption. ring.
Qed.

(** What the pair lemma says where its left side is not positive. *)
Lemma pair_share n y tau d H i j :
  0 < tau -> (i < n)%nat -> (j < n)%nat -> i <> j -> y i = y j -> 0 < distance2 d H i j ->
  sum d (fun l => (gradient n y tau d H i l - gradient n y tau d H j l) * (H i l - H j l)) <= 0 ->
  2 / (size n y (y i) - 1) <= share n tau (gram d H) i j + share n tau (gram d H) j i.
Proof.
  intros T Li Lj D E P N. pose proof (N2_pair_lemma n y tau d H i j T Li Lj D E) as L.
  apply Rnot_lt_le. intros Q.
  assert (0 < distance2 d H i j / tau * (2 / (size n y (y i) - 1) - (share n tau (gram d H) i j + share n tau (gram d H) j i))); [|lra].
  apply Rmult_lt_0_compat; [apply Rdiv_lt_0_compat; assumption | lra].
Qed.

(** N2, corollary on the ball: at a first-order point two different samples of one class of m have p_ij + p_ji >= 2/(m-1). *)
Theorem N2_ball n y tau rho d H mu i j :
  0 < tau -> ball_point n y tau rho d H mu -> (i < n)%nat -> (j < n)%nat -> i <> j -> y i = y j -> 0 < distance2 d H i j ->
  2 / (size n y (y i) - 1) <= share n tau (gram d H) i j + share n tau (gram d H) j i.
Proof.
  intros T [B [S [M A]]] Li Lj D E P. apply pair_share; try assumption. rewrite (stationary_product n y tau d H mu) by assumption.
  pose proof (gram_le_ball rho n d H i j B Li Lj) as Q. pose proof (A i Li) as Ai. pose proof (A j Lj) as Aj.
  assert (0 <= mu i * (rho * rho - gram d H i j)) by (apply Rmult_le_pos; [apply M; exact Li | lra]).
  assert (0 <= mu j * (rho * rho - gram d H i j)) by (apply Rmult_le_pos; [apply M; exact Lj | lra]). lra.
Qed.

(** N2, corollary on the sphere: the same wherever the two multipliers have a sum >= 0. *)
Theorem N2_sphere n y tau rho d H mu i j :
  0 < tau -> on_sphere_of rho n d H -> stationary n y tau d H mu -> 0 <= mu i + mu j ->
  (i < n)%nat -> (j < n)%nat -> i <> j -> y i = y j -> 0 < distance2 d H i j ->
  2 / (size n y (y i) - 1) <= share n tau (gram d H) i j + share n tau (gram d H) j i.
Proof.
  intros T U S M Li Lj D E P. apply pair_share; try assumption. rewrite (stationary_product n y tau d H mu) by assumption.
  rewrite !U by assumption. assert (B : in_ball rho n d H) by (intros a La; rewrite U by exact La; lra).
  pose proof (gram_le_ball rho n d H i j B Li Lj) as Q.
  assert (0 <= (mu i + mu j) * (rho * rho - gram d H i j)) by (apply Rmult_le_pos; lra). lra.
Qed.

(** N2, corollary with a ridge (1/2) w |H|^2: at a stationary point (grad_i = - w h_i) p_ij + p_ji >= 2/(m-1) + w tau. *)
Theorem N2_ridge n y tau w d H i j :
  0 < tau -> stationary n y tau d H (fun _ => w) -> (i < n)%nat -> (j < n)%nat -> i <> j -> y i = y j -> 0 < distance2 d H i j ->
  2 / (size n y (y i) - 1) + w * tau <= share n tau (gram d H) i j + share n tau (gram d H) j i.
Proof.
  intros T S Li Lj D E P. pose proof (N2_pair_lemma n y tau d H i j T Li Lj D E) as L.
  rewrite (stationary_product n y tau d H _ i j S Li Lj) in L.
  replace (- (w * (gram d H i i - gram d H i j) + w * (gram d H j j - gram d H i j))) with (distance2 d H i j / tau * - (w * tau)) in L
    by (rewrite distance2_gram; field; lra).
  apply Rmult_le_reg_l in L; [lra | apply Rdiv_lt_0_compat; assumption].
Qed.
