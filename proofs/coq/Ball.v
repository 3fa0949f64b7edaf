(** N13, Theorem B: on the ball first-order points with active norms are collapsed within classes; pairs and warm temperatures in full. *)

From Coq Require Import Reals Lra Lia Arith Bool.
From Scverify Require Import Sums Rows Loss Convexity Gradient PairLemma.
Open Scope R_scope.

(** Two samples of one class lie at one point. *)
Definition collapsed (n : nat) (y : nat -> nat) (d : nat) (H : nat -> nat -> R) : Prop :=
  forall i j, (i < n)%nat -> (j < n)%nat -> y i = y j -> forall l, (l < d)%nat -> H i l = H j l.

Lemma collapsed_at n y d H :
  (forall i j, (i < n)%nat -> (j < n)%nat -> i <> j -> y i = y j -> ~ 0 < distance2 d H i j) -> collapsed n y d H.
Proof.
  intros E i j Li Lj S. destruct (Nat.eq_dec i j) as [->|D]; [reflexivity|]. apply distance2_zero.
  pose proof (distance2_nonneg d H i j). pose proof (E i j Li Lj D S). lra.
Qed.

(** A function on finitely many samples has a least one in each class that is not empty. *)
Lemma least_of_class n (y : nat -> nat) (z : nat -> R) c : (exists i, (i < n)%nat /\ y i = c) ->
  exists i, (i < n)%nat /\ y i = c /\ forall j, (j < n)%nat -> y j = c -> z i <= z j.
Proof.
  induction n as [|n IH]; intros [i [L E]]; [lia|]. destruct (Nat.eq_dec (y n) c) as [En|Nn].
  - destruct (le_lt_dec n 0) as [Zero|Some].
    + exists n. split; [lia | split; [exact En|]]. intros j Lj _. assert (j = n) by lia. subst. lra.
    + assert (Dec : (exists a, (a < n)%nat /\ y a = c) \/ forall a, (a < n)%nat -> y a <> c).
      { clear. induction n as [|n IH]; [right; lia|]. destruct IH as [[a [L E]]|N]; [left; exists a; split; [lia | exact E]|].
        destruct (Nat.eq_dec (y n) c) as [E|E]; [left; exists n; split; [lia | exact E]|].
        right. intros a L. destruct (Nat.eq_dec a n) as [->|]; [exact E | apply N; lia]. }
      destruct Dec as [X|None].
      * destruct (IH X) as [a [La [Ea M]]]. destruct (Rle_or_lt (z a) (z n)) as [Q|Q].
        -- exists a. split; [lia | split; [exact Ea|]]. intros j Lj Ej. destruct (Nat.eq_dec j n) as [->|]; [exact Q | apply M; [lia | exact Ej]].
        -- exists n. split; [lia | split; [exact En|]]. intros j Lj Ej. destruct (Nat.eq_dec j n) as [->|]; [lra|].
           pose proof (M j ltac:(lia) Ej). lra.
      * exists n. split; [lia | split; [exact En|]]. intros j Lj Ej. destruct (Nat.eq_dec j n) as [->|]; [lra|].
        exfalso. apply (None j); [lia | exact Ej].
  - destruct IH as [a [La [Ea M]]].
    + exists i. destruct (Nat.eq_dec i n) as [->|]; [contradiction | split; [lia | exact E]].
    + exists a. split; [lia | split; [exact Ea|]]. intros j Lj Ej. destruct (Nat.eq_dec j n) as [->|]; [contradiction | apply M; [lia | exact Ej]].
Qed.

Section Ball.
Variables (n k : nat) (y : nat -> nat) (tau rho : R) (d : nat) (H : nat -> nat -> R).
Hypothesis tau_positive : 0 < tau.
Hypothesis C : classes n k y.
Hypothesis B : in_ball rho n d H.
Hypothesis several_classes : forall c, exists b, (b < n)%nat /\ y b <> c.
(* the corollary of the pair lemma *)
Hypothesis pairs : forall i j, (i < n)%nat -> (j < n)%nat -> i <> j -> y i = y j -> 0 < distance2 d H i j ->
  2 / (size n y (y i) - 1) <= share n tau (gram d H) i j + share n tau (gram d H) j i.

Let G := gram d H.
Let p := share n tau G.
Let Z := partition n tau G.

Let inverse_tau : 0 < / tau.
Proof. apply Rinv_0_lt_compat. exact tau_positive. Qed.

Lemma share_by_entry i a b : a <> i -> b <> i -> G i a <= G i b -> p i a <= p i b.
Proof.
  intros Na Nb L. unfold p, share. rewrite !other_one by assumption. rewrite !Rmult_1_l. apply exp_monotone.
  apply Rplus_le_compat_r, Rmult_le_compat_r; [lra | exact L].
Qed.

Lemma share_by_partition i j : (i < n)%nat -> i <> j -> Z i <= Z j -> p j i <= p i j.
Proof.
  intros L D Q. unfold p, share. rewrite !other_one by auto. rewrite !Rmult_1_l. apply exp_monotone.
  unfold G at 1 3. rewrite (gram_symmetric d H j i). pose proof (ln_monotone (Z i) (Z j) (partition_positive n tau G i (two_samples n k y i C L)) Q) as M.
  unfold Z in M. lra.
Qed.

(** The sample of least Z in a class, at full norm, has no positive elsewhere: its positives would fill its row. *)
Lemma least_has_no_other i : (i < n)%nat -> G i i = rho * rho ->
  (forall j, (j < n)%nat -> y j = y i -> Z i <= Z j) ->
  forall j, (j < n)%nat -> y j = y i -> distance2 d H i j = 0.
Proof.
  intros Li Norm Least j Lj Ej. destruct (Rle_lt_or_eq_dec 0 _ (distance2_nonneg d H i j)) as [P|P]; [exfalso | lra].
  assert (D : i <> j) by (intros ->; rewrite distance2_same in P by reflexivity; lra).
  pose proof (proj2 C (y i) (proj1 C i Li)) as M.
  set (u := / (size n y (y i) - 1)). assert (0 < u) by (apply Rinv_0_lt_compat; lra).
  assert (Far : forall l, (l < n)%nat -> y l = y i -> l <> i -> 0 < distance2 d H i l -> u <= p i l).
  { intros l Ll El Nl Q. pose proof (pairs i l Li Ll (not_eq_sym Nl) (eq_sym El) Q) as S.
    pose proof (share_by_partition i l Li (not_eq_sym Nl) (Least l Ll El)) as O. fold G p in S.
    unfold Rdiv in S. fold u in S. lra. }
  assert (All : forall l, (l < n)%nat -> y l = y i -> l <> i -> u <= p i l).
  { intros l Ll El Nl. destruct (Rle_lt_or_eq_dec 0 _ (distance2_nonneg d H i l)) as [Q|Q]; [apply Far; assumption|].
    apply Rle_trans with (p i j); [apply Far; auto|]. apply share_by_entry; [auto | auto |].
    unfold G at 2. rewrite gram_symmetric, (same_gram d H l i i).
    - fold G. rewrite Norm. apply (gram_le_ball rho n); assumption.
    - intros c Lc. symmetry. apply (distance2_zero d H i l); [lra | exact Lc]. }
  destruct (several_classes (y i)) as [b [Lb Nb]].
  assert (Nbi : b <> i) by (intros ->; apply Nb; reflexivity).
  pose proof (share_total n tau G i (two_samples n k y i C Li)) as One. fold p in One.
  assert (Full : sum n (fun l => positive_pair y i l * u) < sum n (p i)).
  { apply (sum_lt n b); [exact Lb | |].
    - intros l Ll. destruct (Nat.eq_dec (y l) (y i)) as [El|El].
      + destruct (Nat.eq_dec l i) as [->|Nl].
        * rewrite positive_self. unfold p. rewrite share_self. lra.
        * rewrite positive_one by assumption. rewrite Rmult_1_l. apply All; assumption.
      + rewrite positive_zero by exact El. pose proof (share_nonneg n tau G i l : 0 <= p i l). lra.
    - rewrite positive_zero by exact Nb. rewrite Rmult_0_l. apply share_positive. exact Nbi. }
  rewrite (count_positives n y i), One in Full by exact Li. unfold u in Full. rewrite Rinv_r in Full; lra.
Qed.

Lemma full_norms_collapse : (forall i, (i < n)%nat -> G i i = rho * rho) -> collapsed n y d H.
Proof.
  intros Norm a b La Lb E.
  destruct (least_of_class n y Z (y a)) as [i [Li [Ei M]]]; [exists a; auto|].
  assert (X : forall j, (j < n)%nat -> y j = y i -> forall l, (l < d)%nat -> H i l = H j l).
  { intros j Lj Ej. apply distance2_zero. apply least_has_no_other; [exact Li | apply Norm; exact Li | | exact Lj | exact Ej].
    intros j' Lj' Ej'. apply M; [exact Lj' | congruence]. }
  intros l Ll. transitivity (H i l); [symmetry|]; apply X; try assumption; congruence.
Qed.

Lemma third i j : (i < n)%nat -> y i = y j -> exists b, (b < n)%nat /\ b <> i /\ b <> j.
Proof. intros L E. destruct (several_classes (y i)) as [b [Lb Nb]]. exists b. repeat split; [exact Lb | |]; intros ->; apply Nb; auto. Qed.

(** In a class of two a share of 2 is asked of two numbers below 1. *)
Lemma pairs_collapse : (forall c, (c < k)%nat -> size n y c = 2) -> collapsed n y d H.
Proof.
  intros Two. apply collapsed_at. intros i j Li Lj D E P. pose proof (pairs i j Li Lj D E P) as S.
  rewrite (Two (y i)) in S by (apply C; exact Li).
  assert (Lt : forall a b, (a < n)%nat -> (b < n)%nat -> y a = y b -> p a b < 1).
  { intros a b La Lb Eab. rewrite <- (share_total n tau G a (two_samples n k y a C La)).
    destruct (third a b La Eab) as [e [Le [Na Nb]]].
    replace (p a b) with (sum n (fun x => ind (x =? b)%nat * p a x)) by (apply sum_at; exact Lb).
    apply (sum_lt n e); [exact Le | |].
    - intros x _. pose proof (share_nonneg n tau G a x : 0 <= p a x). change (ind (x =? b)%nat * p a x <= p a x). destruct (x =? b)%nat; simpl ind; lra.
    - rewrite (proj2 (Nat.eqb_neq e b) Nb). change (ind false * p a e < p a e). simpl ind. pose proof (share_positive n tau G a e Na : 0 < p a e). lra. }
  pose proof (Lt i j Li Lj E). pose proof (Lt j i Lj Li (eq_sym E)). fold G p in S. lra.
Qed.

Lemma gram_ge_ball i j : (i < n)%nat -> (j < n)%nat -> - (rho * rho) <= G i j.
Proof.
  intros Li Lj. assert (P : 0 <= sum d (fun l => (H i l + H j l) * (H i l + H j l))) by (apply sum_nonneg; intros; apply square_nonneg).
  assert (E : sum d (fun l => (H i l + H j l) * (H i l + H j l)) = G i i + 2 * G i j + G j j).
  { unfold G, gram. rewrite <- sum_scal, <- !sum_plus. apply sum_ext. intros. ring. }
  rewrite E in P. pose proof (B i Li : G i i <= _). pose proof (B j Lj : G j j <= _). lra.
Qed.

(** Warm temperatures: no entry can hold its share. *)
Lemma warm_collapse : (forall c, (c < k)%nat -> size n y c - 2 <= (INR n - 2) * exp (- (2 * (rho * rho) / tau))) -> collapsed n y d H.
Proof.
  intros Warm. apply collapsed_at. intros i j Li Lj D E P. pose proof (pairs i j Li Lj D E P) as S.
  pose proof (proj2 C (y i) (proj1 C i Li)) as M. pose proof (Warm (y i) (proj1 C i Li)) as W.
  set (m := size n y (y i)) in *. set (x := exp (- (2 * (rho * rho) / tau))) in *.
  assert (Gij : G i j < rho * rho) by (rewrite distance2_gram in P; fold G in P; pose proof (B i Li : G i i <= _); pose proof (B j Lj : G j j <= _); lra).
  assert (Lt : forall a b, (a < n)%nat -> (b < n)%nat -> a <> b -> y a = y b -> G a b < rho * rho -> p a b < / (m - 1)).
  { intros a b La Lb Nab Eab Gab. pose proof (two_samples n k y a C La) as N2. pose proof (partition_positive n tau G a N2) as Zp.
    destruct (third a b La Eab) as [e [Le [Na Nb]]].
    set (w := x * exp (G a b / tau)).
    assert (Low : forall c, (c < n)%nat -> w < exp (G a c / tau)).
    { intros c Lc. unfold w, x. rewrite <- exp_plus. apply exp_increasing.
      replace (- (2 * (rho * rho) / tau) + G a b / tau) with ((G a b - 2 * (rho * rho)) / tau) by (field; lra).
      apply Rmult_lt_compat_r; [exact inverse_tau|]. pose proof (gram_ge_ball a c La Lc). lra. }
    assert (Lower : sum n (fun c => ind (c =? b)%nat * exp (G a b / tau) + other a c * (other b c * w)) < partition n tau G a).
    { apply (sum_lt n e); [exact Le | |].
      - intros c Lc. pose proof (Low c Lc). unfold other.
        destruct (Nat.eqb_spec c b) as [Ecb|Ncb], (Nat.eqb_spec c a) as [Eca|Nca]; simpl; try congruence; subst; lra.
      - pose proof (Low e Le). rewrite !other_one, (proj2 (Nat.eqb_neq e b) Nb) by assumption. simpl. lra. }
    rewrite sum_plus, sum_at in Lower by exact Lb.
    pose proof (sum_without_two n a b (fun _ => w) La Lb Nab : _ = sum n (fun c => other a c * (other b c * w)) + w + w) as Count.
    rewrite sum_const in Count.
    unfold p. rewrite share_quotient, other_one by auto. rewrite Rmult_1_l.
    pose proof (exp_pos (G a b / tau)) as Ep.
    assert (Big : (m - 1) * exp (G a b / tau) < partition n tau G a).
    { apply (Rmult_le_compat_r (exp (G a b / tau))) in W; [|lra]. unfold w in *. lra. }
    apply (Rmult_lt_reg_r (partition n tau G a * (m - 1))); [apply Rmult_lt_0_compat; lra|].
    replace (exp (G a b / tau) / partition n tau G a * (partition n tau G a * (m - 1))) with ((m - 1) * exp (G a b / tau)) by (field; lra).
    replace (/ (m - 1) * (partition n tau G a * (m - 1))) with (partition n tau G a) by (field; lra). exact Big. }
  pose proof (Lt i j Li Lj D E Gij) as A. pose proof (Lt j i Lj Li (not_eq_sym D) (eq_sym E)) as A'.
  assert (Gji : G j i < rho * rho) by (unfold G; rewrite gram_symmetric; exact Gij). specialize (A' Gji).
  fold G p in S. unfold Rdiv in S. lra.
Qed.

End Ball.

(** N13 (a), Theorem B: any sizes, any dimension, any temperature: a first-order point of the ball whose norms are all rho is collapsed within classes. *)
Theorem N13_full_norms_collapse n k y tau rho d H mu :
  0 < tau -> classes n k y -> (forall c, exists b, (b < n)%nat /\ y b <> c) ->
  ball_point n y tau rho d H mu -> on_sphere_of rho n d H -> collapsed n y d H.
Proof.
  intros T C V P U. apply (full_norms_collapse n k y tau rho d H); try assumption; [apply P|].
  intros i j. apply (N2_ball n y tau rho d H mu); assumption.
Qed.

(** N13 (a) on the sphere: a critical point whose multipliers are all >= 0 is collapsed within classes. *)
Theorem N13_sphere_collapse n k y tau rho d H mu :
  0 < tau -> classes n k y -> (forall c, exists b, (b < n)%nat /\ y b <> c) ->
  on_sphere_of rho n d H -> stationary n y tau d H mu -> (forall i, (i < n)%nat -> 0 <= mu i) -> collapsed n y d H.
Proof.
  intros T C V U S M. apply (N13_full_norms_collapse n k y tau rho d H mu); try assumption.
  repeat split; [|exact S | exact M |]; intros i Li; rewrite (U i Li); [lra | ring].
Qed.

(** N13 (b), classes of two (NT-Xent pairs): every first-order point of the ball is collapsed, interior points included, at every temperature. *)
Theorem N13_pairs_collapse n k y tau rho d H mu :
  0 < tau -> classes n k y -> (forall c, exists b, (b < n)%nat /\ y b <> c) -> (forall c, (c < k)%nat -> size n y c = 2) ->
  ball_point n y tau rho d H mu -> collapsed n y d H.
Proof.
  intros T C V Two P. apply (pairs_collapse n k y tau d H); try assumption.
  intros i j. apply (N2_ball n y tau rho d H mu); assumption.
Qed.

(** N13 (c), warm temperatures, e^{-2 rho^2/tau} >= (n_c - 2)/(n - 2) for every class: every first-order point of the ball is collapsed. *)
Theorem N13_warm_collapse n k y tau rho d H mu :
  0 < tau -> classes n k y -> (forall c, exists b, (b < n)%nat /\ y b <> c) ->
  (forall c, (c < k)%nat -> size n y c - 2 <= (INR n - 2) * exp (- (2 * (rho * rho) / tau))) ->
  ball_point n y tau rho d H mu -> collapsed n y d H.
Proof.
  intros T C V W P. apply (warm_collapse n k y tau rho d H); try assumption; [apply P|].
  intros i j. apply (N2_ball n y tau rho d H mu); assumption.
Qed.
