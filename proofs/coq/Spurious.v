(** T7 fails on the sphere: in every dimension the cross-polytope is a spurious strict local minimum at every temperature up to 9/(50 d). *)

From Coq Require Import Reals Lra Lia Arith Bool.
From Scverify Require Import Sums Rows Loss Gradient PairLemma Ball Collapse Minimisers SecondOrder Inner CrossPolytope.
Open Scope R_scope.

Lemma cross_low d j l : (j < d)%nat -> cross d j l = ind (l =? j)%nat.
Proof. intros L. unfold cross. rewrite (proj2 (Nat.ltb_lt j d) L). reflexivity. Qed.

Lemma cross_high d j l : cross d (d + j) l = - ind (l =? j)%nat.
Proof. unfold cross. rewrite (proj2 (Nat.ltb_ge (d + j) d)) by lia. do 3 f_equal. lia. Qed.

Lemma basis_inner d j v : (j < d)%nat -> inner d (cross d j) v = v j.
Proof. intros L. unfold inner. rewrite <- (sum_at d j v L). apply sum_ext. intros l _. rewrite cross_low by exact L. reflexivity. Qed.

Lemma opposite_inner d j v : (j < d)%nat -> inner d (cross d (d + j)) v = - v j.
Proof.
  intros L. unfold inner. rewrite (sum_ext d _ (fun l => -1 * (ind (l =? j)%nat * v l))) by (intros; rewrite cross_high; ring).
  rewrite sum_scal, sum_at by exact L. ring.
Qed.

Lemma cross_on_sphere d : on_sphere (d + d) d (cross d).
Proof.
  intros i L. change (inner d (cross d i) (cross d i) = 1). destruct (le_lt_dec d i) as [G|G].
  - replace i with (d + (i - d))%nat by lia. rewrite opposite_inner, cross_high by lia. rewrite Nat.eqb_refl. simpl. ring.
  - rewrite basis_inner, cross_low by exact G. rewrite Nat.eqb_refl. reflexivity.
Qed.

Lemma cross_value d k c tau : 0 < tau -> (1 <= d)%nat -> classes (d + d) k (axis_label d c) ->
  supcon (d + d) (axis_label d c) tau (gram d (cross d)) =
  sum d (fun j => 2 * ln (2 * (INR d - 1) + exp (-1 / tau)) + / (size (d + d) (axis_label d c) (c j) - 1) * (2 / tau)).
Proof.
  intros T D C. rewrite (loss_by_axes d k c tau D C). apply sum_ext. intros j L.
  assert (Zero : forall l u, (l < d)%nat -> inner d u (fun a => cross d l a + cross d (d + l) a) = 0).
  { intros l u Ll. unfold inner. apply sum_zero. intros a _. rewrite cross_low, cross_high by exact Ll. ring. }
  rewrite (sum_zero d) by (intros l Ll; rewrite Zero by exact Ll; ring).
  assert (X : inner d (cross d j) (cross d (d + j)) = -1) by (rewrite basis_inner, cross_high, Nat.eqb_refl by exact L; simpl; ring).
  assert (Row : forall sg, (sg = 1 \/ sg = -1) -> sum d (fun l => other j l * (exp (sg * ind (j =? l)%nat / tau) + exp (- (sg * ind (j =? l)%nat) / tau))) = 2 * (INR d - 1)).
  { intros sg _. rewrite (sum_ext d _ (fun l => ind (negb (l =? j)%nat) * 2)).
    - rewrite (sum_except d j (fun _ => 2)) by exact L. rewrite sum_const. ring.
    - intros l _. unfold other. rewrite (Nat.eqb_sym j l). destruct (l =? j)%nat; simpl; [ring|].
      rewrite Rmult_0_r, Ropp_0. unfold Rdiv. rewrite Rmult_0_l, exp_0. ring. }
  rewrite rows_P, rows_M, X by assumption.
  rewrite (sum_ext d (fun l => other j l * (exp (inner d (cross d j) (cross d l) / tau) + exp (inner d (cross d j) (cross d (d + l)) / tau)))
    (fun l => other j l * (exp (1 * ind (j =? l)%nat / tau) + exp (- (1 * ind (j =? l)%nat) / tau)))).
  2:{ intros l Ll. rewrite !basis_inner, cross_low, cross_high by assumption. do 4 f_equal; ring. }
  rewrite (sum_ext d (fun l => other j l * (exp (inner d (cross d (d + j)) (cross d l) / tau) + exp (inner d (cross d (d + j)) (cross d (d + l)) / tau)))
    (fun l => other j l * (exp (-1 * ind (j =? l)%nat / tau) + exp (- (-1 * ind (j =? l)%nat) / tau)))).
  2:{ intros l Ll. rewrite !opposite_inner, cross_low, cross_high by assumption. do 4 f_equal; ring. }
  rewrite !Row by auto. unfold Rdiv. ring.
Qed.

(** The cross-polytope e_1, ..., e_d, -e_1, ..., -e_d with any labels that antipodes share is a local minimum on the sphere, for every tau <= 9/(50 d);
    a strict one up to O(d): near it no other Gram matrix has a loss as low. *)
Theorem T7_cross_polytope_is_local_minimum d k c tau : 0 < tau <= 9 / (50 * INR d) -> (1 <= d)%nat -> classes (d + d) k (axis_label d c) ->
  let f := fun H => supcon (d + d) (axis_label d c) tau (gram d H) in
  local_minimum (d + d) d (on_sphere (d + d) d) f (cross d) /\
  exists eps, 0 < eps /\ forall H, on_sphere (d + d) d H -> (forall i l, (i < d + d)%nat -> (l < d)%nat -> Rabs (H i l - cross d i l) < eps) ->
    f H <= f (cross d) -> forall i j, (i < d + d)%nat -> (j < d + d)%nat -> gram d H i j = gram d (cross d) i j.
Proof.
  intros T D C f.
  assert (D1 : 1 <= INR d) by (change 1 with (INR 1); apply le_INR; exact D).
  set (eta := Rmin (1 / (10 * INR d)) (tau / 6)).
  pose proof (Rmin_l (1 / (10 * INR d)) (tau / 6)) as A. pose proof (Rmin_r (1 / (10 * INR d)) (tau / 6)) as B. fold eta in A, B.
  assert (P : 0 < eta) by (apply Rmin_glb_lt; [apply Rdiv_lt_0_compat; lra | lra]).
  assert (A' : eta * INR d <= 1 / 10).
  { apply (Rmult_le_compat_r (INR d)) in A; [|lra]. replace (1 / (10 * INR d) * INR d) with (1 / 10) in A by (field; lra). exact A. }
  assert (Each : forall H, on_sphere (d + d) d H -> (forall i l, (i < d + d)%nat -> (l < d)%nat -> Rabs (H i l - cross d i l) < eta) -> f H <= f (cross d) ->
    forall i j, (i < d + d)%nat -> (j < d + d)%nat -> gram d H i j = gram d (cross d) i j).
  { intros H U N Le. unfold f in Le. rewrite (cross_value d k c tau ltac:(lra) D C) in Le.
    exact (near_and_equal d k c tau ltac:(lra) D C H eta U P A' B N (proj2 T) Le). }
  split; [split; [apply cross_on_sphere|] |]; exists eta; (split; [exact P|]).
  - intros H U N. apply Rnot_lt_le. intros Lt. pose proof (Each H U N (Rlt_le _ _ Lt)) as E.
    assert (f H = f (cross d)) by (apply supcon_ext; exact E). lra.
  - exact Each.
Qed.

(** T7 refuted on the sphere: with two labels or more the same point is not a global minimum. So in every dimension d >= 1, whatever d - k is,
    there are sizes and temperatures with a local minimum on the sphere that is not global. *)
Theorem T7_fails_on_the_sphere d k c tau : 0 < tau <= 9 / (50 * INR d) -> (1 <= d)%nat -> classes (d + d) k (axis_label d c) ->
  (forall e, exists j, (j < d)%nat /\ c j <> e) ->
  local_minimum (d + d) d (on_sphere (d + d) d) (fun H => supcon (d + d) (axis_label d c) tau (gram d H)) (cross d) /\
  exists H, on_sphere (d + d) d H /\ supcon (d + d) (axis_label d c) tau (gram d H) < supcon (d + d) (axis_label d c) tau (gram d (cross d)).
Proof.
  intros T D C V. split; [apply (T7_cross_polytope_is_local_minimum d k c tau); assumption|].
  destruct (Classical_Prop.classic (exists H, on_sphere (d + d) d H /\ supcon (d + d) (axis_label d c) tau (gram d H) < supcon (d + d) (axis_label d c) tau (gram d (cross d)))) as [E|None]; [exact E | exfalso].
  assert (S : several (d + d) (axis_label d c)).
  { intros e. destruct (V e) as [j [L N]]. exists j. split; [lia|]. unfold axis_label. rewrite (proj2 (Nat.ltb_lt j d) L). exact N. }
  assert (A : collapsed (d + d) (axis_label d c) d (cross d)).
  { apply (N1_collapse_in_every_dimension (d + d) k (axis_label d c) tau d (cross d) ltac:(lra) C S). split; [apply cross_on_sphere|].
    intros H U. apply Rnot_lt_le. intros L. apply None. exists H. split; assumption. }
  assert (Same : axis_label d c 0 = axis_label d c (d + 0)).
  { unfold axis_label. rewrite (proj2 (Nat.ltb_lt 0 d)), (proj2 (Nat.ltb_ge (d + 0) d)) by lia. f_equal. lia. }
  pose proof (A 0%nat (d + 0)%nat ltac:(lia) ltac:(lia) Same 0%nat ltac:(lia)) as E. rewrite cross_low, cross_high in E by lia. simpl in E. lra.
Qed.

(** One instance: sizes 4 and 2, d = 3 > 2 = k, tau = 1/20. The octahedron, four vertices of one class and two antipodes of the other, is a spurious local minimum. *)
Theorem T7_octahedron_four_two :
  let y := axis_label 3 (fun j => if (j <? 2)%nat then 0%nat else 1%nat) in
  size 6 y 0 = 4 /\ size 6 y 1 = 2 /\
  local_minimum 6 3 (on_sphere 6 3) (fun H => supcon 6 y (1 / 20) (gram 3 H)) (cross 3) /\
  exists H, on_sphere 6 3 H /\ supcon 6 y (1 / 20) (gram 3 H) < supcon 6 y (1 / 20) (gram 3 (cross 3)).
Proof.
  intros y. assert (S0 : size 6 y 0 = 4) by (unfold size, y, axis_label; simpl; ring).
  assert (S1 : size 6 y 1 = 2) by (unfold size, y, axis_label; simpl; ring).
  split; [exact S0 | split; [exact S1|]].
  apply (T7_fails_on_the_sphere 3 2 (fun j => if (j <? 2)%nat then 0%nat else 1%nat) (1 / 20)).
  - simpl INR. split; [lra|]. apply (Rmult_le_reg_r (50 * (1 + 1 + 1))); [lra|]. replace (9 / (50 * (1 + 1 + 1)) * (50 * (1 + 1 + 1))) with 9 by field. lra.
  - lia.
  - split.
    + intros i _. unfold axis_label. destruct ((if (i <? 3)%nat then i else (i - 3)%nat) <? 2)%nat; lia.
    + intros [|[|e]] L; [| | lia]; [change (2 <= size 6 y 0); rewrite S0 | change (2 <= size 6 y 1); rewrite S1]; lra.
  - intros [|e]; [exists 2%nat | exists 0%nat]; split; simpl; lia || discriminate.
Qed.
