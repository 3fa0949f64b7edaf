(** A local minimum that leaves a direction of space unused is global: on the sphere and on the ball, for all sizes and every temperature. *)

From Coq Require Import Reals Lra Lia Arith Bool.
From Scverify Require Import Sums Rows Loss Convexity Gradient PairLemma.
Open Scope R_scope.

(** No feasible point near H lies lower. *)
Definition local_minimum (n d : nat) (K : (nat -> nat -> R) -> Prop) (f : (nat -> nat -> R) -> R) (H : nat -> nat -> R) : Prop :=
  K H /\ exists eps, 0 < eps /\
    forall H', K H' -> (forall i l, (i < n)%nat -> (l < d)%nat -> Rabs (H' i l - H i l) < eps) -> f H <= f H'.

(** A direction that no embedding uses: |z| = 1, <z, h_i> = 0 for every sample. *)
Definition unused (n d : nat) (H : nat -> nat -> R) (z : nat -> R) : Prop :=
  sum d (fun l => z l * z l) = 1 /\ forall i, (i < n)%nat -> sum d (fun l => z l * H i l) = 0.

(** A convex loss lies above its tangent plane. *)
Theorem supcon_tangent n k y tau G X : classes n k y ->
  supcon n y tau G + sum n (fun i => sum n (fun j => slope n y tau G i j * (X i j - G i j))) <= supcon n y tau X.
Proof.
  intros C. rewrite !(supcon_rows n k y tau _ C), <- sum_plus. apply sum_le. intros i Li.
  pose proof (two_samples n k y i C Li) as P.
  pose proof (tangent n (other i) (fun a => X i a / tau) (fun a => G i a / tau) (fun a _ => ind_nonneg _) (partition_positive n tau G i P)) as T.
  simpl in T. fold (partition n tau G i) in T. fold (partition n tau X i) in T.
  assert (E : sum n (fun j => slope n y tau G i j * (X i j - G i j))
    = sum n (fun a => other i a * exp (G i a / tau) / partition n tau G i * (X i a / tau - G i a / tau))
      - / (size n y (y i) - 1) * (sum n (fun j => positive_pair y i j * (X i j / tau)) - sum n (fun j => positive_pair y i j * (G i j / tau)))).
  { rewrite <- sum_minus, <- sum_scal, <- sum_minus. apply sum_ext. intros a _. unfold slope. rewrite share_quotient by exact P. unfold Rdiv. ring. }
  rewrite E. lra.
Qed.

(** What holds for each of finitely many indices near 0 holds for all of them near 0. *)
Lemma finitely_near n (P : nat -> R -> Prop) :
  (forall i, (i < n)%nat -> exists delta, 0 < delta /\ forall t, 0 < t < delta -> P i t) ->
  exists delta, 0 < delta /\ forall i t, (i < n)%nat -> 0 < t < delta -> P i t.
Proof.
  induction n as [|n IH]; intros E; [exists 1; split; [lra | lia]|].
  destruct IH as [a [Pa A]]; [intros; apply E; lia|]. destruct (E n ltac:(lia)) as [b [Pb B]].
  exists (Rmin a b). split; [apply Rmin_glb_lt; assumption|]. intros i t L T.
  pose proof (Rmin_l a b). pose proof (Rmin_r a b).
  destruct (Nat.eq_dec i n) as [->|D]; [apply B; lra | apply A; [lia | lra]].
Qed.

Lemma below_inverse a t : 0 < a -> t < / a -> t * a < 1.
Proof. intros P L. apply (Rmult_lt_compat_r a) in L; [|exact P]. rewrite Rinv_l in L; lra. Qed.

(** The slope at 0 of a function that does not fall to the right of 0. *)
Lemma slope_nonneg f l delta : derivable_pt_lim f 0 l -> 0 < delta -> (forall t, 0 < t < delta -> f 0 <= f t) -> 0 <= l.
Proof.
  intros D P M. apply Rnot_lt_le. intros N. destruct (D (- l / 2) ltac:(lra)) as [e E].
  set (t := Rmin (e / 2) (delta / 2)). pose proof (cond_pos e) as Pe.
  assert (T : 0 < t) by (unfold t; apply Rmin_glb_lt; lra).
  pose proof (Rmin_l (e / 2) (delta / 2)) as T1. pose proof (Rmin_r (e / 2) (delta / 2)) as T2. fold t in T1, T2.
  specialize (E t ltac:(lra)). rewrite Rabs_pos_eq in E by lra. specialize (E ltac:(lra)). rewrite Rplus_0_l in E.
  apply Rabs_def2 in E. destruct E as [E _]. pose proof (M t ltac:(lra)) as Mt.
  assert (0 <= (f t - f 0) / t) by (apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; exact T]). lra.
Qed.

Lemma sqrt_one_minus_derivative a : derivable_pt_lim (fun u => sqrt (1 - u * a)) 0 (- a / 2).
Proof.
  replace (- a / 2) with (/ (2 * sqrt (1 - 0 * a)) * (0 - 1 * a)) by (replace (1 - 0 * a) with 1 by ring; rewrite sqrt_1; field).
  apply (derivable_pt_lim_comp (fun u => 1 - u * a) sqrt).
  - apply (derivable_pt_lim_minus (fun _ => 1) (fun u => u * a)); [apply derivable_pt_lim_const|].
    replace (1 * a) with (1 * a + 0 * 0) by ring. apply (derivable_pt_lim_mult id (fun _ => a) 0 1 0); [apply derivable_pt_lim_id | apply derivable_pt_lim_const].
  - apply derivable_pt_lim_sqrt. lra.
Qed.

Section Unused.
Variables (n k : nat) (y : nat -> nat) (tau rho : R) (d : nat) (H : nat -> nat -> R) (z : nat -> R) (K : (nat -> nat -> R) -> Prop).
Hypothesis rho_positive : 0 < rho.
Hypothesis C : classes n k y.
Hypothesis M : local_minimum n d K (fun H => supcon n y tau (gram d H)) H.
Hypothesis Free : unused n d H z.

Let G := gram d H.
Let nab := nabla n y tau G.

(** The multipliers, lambda_i = - (nabla G)_ii / rho^2, and S = nabla + diag lambda. *)
Definition multiplier (i : nat) : R := - sum n (fun a => nab i a * G i a) / (rho * rho).

Let turned (x : nat -> R) (t : R) (i l : nat) : R := sqrt (1 - t * t * (x i * x i / (rho * rho))) * H i l + t * x i * z l.
Let along (x : nat -> R) (u : R) (i j : nat) : R :=
  sqrt (1 - u * (x i * x i / (rho * rho))) * sqrt (1 - u * (x j * x j / (rho * rho))) * G i j + u * (x i * x j).

Let rho2 : 0 < rho * rho.
Proof. apply Rmult_lt_0_compat; exact rho_positive. Qed.

Lemma turned_gram x t i j : (i < n)%nat -> (j < n)%nat -> gram d (turned x t) i j = along x (t * t) i j.
Proof.
  intros Li Lj. unfold gram, turned, along. set (a := sqrt (1 - t * t * (x i * x i / (rho * rho)))). set (b := sqrt (1 - t * t * (x j * x j / (rho * rho)))).
  rewrite (sum_ext d _ (fun l => a * b * (H i l * H j l) + a * (t * x j) * (z l * H i l) + b * (t * x i) * (z l * H j l) + t * t * (x i * x j) * (z l * z l))) by (intros; ring).
  rewrite !sum_plus, !sum_scal. destruct Free as [One Zero]. rewrite One, !Zero by assumption. unfold G, gram. ring.
Qed.

Hypothesis turned_feasible : forall x t, (forall i, (i < n)%nat -> t * t * (x i * x i / (rho * rho)) <= 1) -> K (turned x t).

Let small x i : (i < n)%nat -> exists delta, 0 < delta /\ forall t, 0 < t < delta -> t * t * (x i * x i / (rho * rho)) <= 1.
Proof.
  intros _. set (w := x i * x i / (rho * rho)).
  assert (W : 0 <= w) by (apply Rmult_le_pos; [apply square_nonneg | left; apply Rinv_0_lt_compat; exact rho2]).
  exists (/ (w + 1)). split; [apply Rinv_0_lt_compat; lra|]. intros t T.
  assert (t * (w + 1) < 1) by (apply below_inverse; lra).
  assert (t < 1) by nra. nra.
Qed.

Let near x eps i l : 0 < eps -> exists delta, 0 < delta /\ forall t, 0 < t < delta -> Rabs (turned x t i l - H i l) < eps.
Proof.
  intros E. set (w := x i * x i / (rho * rho)). set (b := w * Rabs (H i l) + Rabs (x i * z l) + 1).
  assert (W : 0 <= w) by (apply Rmult_le_pos; [apply square_nonneg | left; apply Rinv_0_lt_compat; exact rho2]).
  pose proof (Rabs_pos (H i l)). pose proof (Rabs_pos (x i * z l)).
  assert (0 <= w * Rabs (H i l)) by (apply Rmult_le_pos; assumption). assert (B : 1 <= b) by (unfold b; lra).
  exists (Rmin (/ (w + 1)) (eps / b)). split; [apply Rmin_glb_lt; [apply Rinv_0_lt_compat; lra | apply Rdiv_lt_0_compat; lra]|].
  intros t T. pose proof (Rmin_l (/ (w + 1)) (eps / b)). pose proof (Rmin_r (/ (w + 1)) (eps / b)).
  assert (t * (w + 1) < 1) by (apply below_inverse; lra).
  assert (t < 1) by nra.
  assert (t * b < eps) by (replace eps with (eps / b * b) by (field; lra); apply Rmult_lt_compat_r; lra).
  unfold turned. fold w. set (q := t * t * w). assert (Q : 0 <= q <= 1) by (unfold q; nra).
  assert (q <= t * w) by (assert (0 <= t * w * (1 - t)) by (apply Rmult_le_pos; [apply Rmult_le_pos|]; lra); unfold q; lra).
  assert (R : 1 - q <= sqrt (1 - q) <= 1).
  { pose proof (sqrt_le_1 (1 - q) 1 ltac:(lra) ltac:(lra) ltac:(lra)) as R1. rewrite sqrt_1 in R1.
    pose proof (sqrt_sqrt (1 - q) ltac:(lra)). pose proof (sqrt_pos (1 - q)). split; [nra | exact R1]. }
  replace (sqrt (1 - q) * H i l + t * x i * z l - H i l) with ((sqrt (1 - q) - 1) * H i l + t * (x i * z l)) by ring.
  eapply Rle_lt_trans; [apply Rabs_triang|]. rewrite !Rabs_mult, (Rabs_left1 (sqrt (1 - q) - 1)), (Rabs_pos_eq t) by lra.
  rewrite <- Rabs_mult. assert ((- (sqrt (1 - q) - 1)) * Rabs (H i l) <= t * w * Rabs (H i l)) by (apply Rmult_le_compat_r; lra).
  unfold b in *. nra.
Qed.

Lemma second_order_S x : 0 <= sum n (fun i => sum n (fun j => nab i j * (x i * x j))) + sum n (fun i => multiplier i * (x i * x i)).
Proof.
  destruct M as [KH [eps [Eps Min]]].
  set (G' := fun i j => x i * x j - (x i * x i + x j * x j) / (2 * (rho * rho)) * G i j).
  assert (Zero : forall i j, along x 0 i j = G i j).
  { intros i j. unfold along. rewrite !Rmult_0_l, Rminus_0_r, sqrt_1. ring. }
  assert (D : derivable_pt_lim (fun u => supcon n y tau (along x u)) 0 (sum n (fun i => sum n (fun j => slope n y tau (along x 0) i j * G' i j)))).
  { apply (supcon_derivative n k y tau (along x)); [exact C|]. intros i j _ _. unfold along, G'.
    set (a := x i * x i / (rho * rho)). set (b := x j * x j / (rho * rho)).
    replace (x i * x j - (x i * x i + x j * x j) / (2 * (rho * rho)) * G i j)
      with ((- a / 2 * sqrt (1 - 0 * b) + sqrt (1 - 0 * a) * (- b / 2)) * G i j + sqrt (1 - 0 * a) * sqrt (1 - 0 * b) * 0 + (1 * (x i * x j) + 0 * 0)).
    - apply (derivable_pt_lim_plus (fun u => sqrt (1 - u * a) * sqrt (1 - u * b) * G i j) (fun u => u * (x i * x j))).
      + apply (derivable_pt_lim_mult (fun u => sqrt (1 - u * a) * sqrt (1 - u * b)) (fun _ => G i j)); [|apply derivable_pt_lim_const].
        apply (derivable_pt_lim_mult (fun u => sqrt (1 - u * a)) (fun u => sqrt (1 - u * b))); apply sqrt_one_minus_derivative.
      + apply (derivable_pt_lim_mult id (fun _ => x i * x j)); [apply derivable_pt_lim_id | apply derivable_pt_lim_const].
    - rewrite !Rmult_0_l, !Rminus_0_r, sqrt_1. unfold a, b. field. lra. }
  destruct (finitely_near n (fun i t => t * t * (x i * x i / (rho * rho)) <= 1) (small x)) as [d1 [P1 S1]].
  destruct (finitely_near n (fun i t => forall l, (l < d)%nat -> Rabs (turned x t i l - H i l) < eps)) as [d2 [P2 S2]].
  { intros i _. destruct (finitely_near d (fun l t => Rabs (turned x t i l - H i l) < eps)) as [e [Pe Se]]; [intros; apply near; exact Eps|].
    exists e. split; [exact Pe|]. intros t T l Ll. apply Se; assumption. }
  set (e := Rmin d1 d2). assert (Pe : 0 < e) by (apply Rmin_glb_lt; assumption). pose proof (Rmin_l d1 d2). pose proof (Rmin_r d1 d2). fold e in H0, H1.
  apply slope_nonneg with (delta := e * e) in D; [|apply Rmult_lt_0_compat; assumption|].
  - replace (sum n (fun i => sum n (fun j => slope n y tau (along x 0) i j * G' i j)))
      with (sum n (fun i => sum n (fun j => slope n y tau G i j * G' i j))) in D.
    2:{ apply sum_ext. intros i _. apply sum_ext. intros j _. f_equal. unfold slope, share, partition. rewrite Zero. do 6 f_equal.
        apply sum_ext. intros. rewrite Zero. reflexivity. }
    rewrite slope_nabla in D by (intros i j _ _; unfold G'; rewrite (gram_symmetric d H i j : G i j = G j i); field; lra).
    fold nab in D.
    replace (sum n (fun i => sum n (fun j => nab i j * (x i * x j))) + sum n (fun i => multiplier i * (x i * x i)))
      with (sum n (fun i => sum n (fun j => nab i j * G' i j))); [exact D|].
    assert (Half : sum n (fun i => sum n (fun j => nab i j * (x j * x j / (2 * (rho * rho)) * G i j))) = sum n (fun i => sum n (fun j => nab i j * (x i * x i / (2 * (rho * rho)) * G i j)))).
    { rewrite sum_swap. apply sum_ext. intros i _. apply sum_ext. intros j _. unfold nab. rewrite (nabla_symmetric n y tau G j i), (gram_symmetric d H j i : G j i = G i j). reflexivity. }
    transitivity (sum n (fun i => sum n (fun j => nab i j * (x i * x j))) - sum n (fun i => sum n (fun j => nab i j * (x i * x i / (2 * (rho * rho)) * G i j))) - sum n (fun i => sum n (fun j => nab i j * (x j * x j / (2 * (rho * rho)) * G i j)))).
    + rewrite <- !sum_minus. apply sum_ext. intros i _. rewrite <- !sum_minus. apply sum_ext. intros j _. unfold G'. field. lra.
    + rewrite Half. unfold Rminus. rewrite Rplus_assoc. f_equal. 
      match goal with |- - ?u + - ?u = _ => replace (- u + - u) with (-2 * u) by ring end.
      rewrite <- sum_scal. apply sum_ext. intros i _. unfold multiplier.
      rewrite (sum_ext n _ (fun j => x i * x i / (2 * (rho * rho)) * (nab i j * G i j))) by (intros; ring). rewrite sum_scal. field. lra.
  - intros u U. assert (T : 0 < sqrt u) by (apply sqrt_lt_R0; lra). assert (TT : sqrt u * sqrt u = u) by (apply sqrt_sqrt; lra).
    assert (sqrt u < e) by nra.
    replace (supcon n y tau (along x 0)) with (supcon n y tau (gram d H)) by (apply supcon_ext; intros; symmetry; apply Zero).
    replace (supcon n y tau (along x u)) with (supcon n y tau (gram d (turned x (sqrt u)))).
    + apply Min; [apply turned_feasible; intros; apply S1; [assumption | lra] | intros; apply S2; [assumption | lra | assumption]].
    + apply supcon_ext. intros i j Li Lj. rewrite turned_gram by assumption. rewrite TT. reflexivity.
Qed.

(** S >= 0 and multipliers that weigh every feasible point as they weigh H: the local minimum is global, in every dimension. *)
Lemma unused_is_global d' H' : 
  sum n (fun i => multiplier i * gram d' H' i i) <= sum n (fun i => multiplier i * (rho * rho)) ->
  supcon n y tau (gram d H) <= supcon n y tau (gram d' H').
Proof.
  intros W. pose proof (supcon_tangent n k y tau G (gram d' H') C) as T. fold G.
  rewrite slope_nabla in T by (intros i j _ _; rewrite (gram_symmetric d' H' i j), (gram_symmetric d H i j : G i j = G j i); reflexivity). fold nab in T.
  assert (E : sum n (fun i => sum n (fun j => nab i j * (gram d' H' i j - G i j)))
    = sum n (fun i => sum n (fun j => nab i j * gram d' H' i j)) + sum n (fun i => multiplier i * (rho * rho))).
  { rewrite <- sum_plus. apply sum_ext. intros i _. unfold multiplier.
    rewrite (sum_ext n _ (fun j => nab i j * gram d' H' i j - nab i j * G i j)) by (intros; ring). rewrite sum_minus. field. lra. }
  rewrite E in T.
  assert (Q : 0 <= sum n (fun i => sum n (fun j => nab i j * gram d' H' i j)) + sum n (fun i => multiplier i * gram d' H' i i)).
  { replace (sum n (fun i => sum n (fun j => nab i j * gram d' H' i j)) + sum n (fun i => multiplier i * gram d' H' i i))
      with (sum d' (fun l => sum n (fun i => sum n (fun j => nab i j * (H' i l * H' j l))) + sum n (fun i => multiplier i * (H' i l * H' i l)))).
    - apply sum_nonneg. intros l _. apply (second_order_S (fun i => H' i l)).
    - rewrite sum_plus. f_equal; rewrite sum_swap; apply sum_ext; intros i _; [|rewrite sum_scal; reflexivity].
      rewrite sum_swap. apply sum_ext. intros j _. rewrite sum_scal. reflexivity. }
  lra.
Qed.

End Unused.

(** Rank-deficient and locally minimal => global, on the sphere: a local minimum on the sphere of radius rho that leaves a direction unused
    is a global minimum over all dimensions. All sizes, every temperature. *)
Theorem N13_sphere_rank_deficient n k y tau rho d H z : 0 < rho -> classes n k y ->
  local_minimum n d (on_sphere_of rho n d) (fun H => supcon n y tau (gram d H)) H -> unused n d H z ->
  forall d' H', on_sphere_of rho n d' H' -> supcon n y tau (gram d H) <= supcon n y tau (gram d' H').
Proof.
  intros P C M Free d' H' U'.
  apply (unused_is_global n k y tau rho d H z (on_sphere_of rho n d) P C M Free).
  - intros x t S i Li. destruct M as [U _].
    rewrite (turned_gram n rho d H z Free x t i i Li Li). rewrite (U i Li).
    pose proof (sqrt_sqrt (1 - t * t * (x i * x i / (rho * rho))) ltac:(pose proof (S i Li); lra)) as Q. rewrite Q. field. lra.
  - right. apply sum_ext. intros i Li. rewrite (U' i Li). reflexivity.
Qed.
