(** No spurious local minima: what the pair lemma and an unused direction give together, with local minima defined by the loss alone. *)

From Coq Require Import Reals Lra Lia Arith Bool.
From Scverify Require Import Sums Rows Loss Convexity Gradient PairLemma Ball SecondOrder.
Open Scope R_scope.

(** * k linear equations in more than k unknowns have a solution other than 0 *)

Definition skip (p l : nat) : nat := if (l <? p)%nat then l else S l.

Lemma sum_skip d p f : (p <= d)%nat -> sum (S d) f = f p + sum d (fun l => f (skip p l)).
Proof.
  intros L. replace (S d) with (p + S (d - p))%nat by lia. replace d with (p + (d - p))%nat at 2 by lia. rewrite !sum_split.
  rewrite (sum_ext p (fun l => f (skip p l)) f) by (intros l Ll; unfold skip; rewrite (proj2 (Nat.ltb_lt l p) Ll); reflexivity).
  assert (E : forall q, sum (S q) (fun i => f (p + i)%nat) = f p + sum q (fun i => f (skip p (p + i)))).
  { induction q as [|q IH]; [simpl; rewrite Nat.add_0_r; lra|].
    change (sum (S (S q)) (fun i => f (p + i)%nat)) with (sum (S q) (fun i => f (p + i)%nat) + f (p + S q)%nat). rewrite IH. simpl sum.
    assert (X : skip p (p + q) = (p + S q)%nat) by (unfold skip; rewrite (proj2 (Nat.ltb_ge (p + q) p)) by lia; lia). rewrite X. ring. }
  rewrite E. ring.
Qed.

Lemma zero_or_not d (f : nat -> R) : (forall l, (l < d)%nat -> f l = 0) \/ exists l, (l < d)%nat /\ f l <> 0.
Proof.
  induction d as [|d [Z|[l [L N]]]]; [left; lia | | right; exists l; split; [lia | exact N]].
  destruct (Req_dec (f d) 0) as [E|E]; [left | right; exists d; split; [lia | exact E]].
  intros l L. destruct (Nat.eq_dec l d) as [->|]; [exact E | apply Z; lia].
Qed.

Lemma homogeneous k d (A : nat -> nat -> R) : (k < d)%nat ->
  exists x, (exists l, (l < d)%nat /\ x l <> 0) /\ forall c, (c < k)%nat -> sum d (fun l => A c l * x l) = 0.
Proof.
  revert d A. induction k as [|k IH]; intros d A L.
  - exists (fun _ => 1). split; [exists 0%nat; split; [lia | lra] | lia].
  - destruct d as [|d]; [lia|]. destruct (zero_or_not (S d) (A k)) as [Z|[p [Lp Np]]].
    + destruct (IH (S d) A ltac:(lia)) as [x [N S]]. exists x. split; [exact N|]. intros c Lc.
      destruct (Nat.eq_dec c k) as [->|D]; [|apply S; lia]. apply sum_zero. intros l Ll. rewrite Z by exact Ll. ring.
    + destruct (IH d (fun c l => A c (skip p l) - A c p / A k p * A k (skip p l)) ltac:(lia)) as [x [[l [Ll Nl]] Sol]].
      set (xp := - sum d (fun l => A k (skip p l) * x l) / A k p).
      set (z := fun l => if (l =? p)%nat then xp else x (if (l <? p)%nat then l else (l - 1)%nat)).
      assert (Zp : z p = xp) by (unfold z; rewrite Nat.eqb_refl; reflexivity).
      assert (Zs : forall l, z (skip p l) = x l).
      { intros a. unfold z, skip. destruct (Nat.ltb_spec a p) as [B|B].
        - rewrite (proj2 (Nat.eqb_neq a p)) by lia. rewrite (proj2 (Nat.ltb_lt a p) B). reflexivity.
        - rewrite (proj2 (Nat.eqb_neq (S a) p)) by lia. rewrite (proj2 (Nat.ltb_ge (S a) p)) by lia. f_equal. lia. }
      assert (Row : forall c, sum (S d) (fun l => A c l * z l) = A c p * xp + sum d (fun l => A c (skip p l) * x l)).
      { intros c. rewrite (sum_skip d p) by lia. rewrite Zp. f_equal. apply sum_ext. intros a _. rewrite Zs. reflexivity. }
      exists z. split.
      * exists (skip p l). split; [unfold skip; destruct (l <? p)%nat; lia | rewrite Zs; exact Nl].
      * intros c Lc. rewrite Row. destruct (Nat.eq_dec c k) as [->|D]; [unfold xp; field; exact Np|].
        pose proof (Sol c ltac:(lia)) as Sc.
        rewrite (sum_ext d _ (fun l => A c (skip p l) * x l - A c p / A k p * (A k (skip p l) * x l))) in Sc by (intros; ring).
        rewrite sum_minus, sum_scal in Sc. unfold xp.
        replace (A c p * (- sum d (fun l => A k (skip p l) * x l) / A k p)) with (- (A c p / A k p * sum d (fun l => A k (skip p l) * x l))) by (field; exact Np). lra.
Qed.

Lemma unused_of_kernel n d H x : (exists l, (l < d)%nat /\ x l <> 0) -> (forall i, (i < n)%nat -> sum d (fun l => x l * H i l) = 0) -> exists z, unused n d H z.
Proof.
  intros [l [Ll Nl]] S.
  assert (P : 0 < sum d (fun l => x l * x l)).
  { apply Rlt_le_trans with (x l * x l); [|apply (sum_term_le d l (fun l => x l * x l) Ll); intros; apply square_nonneg].
    pose proof (square_nonneg (x l)). destruct (Rle_lt_or_eq_dec 0 (x l * x l)) as [Q|Q]; [assumption | exact Q |].
    symmetry in Q. apply Rmult_integral in Q. tauto. }
  set (r := sqrt (sum d (fun l => x l * x l))). assert (R0 : 0 < r) by (apply sqrt_lt_R0; exact P).
  assert (RR : r * r = sum d (fun l => x l * x l)) by (apply sqrt_sqrt; lra).
  exists (fun l => x l / r). split.
  - rewrite (sum_ext d _ (fun l => / (r * r) * (x l * x l))) by (intros; field; lra). rewrite sum_scal, <- RR. field. lra.
  - intros i Li. rewrite (sum_ext d _ (fun l => / r * (x l * H i l))) by (intros a La; field; lra). rewrite sum_scal, S by exact Li. ring.
Qed.

(** Vectors of at most k kinds leave a direction of more than k dimensions unused. *)
Lemma unused_direction n k d H (rep : nat -> nat -> R) (y : nat -> nat) : (k < d)%nat -> (forall i, (i < n)%nat -> (y i < k)%nat) ->
  (forall i l, (i < n)%nat -> (l < d)%nat -> H i l = rep (y i) l) -> exists z, unused n d H z.
Proof.
  intros L labels E. destruct (homogeneous k d rep L) as [x [N S]]. apply (unused_of_kernel n d H x N).
  intros i Li. rewrite <- (S (y i) (labels i Li)). apply sum_ext. intros l Ll. rewrite E by assumption. ring.
Qed.

Lemma samples_of_classes n k y : classes n k y -> exists r, forall c, (c < k)%nat -> (r c < n)%nat /\ y (r c) = c.
Proof.
  intros C.
  assert (W : forall c, (c < k)%nat -> exists i, (i < n)%nat /\ y i = c).
  { intros c Lc. destruct (Classical_Prop.classic (exists i, (i < n)%nat /\ y i = c)) as [X|N]; [exact X | exfalso].
    pose proof (proj2 C c Lc) as P. unfold size in P. rewrite sum_zero in P; [lra|]. intros i Li.
    destruct (Nat.eqb_spec (y i) c) as [E|E]; [exfalso; apply N; eauto | reflexivity]. }
  clear -W. induction k as [|k IH]; [exists (fun _ => 0%nat); lia|]. destruct IH as [r R]; [intros; apply W; lia|].
  destruct (W k ltac:(lia)) as [i [Li E]]. exists (fun c => if (c =? k)%nat then i else r c). intros c Lc.
  destruct (Nat.eqb_spec c k) as [->|D]; [auto | apply R; lia].
Qed.

(** At a collapsed first-order point k dimensions are enough for one to be unused: the other classes push each sample with positive weights,
    so its equation is a linear relation of the k points. *)
Lemma collapsed_unused n k y tau d H mu : 0 < tau -> (k <= d)%nat -> classes n k y -> (forall c, exists b, (b < n)%nat /\ y b <> c) ->
  stationary n y tau d H mu -> collapsed n y d H -> exists z, unused n d H z.
Proof.
  intros T L C V Station A. destruct (samples_of_classes n k y C) as [r R].
  assert (E : forall a l, (a < n)%nat -> (l < d)%nat -> H a l = H (r (y a)) l).
  { intros a l La Ll. destruct (R (y a) (proj1 C a La)) as [Lr Er]. apply A; auto. }
  destruct (V 0%nat) as [i [Li _]]. destruct (V (y i)) as [b [Lb Nb]]. set (p := y b). assert (Lp : (p < k)%nat) by (apply C; exact Lb).
  set (W := fun c => sum n (fun a => ind (y a =? c)%nat * nabla n y tau (gram d H) i a)).
  assert (Wp : 0 < W p).
  { assert (Pos : forall a, (a < n)%nat -> y a <> y i -> 0 < nabla n y tau (gram d H) i a).
    { intros a La N. unfold nabla, slope. rewrite (positive_zero y i a N), (positive_zero y a i) by auto.
      assert (Nai : a <> i) by congruence.
      pose proof (share_positive n tau (gram d H) i a Nai). pose proof (share_nonneg n tau (gram d H) a i).
      apply Rmult_lt_0_compat; [|lra]. unfold Rdiv. rewrite !Rmult_0_l, !Rminus_0_r, <- Rmult_plus_distr_r.
      apply Rmult_lt_0_compat; [lra | apply Rinv_0_lt_compat; exact T]. }
    apply Rlt_le_trans with (ind (y b =? p)%nat * nabla n y tau (gram d H) i b).
    - unfold p. rewrite Nat.eqb_refl. simpl ind. rewrite Rmult_1_l. apply Pos; assumption.
    - apply (sum_term_le n b (fun a => ind (y a =? p)%nat * nabla n y tau (gram d H) i a) Lb). intros a La.
      destruct (Nat.eqb_spec (y a) p) as [Ea|Na]; simpl ind; [rewrite Rmult_1_l; left; apply Pos; [exact La | rewrite Ea; exact Nb] | lra]. }
  destruct (homogeneous (k - 1) d (fun c l => H (r (skip p c)) l) ltac:(lia)) as [x [N X]].
  assert (Others : forall c, (c < k)%nat -> c <> p -> sum d (fun l => H (r c) l * x l) = 0).
  { intros c Lc D. destruct (le_lt_dec p c) as [G|G].
    - pose proof (X (c - 1)%nat ltac:(lia)) as Q. unfold skip in Q. rewrite (proj2 (Nat.ltb_ge (c - 1) p)) in Q by lia. replace (S (c - 1)) with c in Q by lia. exact Q.
    - pose proof (X c ltac:(lia)) as Q. unfold skip in Q. rewrite (proj2 (Nat.ltb_lt c p) G) in Q. exact Q. }
  assert (Own : sum d (fun l => H (r p) l * x l) = 0).
  { assert (Rel : sum d (fun l => (2 * sum k (fun c => H (r c) l * W c) + mu i * H (r (y i)) l) * x l) = 0).
    { apply sum_zero. intros l Ll. pose proof (Station i l Li Ll) as G. rewrite gradient_nabla in G by exact Li.
      rewrite (sum_ext n _ (fun a => H (r (y a)) l * nabla n y tau (gram d H) i a)) in G by (intros a La; rewrite (E a l La Ll); ring).
      rewrite (sum_grouped n k y (proj1 C) (fun c => H (r c) l)) in G. fold (W) in G. rewrite (E i l Li Ll) in G.
      change (2 * sum k (fun c => H (r c) l * W c) = - mu i * H (r (y i)) l) in G. rewrite G. ring. }
    rewrite (sum_ext d _ (fun l => 2 * sum k (fun c => W c * (H (r c) l * x l)) + mu i * (H (r (y i)) l * x l))) in Rel.
    2:{ intros l _. rewrite Rmult_plus_distr_r, (Rmult_assoc 2), <- sum_scal_r. f_equal; [f_equal; apply sum_ext; intros|]; ring. }
    rewrite sum_plus, !sum_scal, sum_swap, (Others (y i)) in Rel by (auto; apply C; exact Li).
    rewrite (sum_ext k _ (fun c => ind (c =? p)%nat * (W c * sum d (fun l => H (r c) l * x l)))) in Rel.
    - rewrite sum_at in Rel by exact Lp. apply (Rmult_eq_reg_l (W p)); lra.
    - intros c Lc. rewrite sum_scal. destruct (Nat.eqb_spec c p) as [->|D]; simpl ind; [ring | rewrite Others by assumption; ring]. }
  apply (unused_of_kernel n d H x N). intros a La. rewrite (sum_ext d _ (fun l => H (r (y a)) l * x l)) by (intros l Ll; rewrite (E a l La Ll); ring).
  destruct (Nat.eq_dec (y a) p) as [->|D]; [exact Own | apply Others; [apply C; exact La | exact D]].
Qed.

(** * Local minima of the ball are first-order points *)

Section Ball.
Variables (n k : nat) (y : nat -> nat) (tau rho : R) (d : nat) (H : nat -> nat -> R).
Hypothesis rho_positive : 0 < rho.
Hypothesis C : classes n k y.
Hypothesis M : local_minimum n d (in_ball rho n d) (fun H => supcon n y tau (gram d H)) H.

Let g := gradient n y tau d H.
Let only (i : nat) (v : nat -> R) (a l : nat) : R := ind (a =? i)%nat * v l.

Let only_gradient i v : (i < n)%nat -> sum n (fun a => sum d (fun l => g a l * only i v a l)) = sum d (fun l => g i l * v l).
Proof.
  intros L. rewrite <- (sum_at n i (fun a => sum d (fun l => g a l * v l)) L). apply sum_ext. intros a _. rewrite <- sum_scal.
  apply sum_ext. intros. unfold only. ring.
Qed.

(** One sample may move towards v as long as it stays in the ball: the slope is not negative. *)
Lemma slope_of_sample i v : (i < n)%nat ->
  (exists delta, 0 < delta /\ forall t, 0 < t < delta -> sum d (fun l => (H i l + t * v l) * (H i l + t * v l)) <= rho * rho) ->
  0 <= sum d (fun l => g i l * v l).
Proof.
  intros Li [d1 [P1 Feasible]]. destruct M as [B [eps [Eps Min]]].
  pose proof (gradient_derivative n k y tau d H (only i v) C) as D. fold g in D. rewrite only_gradient in D by exact Li.
  destruct (finitely_near d (fun l t => Rabs (t * v l) < eps)) as [d2 [P2 Near]].
  { intros l _. pose proof (Rabs_pos (v l)). exists (eps / (Rabs (v l) + 1)). split; [apply Rdiv_lt_0_compat; lra|]. intros t T.
    rewrite Rabs_mult, Rabs_pos_eq by lra.
    assert (t * (Rabs (v l) + 1) < eps) by (replace eps with (eps / (Rabs (v l) + 1) * (Rabs (v l) + 1)) by (field; lra); apply Rmult_lt_compat_r; lra). lra. }
  pose proof (Rmin_l d1 d2). pose proof (Rmin_r d1 d2).
  apply (slope_nonneg _ _ (Rmin d1 d2) D); [apply Rmin_glb_lt; assumption|]. intros t T.
  replace (supcon n y tau (gram d (fun a l => H a l + 0 * only i v a l))) with (supcon n y tau (gram d H)).
  - apply Min.
    + intros a La. unfold gram, only. destruct (Nat.eqb_spec a i) as [->|N]; simpl ind.
      * rewrite (sum_ext d _ (fun l => (H i l + t * v l) * (H i l + t * v l))) by (intros; ring). apply Feasible. lra.
      * rewrite (sum_ext d _ (fun l => H a l * H a l)) by (intros; ring). apply B. exact La.
    + intros a l La Ll. unfold only. replace (H a l + t * (ind (a =? i)%nat * v l) - H a l) with (ind (a =? i)%nat * (t * v l)) by ring.
      pose proof (Near l t Ll ltac:(lra)). destruct (a =? i)%nat; simpl ind; [rewrite Rmult_1_l; assumption | rewrite Rmult_0_l, Rabs_R0; exact Eps].
  - apply supcon_ext. intros a b _ _. apply sum_ext. intros. ring.
Qed.

Let square i (v : nat -> R) t : sum d (fun l => (H i l + t * v l) * (H i l + t * v l))
  = gram d H i i + t * (2 * sum d (fun l => H i l * v l) + t * sum d (fun l => v l * v l)).
Proof.
  unfold gram. rewrite (sum_ext d _ (fun l => H i l * H i l + 2 * t * (H i l * v l) + t * t * (v l * v l))) by (intros; ring).
  rewrite !sum_plus, !sum_scal. ring.
Qed.

(** Directions that point into the ball: where the norm is not active, or <h_i, v> < 0. *)
Lemma inward i v : (i < n)%nat -> gram d H i i < rho * rho \/ sum d (fun l => H i l * v l) < 0 -> 0 <= sum d (fun l => g i l * v l).
Proof.
  intros Li W. apply slope_of_sample; [exact Li|]. pose proof (proj1 M i Li) as B.
  set (b := sum d (fun l => H i l * v l)) in *. set (c := sum d (fun l => v l * v l)).
  assert (Cp : 0 <= c) by (apply sum_nonneg; intros; apply square_nonneg).
  destruct W as [W|W].
  - pose proof (Rabs_pos b). set (q := 2 * Rabs b + c + 1). assert (Q : 1 <= q) by (unfold q; lra).
    exists (Rmin 1 ((rho * rho - gram d H i i) / q)). split; [apply Rmin_glb_lt; [lra | apply Rdiv_lt_0_compat; lra]|]. intros t T.
    pose proof (Rmin_l 1 ((rho * rho - gram d H i i) / q)). pose proof (Rmin_r 1 ((rho * rho - gram d H i i) / q)).
    rewrite square. fold b c. assert (t * q < rho * rho - gram d H i i).
    { replace (rho * rho - gram d H i i) with ((rho * rho - gram d H i i) / q * q) by (field; lra). apply Rmult_lt_compat_r; lra. }
    assert (2 * b + t * c <= q) by (pose proof (Rle_abs b); unfold q; nra).
    assert (t * (2 * b + t * c) <= t * q) by (apply Rmult_le_compat_l; lra). lra.
  - exists (- b / (c + 1)). split; [apply Rdiv_lt_0_compat; lra|]. intros t T. rewrite square. fold b c.
    assert (t * (c + 1) < - b) by (replace (- b) with (- b / (c + 1) * (c + 1)) by (field; lra); apply Rmult_lt_compat_r; lra).
    assert (t * (2 * b + t * c) <= 0) by (assert (2 * b + t * c <= 0) by lra; nra). lra.
Qed.

Definition ball_multiplier (i : nat) : R := - sum d (fun l => g i l * H i l) / (rho * rho).

Let rho2 : 0 < rho * rho.
Proof. apply Rmult_lt_0_compat; exact rho_positive. Qed.

Lemma interior_gradient i : (i < n)%nat -> gram d H i i < rho * rho -> forall l, (l < d)%nat -> g i l = 0.
Proof.
  intros Li W l Ll. pose proof (inward i (fun l => - g i l) Li (or_introl W)) as P.
  rewrite (sum_ext d _ (fun l => -1 * (g i l * g i l))) in P by (intros; ring). rewrite sum_scal in P.
  pose proof (sum_term_le d l (fun l => g i l * g i l) Ll (fun _ _ => square_nonneg _)) as T. simpl in T.
  pose proof (square_nonneg (g i l)). assert (E : g i l * g i l = 0) by lra. apply Rmult_integral in E. tauto.
Qed.

Lemma active_gradient i : (i < n)%nat -> gram d H i i = rho * rho -> 0 <= ball_multiplier i /\ forall l, (l < d)%nat -> g i l = - ball_multiplier i * H i l.
Proof.
  intros Li W. set (b := sum d (fun l => g i l * H i l)). set (gg := sum d (fun l => g i l * g i l)).
  assert (In : forall e, 0 < e -> e * b <= b * b / (rho * rho) - gg).
  { intros e E. pose proof (inward i (fun l => - g i l + b / (rho * rho) * H i l - e * H i l) Li) as P.
    assert (X : sum d (fun l => H i l * (- g i l + b / (rho * rho) * H i l - e * H i l)) = - (e * (rho * rho))).
    { rewrite (sum_ext d _ (fun l => -1 * (g i l * H i l) + (b / (rho * rho) - e) * (H i l * H i l))) by (intros; ring).
      rewrite sum_plus, !sum_scal. fold b. fold (gram d H i i). rewrite W. field. lra. }
    cbv beta in P. rewrite X in P. 
    pose proof (Rmult_lt_0_compat _ _ E rho2) as Pos. assert (Neg : - (e * (rho * rho)) < 0) by lra. specialize (P (or_intror Neg)).
    rewrite (sum_ext d _ (fun l => -1 * (g i l * g i l) + (b / (rho * rho) - e) * (g i l * H i l))) in P by (intros; ring).
    rewrite sum_plus, !sum_scal in P. fold b gg in P. replace (b * b / (rho * rho)) with (b / (rho * rho) * b) by (field; lra). lra. }
  assert (Rest : sum d (fun l => (g i l - b / (rho * rho) * H i l) * (g i l - b / (rho * rho) * H i l)) = gg - b * b / (rho * rho)).
  { rewrite (sum_ext d _ (fun l => g i l * g i l - 2 * (b / (rho * rho)) * (g i l * H i l) + b / (rho * rho) * (b / (rho * rho)) * (H i l * H i l))) by (intros; ring).
    rewrite sum_plus, sum_minus, !sum_scal. fold b gg. fold (gram d H i i). rewrite W. field. lra. }
  assert (Rp : 0 <= gg - b * b / (rho * rho)) by (rewrite <- Rest; apply sum_nonneg; intros; apply square_nonneg).
  assert (Bneg : b <= 0).
  { apply Rnot_lt_le. intros N. pose proof (In 1 ltac:(lra)). lra. }
  assert (R0 : gg - b * b / (rho * rho) <= 0).
  { apply Rnot_lt_le. intros N. set (x := gg - b * b / (rho * rho)) in *.
    pose proof (In (x / (2 * (- b + 1))) ltac:(apply Rdiv_lt_0_compat; lra)) as P.
    assert (x / (2 * (- b + 1)) * - b < x).
    { apply (Rmult_lt_reg_r (2 * (- b + 1))); [lra|]. replace (x / (2 * (- b + 1)) * - b * (2 * (- b + 1))) with (x * - b) by (field; lra). nra. }
    unfold x in *. lra. }
  unfold ball_multiplier. fold b. split; [apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; exact rho2]|].
  intros l Ll. pose proof (sum_term_le d l (fun l => (g i l - b / (rho * rho) * H i l) * (g i l - b / (rho * rho) * H i l)) Ll (fun _ _ => square_nonneg _)) as T.
  simpl in T. rewrite Rest in T. pose proof (square_nonneg (g i l - b / (rho * rho) * H i l)).
  assert (E : (g i l - b / (rho * rho) * H i l) * (g i l - b / (rho * rho) * H i l) = 0) by lra. apply Rmult_integral in E.
  unfold Rdiv in *. lra.
Qed.

(** Every local minimum of the ball is a first-order point with multipliers >= 0. *)
Theorem ball_minimum_is_stationary : ball_point n y tau rho d H ball_multiplier.
Proof.
  assert (Case : forall i, (i < n)%nat -> gram d H i i = rho * rho \/ gram d H i i < rho * rho) by (intros i Li; pose proof (proj1 M i Li : gram d H i i <= _); lra).
  assert (Zero : forall i, (i < n)%nat -> gram d H i i < rho * rho -> ball_multiplier i = 0).
  { intros i Li W. unfold ball_multiplier. rewrite sum_zero; [field; lra|]. intros l Ll. rewrite interior_gradient by assumption. ring. }
  split; [exact (proj1 M) | split; [|split]].
  - intros i l Li Ll. fold (g i l). destruct (Case i Li) as [W|W]; [apply active_gradient; assumption|].
    rewrite Zero, interior_gradient by assumption. ring.
  - intros i Li. destruct (Case i Li) as [W|W]; [apply active_gradient; assumption | rewrite Zero by assumption; lra].
  - intros i Li. destruct (Case i Li) as [W|W]; [rewrite W; ring | rewrite Zero by assumption; ring].
Qed.

(** A local minimum of the ball that leaves a direction unused is global. *)
Lemma ball_unused_is_global z : unused n d H z ->
  forall d' H', in_ball rho n d' H' -> supcon n y tau (gram d H) <= supcon n y tau (gram d' H').
Proof.
  intros Free d' H' B'. pose proof ball_minimum_is_stationary as [B [_ [Mu Act]]].
  assert (E : forall i, (i < n)%nat -> multiplier n y tau rho d H i = ball_multiplier i / 2).
  { intros i Li. unfold multiplier, ball_multiplier. rewrite (sum_ext d _ (fun l => 2 * sum n (fun a => nabla n y tau (gram d H) i a * (H i l * H a l)))).
    - rewrite sum_scal, sum_swap. rewrite (sum_ext n (fun a => sum d (fun l => nabla n y tau (gram d H) i a * (H i l * H a l))) (fun a => nabla n y tau (gram d H) i a * gram d H i a)) by (intros; apply sum_scal).
      field. lra.
    - intros l Ll. unfold g. rewrite gradient_nabla by exact Li. rewrite Rmult_assoc, <- sum_scal_r. f_equal. apply sum_ext. intros. ring. }
  apply (unused_is_global n k y tau rho d H z (in_ball rho n d) rho_positive C M Free).
  - intros x t S i Li. rewrite (turned_gram n rho d H z Free x t i i Li Li).
    pose proof (sqrt_sqrt (1 - t * t * (x i * x i / (rho * rho))) ltac:(pose proof (S i Li); lra)) as Q. rewrite Q.
    pose proof (B i Li) as Bi. pose proof (S i Li) as Si. set (w := t * t * (x i * x i / (rho * rho))) in *.
    replace (t * t * (x i * x i)) with (w * (rho * rho)) by (unfold w; field; lra).
    assert ((1 - w) * gram d H i i <= (1 - w) * (rho * rho)) by (apply Rmult_le_compat_l; lra). lra.
  - apply sum_le. intros i Li. rewrite E by exact Li. apply Rmult_le_compat_l; [pose proof (Mu i Li); lra | apply B'; exact Li].
Qed.

End Ball.

(** Rank-deficient and locally minimal => global, on the ball, in every dimension. *)
Theorem N13_ball_rank_deficient n k y tau rho d H z : 0 < rho -> classes n k y ->
  local_minimum n d (in_ball rho n d) (fun H => supcon n y tau (gram d H)) H -> unused n d H z ->
  forall d' H', in_ball rho n d' H' -> supcon n y tau (gram d H) <= supcon n y tau (gram d' H').
Proof. intros P C M Free. exact (ball_unused_is_global n k y tau rho d H P C M z Free). Qed.

(** Theorem B, all norms active: for d >= k every local minimum of the ball whose norms are all rho is global, over all dimensions; any sizes, any temperature. *)
Theorem N13_full_norms_global n k y tau rho d H : 0 < tau -> 0 < rho -> classes n k y -> (forall c, exists b, (b < n)%nat /\ y b <> c) -> (k <= d)%nat ->
  local_minimum n d (in_ball rho n d) (fun H => supcon n y tau (gram d H)) H -> on_sphere_of rho n d H ->
  forall d' H', in_ball rho n d' H' -> supcon n y tau (gram d H) <= supcon n y tau (gram d' H').
Proof.
  intros T P C V L M U. pose proof (ball_minimum_is_stationary n k y tau rho d H P C M) as B.
  destruct (collapsed_unused n k y tau d H _ T L C V (proj1 (proj2 B))) as [z Free]; [|exact (N13_ball_rank_deficient n k y tau rho d H z P C M Free)].
  exact (N13_full_norms_collapse n k y tau rho d H _ T C V B U).
Qed.

(** Theorem B, classes of two (NT-Xent pairs): for d >= k every local minimum of the ball is global, interior points included, at every temperature. *)
Theorem N13_pairs_global n k y tau rho d H : 0 < tau -> 0 < rho -> classes n k y -> (forall c, exists b, (b < n)%nat /\ y b <> c) -> (k <= d)%nat ->
  (forall c, (c < k)%nat -> size n y c = 2) -> local_minimum n d (in_ball rho n d) (fun H => supcon n y tau (gram d H)) H ->
  forall d' H', in_ball rho n d' H' -> supcon n y tau (gram d H) <= supcon n y tau (gram d' H').
Proof.
  intros T P C V L Two M. pose proof (ball_minimum_is_stationary n k y tau rho d H P C M) as B.
  destruct (collapsed_unused n k y tau d H _ T L C V (proj1 (proj2 B))) as [z Free]; [|exact (N13_ball_rank_deficient n k y tau rho d H z P C M Free)].
  exact (N13_pairs_collapse n k y tau rho d H _ T C V Two B).
Qed.

(** Theorem B, warm temperatures: for d >= k every local minimum of the ball is global. *)
Theorem N13_warm_global n k y tau rho d H : 0 < tau -> 0 < rho -> classes n k y -> (forall c, exists b, (b < n)%nat /\ y b <> c) -> (k <= d)%nat ->
  (forall c, (c < k)%nat -> size n y c - 2 <= (INR n - 2) * exp (- (2 * (rho * rho) / tau))) ->
  local_minimum n d (in_ball rho n d) (fun H => supcon n y tau (gram d H)) H ->
  forall d' H', in_ball rho n d' H' -> supcon n y tau (gram d H) <= supcon n y tau (gram d' H').
Proof.
  intros T P C V L W M. pose proof (ball_minimum_is_stationary n k y tau rho d H P C M) as B.
  destruct (collapsed_unused n k y tau d H _ T L C V (proj1 (proj2 B))) as [z Free]; [|exact (N13_ball_rank_deficient n k y tau rho d H z P C M Free)].
  exact (N13_warm_collapse n k y tau rho d H _ T C V W B).
Qed.

(** More dimensions than samples: every local minimum is global, on the sphere and on the ball. *)
Theorem T7_many_dimensions n k y tau rho d H : 0 < rho -> classes n k y -> (n < d)%nat ->
  (local_minimum n d (on_sphere_of rho n d) (fun H => supcon n y tau (gram d H)) H ->
    forall d' H', on_sphere_of rho n d' H' -> supcon n y tau (gram d H) <= supcon n y tau (gram d' H')) /\
  (local_minimum n d (in_ball rho n d) (fun H => supcon n y tau (gram d H)) H ->
    forall d' H', in_ball rho n d' H' -> supcon n y tau (gram d H) <= supcon n y tau (gram d' H')).
Proof.
  intros P C L. destruct (unused_direction n n d H H (fun i => i) L) as [z Free]; [auto | auto |]. split; intros M.
  - exact (N13_sphere_rank_deficient n k y tau rho d H z P C M Free).
  - exact (N13_ball_rank_deficient n k y tau rho d H z P C M Free).
Qed.
