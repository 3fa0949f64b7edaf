(** N20 without its last dimension: on the ball every class has two coincident samples, so n - k + 1 dimensions leave one unused. *)

From Coq Require Import Reals Lra Lia Arith Bool.
From Scverify Require Import Sums Rows Loss Convexity Gradient PairLemma Ball SecondOrder Landscape.
Open Scope R_scope.

(** At a first-order point of the ball the sample of least Z of a class has a coincident twin: its positives would fill its row. *)
Theorem N20_coincident_pair n k y tau rho d H mu c :
  0 < tau -> classes n k y -> (forall e, exists b, (b < n)%nat /\ y b <> e) -> ball_point n y tau rho d H mu -> (c < k)%nat ->
  exists i j, (i < n)%nat /\ (j < n)%nat /\ i <> j /\ y i = c /\ y j = c /\ forall l, (l < d)%nat -> H i l = H j l.
Proof.
  intros T C V B Lc. destruct (samples_of_classes n k y C) as [r R]. destruct (R c Lc) as [Lr Er].
  destruct (least_of_class n y (partition n tau (gram d H)) c) as [i [Li [Ei Least]]]; [exists (r c); auto|].
  destruct (Classical_Prop.classic (exists j, (j < n)%nat /\ i <> j /\ y j = c /\ distance2 d H i j = 0)) as [[j [Lj [D [Ej Z]]]]|None].
  - exists i, j. repeat split; try assumption. exact (distance2_zero d H i j Z).
  - exfalso. pose proof (proj2 C c Lc) as M. set (u := / (size n y c - 1)). assert (0 < u) by (apply Rinv_0_lt_compat; lra).
    assert (All : forall l, (l < n)%nat -> y l = y i -> l <> i -> u <= share n tau (gram d H) i l).
    { intros l Ll El Nl. assert (Q : 0 < distance2 d H i l).
      { destruct (Rle_lt_or_eq_dec 0 _ (distance2_nonneg d H i l)) as [Q|Q]; [exact Q | exfalso; apply None; exists l; repeat split; auto; congruence]. }
      pose proof (N2_ball n y tau rho d H mu i l T B Li Ll (not_eq_sym Nl) (eq_sym El) Q) as S.
      pose proof (share_by_partition n k y tau d H C i l Li (not_eq_sym Nl) (Least l Ll ltac:(congruence))) as O.
      rewrite Ei in S. unfold Rdiv in S. fold u in S. lra. }
    destruct (V (y i)) as [b [Lb Nb]]. assert (Nbi : b <> i) by (intros ->; apply Nb; reflexivity).
    pose proof (share_total n tau (gram d H) i (two_samples n k y i C Li)) as One.
    assert (Full : sum n (fun l => positive_pair y i l * u) < sum n (share n tau (gram d H) i)).
    { apply (sum_lt n b); [exact Lb | |].
      - intros l Ll. destruct (Nat.eq_dec (y l) (y i)) as [El|El].
        + destruct (Nat.eq_dec l i) as [->|Nl].
          * rewrite positive_self, share_self. lra.
          * rewrite positive_one by assumption. rewrite Rmult_1_l. apply All; assumption.
        + rewrite positive_zero by exact El. pose proof (share_nonneg n tau (gram d H) i l). lra.
      - rewrite positive_zero by exact Nb. rewrite Rmult_0_l. apply share_positive. exact Nbi. }
    rewrite (count_positives n y i), One, Ei in Full by exact Li. unfold u in Full. rewrite Rinv_r in Full; lra.
Qed.

(** A choice of one pair for each of finitely many classes. *)
Lemma pairs_of_classes k (P : nat -> nat -> nat -> Prop) : (forall c, (c < k)%nat -> exists i j, P c i j) ->
  exists r s, forall c, (c < k)%nat -> P c (r c) (s c).
Proof.
  induction k as [|k IH]; intros W; [exists (fun _ => 0%nat), (fun _ => 0%nat); lia|].
  destruct IH as [r [s E]]; [intros; apply W; lia|]. destruct (W k ltac:(lia)) as [i [j Q]].
  exists (fun c => if (c =? k)%nat then i else r c), (fun c => if (c =? k)%nat then j else s c). intros c Lc.
  destruct (Nat.eqb_spec c k) as [->|D]; [exact Q | apply E; lia].
Qed.

(** The indices that a mark leaves, one after the other. *)
Lemma unmarked n (mark : nat -> bool) : exists m e, INR m = sum n (fun i => 1 - ind (mark i)) /\
  forall i, (i < n)%nat -> mark i = false -> exists c, (c < m)%nat /\ e c = i.
Proof.
  induction n as [|n [m [e [Count Each]]]]; [exists 0%nat, (fun _ => 0%nat); split; [reflexivity | lia]|].
  destruct (mark n) eqn:Mark.
  - exists m, e. simpl. rewrite Mark, Count. simpl. split; [ring|]. intros i Li F. apply Each; [|exact F].
    destruct (Nat.eq_dec i n) as [->|]; [congruence | lia].
  - exists (S m), (fun c => if (c =? m)%nat then n else e c). rewrite S_INR, Count. simpl. rewrite Mark. simpl. split; [ring|]. intros i Li F.
    destruct (Nat.eq_dec i n) as [->|D]; [exists m; split; [lia | rewrite Nat.eqb_refl; reflexivity]|].
    destruct (Each i ltac:(lia) F) as [c [Lc Ec]]. exists c. split; [lia|]. rewrite (proj2 (Nat.eqb_neq c m)) by lia. exact Ec.
Qed.

(** N20: for d > n - k every local minimum of the ball is global, over all dimensions; any sizes of two or more, any temperature. *)
Theorem N20_few_points_global n k y tau rho d H : 0 < tau -> 0 < rho -> classes n k y -> (forall c, exists b, (b < n)%nat /\ y b <> c) -> (n < d + k)%nat ->
  local_minimum n d (in_ball rho n d) (fun H => supcon n y tau (gram d H)) H ->
  forall d' H', in_ball rho n d' H' -> supcon n y tau (gram d H) <= supcon n y tau (gram d' H').
Proof.
  intros T P C V L M. pose proof (ball_minimum_is_stationary n k y tau rho d H P C M) as B.
  destruct (pairs_of_classes k (fun c i j => (i < n)%nat /\ (j < n)%nat /\ i <> j /\ y i = c /\ y j = c /\ forall l, (l < d)%nat -> H i l = H j l)) as [r [s Twin]].
  { intros c Lc. exact (N20_coincident_pair n k y tau rho d H _ c T C V B Lc). }
  destruct (unmarked n (fun i => (i =? s (y i))%nat)) as [m [e [Count Each]]].
  assert (Marked : sum n (fun i => ind (i =? s (y i))%nat) = INR k).
  { rewrite (sum_ext n _ (fun i => sum k (fun c => ind (y i =? c)%nat * ind (i =? s c)%nat))).
    2:{ intros i Li. exact (at_label n k y (proj1 C) i (fun c => ind (i =? s c)%nat) Li). }
    rewrite sum_swap, (sum_ext k _ (fun _ => 1)); [rewrite sum_const; ring|]. intros c Lc.
    destruct (Twin c Lc) as (_ & Ls & _ & _ & Es & _).
    rewrite (sum_ext n _ (fun i => ind (i =? s c)%nat * ind (y i =? c)%nat)) by (intros; ring).
    rewrite sum_at by exact Ls. rewrite Es, Nat.eqb_refl. reflexivity. }
  rewrite sum_minus, Marked, sum_const in Count.
  assert (Less : (m < d)%nat).
  { apply INR_lt. apply lt_INR in L. rewrite plus_INR in L. lra. }
  destruct (homogeneous m d (fun c l => H (e c) l) Less) as [x [N S]].
  destruct (unused_of_kernel n d H x N) as [z Free]; [|exact (N13_ball_rank_deficient n k y tau rho d H z P C M Free)].
  assert (Left : forall i, (i < n)%nat -> (i =? s (y i))%nat = false -> sum d (fun l => x l * H i l) = 0).
  { intros i Li F. destruct (Each i Li F) as [c [Lc Ec]]. rewrite <- (S c Lc). apply sum_ext. intros. rewrite Ec. ring. }
  intros i Li. destruct (i =? s (y i))%nat eqn:F; [|exact (Left i Li F)]. apply Nat.eqb_eq in F.
  destruct (Twin (y i) (proj1 C i Li)) as (Lr & _ & D & Er & _ & Same).
  rewrite (sum_ext d _ (fun l => x l * H (r (y i)) l)).
  - apply Left; [exact Lr|]. rewrite Er. apply Nat.eqb_neq. exact D.
  - intros l Ll. rewrite (Same l Ll), <- F. reflexivity.
Qed.
