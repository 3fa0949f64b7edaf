(** A boolean checker of two-sided bounds for one loss on nodes, integers only, and its soundness over the reals.

    The loss is an affine form of the Gram matrix X of finitely many nodes plus weighted terms log sum_a c_a exp(slope_a X_ij + shift_a), each
    outcome a with an entry ij of its own: rows that are a log-sum-exp, and log(1 + e^x) as two outcomes, of which one has slope 0.
    Every node has a norm, at most a norm, or any norm; a ridge is a part of the affine form.
    All tables of the proof are integers over `scale`, all numbers of the problem integers over `unit`; a missing entry reads as 0. *)

From Coq Require Import Reals ZArith List Lra Lia Arith Bool.
From Scverify Require Import Sums Rows Loss Convexity Exponential Checker.
Import ListNotations.
Open Scope Z_scope.

Record node_certificate := {
  nodes : nat;
  unit : Z;                         (* U: the denominator of the numbers of the problem *)
  norms : list (list Z);            (* of every node its kind and U rho^2: 0 is |h| = rho, 1 is |h| <= rho, 2 is any norm *)
  weights : list Z;                 (* of every term, times U *)
  outcomes : list (list (list Z));  (* of every term: row, column, U c, U slope, U shift *)
  affine : list (list Z);           (* row, column, U coefficient *)
  constant : Z;                     (* times U *)
  lower_num : Z; lower_den : Z;     (* the claimed bounds *)
  upper_num : Z; upper_den : Z;
  scale : Z;                        (* D: the denominator of the tables below *)
  halvings : nat; half_terms : nat; (* the work of exp_below *)
  p : list (list Z);                (* the probability of every outcome in its term *)
  log_p : list (list Z);            (* upper bounds of log(p/c) *)
  factor : list (list Z);           (* C, one row a node: C C^T is nearly the symmetric part of twice the minorant's slopes *)
  points : list (list Z);           (* of every node a vector, at any scale on a sphere, over D elsewhere *)
  lows : list Z; highs : list Z;    (* bounds of D^2 times the factor that gives the vector its norm *)
  exponentials : list (list Z);     (* upper bounds of exp(slope X_ij + shift) at the points *)
  logs : list Z                     (* upper bounds of the logarithms of the terms there *)
}.

Definition place (l : nat -> Z) (e : nat) : nat := Z.to_nat (l e).

Section Statement.
Variable K : node_certificate.

Definition terms : nat := length (weights K).
Definition many (r : nat) : nat := length (nth r (outcomes K) nil).
Definition outcome (r a : nat) : nat -> Z := at_ (nth a (nth r (outcomes K) nil) nil).
Definition kind (i : nat) : Z := entry (norms K) i 0.
Definition square_bound (i : nat) : Z := entry (norms K) i 1.

Open Scope R_scope.

Definition exponent (X : nat -> nat -> R) (r a : nat) : R :=
  (IZR (outcome r a 3) * X (place (outcome r a) 0) (place (outcome r a) 1) + IZR (outcome r a 4)) / IZR (unit K).

(** The loss that the certificate is about. *)
Definition node_value (X : nat -> nat -> R) : R :=
  IZR (constant K) / IZR (unit K)
  + sum terms (fun r => IZR (at_ (weights K) r) / IZR (unit K) * ln (sum (many r) (fun a => IZR (outcome r a 2) / IZR (unit K) * exp (exponent X r a))))
  + sum (length (affine K)) (fun e => IZR (entry (affine K) e 2) / IZR (unit K) * X (place (entry (affine K) e) 0) (place (entry (affine K) e) 1)).

Definition feasible (d : nat) (H : nat -> nat -> R) : Prop := forall i, (i < nodes K)%nat ->
  if (kind i =? 0)%Z then gram d H i i = IZR (square_bound i) / IZR (unit K)
  else if (kind i =? 1)%Z then gram d H i i <= IZR (square_bound i) / IZR (unit K) else True.

End Statement.

Section Check.
Variable K : node_certificate.
Let N := nodes K.
Let U := unit K.
Let D := scale K.
Let below := exp_below D (halvings K) (half_terms K).
Let weight := at_ (weights K).

Definition inside (z : Z) : bool := (0 <=? z) && (z <? Z.of_nat N).

Definition numbers_ok : bool :=
  (0 <? U) && (0 <? D) && (0 <? lower_den K) && (0 <? upper_den K) &&
  all (length (affine K)) (fun e => inside (entry (affine K) e 0) && inside (entry (affine K) e 1)).

Definition outcome_ok (r a : nat) : bool :=
  inside (outcome K r a 0) && inside (outcome K r a 1) && (0 <=? outcome K r a 2) && (0 <=? entry (p K) r a) &&
  (entry (p K) r a * U <=? outcome K r a 2 * below (entry (log_p K) r a) D).

Definition term_ok (r : nat) : bool :=
  (0 <=? weight r) && (0 <? total (many K r) (fun a => outcome K r a 2)) && (total (many K r) (entry (p K) r) =? D) &&
  all (many K r) (outcome_ok r).

Definition here (l : nat -> Z) (i j : nat) : bool := (l 0%nat =? Z.of_nat i) && (l 1%nat =? Z.of_nat j).

(** The slopes of the minorant, over U^2 D. *)
Definition slopes (i j : nat) : Z :=
  total (terms K) (fun r => weight r * total (many K r) (fun a => if here (outcome K r a) i j then entry (p K) r a * outcome K r a 3 else 0))
  + U * D * total (length (affine K)) (fun e => if here (entry (affine K) e) i j then entry (affine K) e 2 else 0).

(** What replacing twice their symmetric part by C C^T leaves, over U^2 D^2. *)
Definition error (i j : nat) : Z := D * (slopes i j + slopes j i) - U * U * inner (factor K) i j.

Definition slack (i : nat) : Z := total N (fun j => if (j =? i)%nat then error i j else - Z.abs (error i j)).

(* no orb: the virtual machine would compute both sides *)
Definition slack_ok (i : nat) : bool := if kind K i =? 0 then true else if kind K i =? 1 then true else 0 <=? slack i.

(** A lower bound of slack * |h_i|^2, over U^3 D^2. *)
Definition least (i : nat) : Z :=
  if kind K i =? 0 then slack i * square_bound K i else if kind K i =? 1 then Z.min 0 (slack i) * square_bound K i else 0.

(** The minorant at X = 0, over U^2 D^2. *)
Definition at_zero : Z :=
  constant K * U * (D * D)
  + total (terms K) (fun r => weight r * total (many K r) (fun a => entry (p K) r a * (outcome K r a 4 * D - U * entry (log_p K) r a))).

Definition lower_ok : bool :=
  all (terms K) term_ok && all N slack_ok &&
  (lower_num K * (2 * (U * U * U) * (D * D)) <=? lower_den K * (2 * U * at_zero + total N least)).

Let D4 := D * D * (D * D).

Definition norm_ok (i : nat) : bool :=
  let g := inner (points K) i i in let low := at_ (lows K) i in let high := at_ (highs K) i in
  (0 <=? low) && (0 <=? high) &&
  (if kind K i =? 0
   then (0 <? g) && (low * low * (g * U) <=? square_bound K i * D4) && (square_bound K i * D4 <=? high * high * (g * U))
   else (low =? D) && (high =? D) && (if kind K i =? 1 then g * U <=? square_bound K i * (D * D) else true)).

(** Bounds of X_ij, over D^4. *)
Definition entry_above (i j : nat) : Z :=
  let g := inner (points K) i j in if 0 <=? g then at_ (highs K) i * at_ (highs K) j * g else at_ (lows K) i * at_ (lows K) j * g.
Definition entry_below (i j : nat) : Z :=
  let g := inner (points K) i j in if 0 <=? g then at_ (lows K) i * at_ (lows K) j * g else at_ (highs K) i * at_ (highs K) j * g.
Definition times_above (x : Z) (l : nat -> Z) : Z :=
  x * (if 0 <=? x then entry_above (place l 0) (place l 1) else entry_below (place l 0) (place l 1)).

Definition exponential_ok (r a : nat) : bool :=
  D * D <=? entry (exponentials K) r a * below (- (times_above (outcome K r a 3) (outcome K r a) + outcome K r a 4 * D4)) (U * D4).

Definition log_ok (r : nat) : bool :=
  all (many K r) (exponential_ok r) &&
  (total (many K r) (fun a => outcome K r a 2 * entry (exponentials K) r a) <=? U * below (at_ (logs K) r) D).

Definition upper_ok : bool :=
  all N norm_ok && all (terms K) log_ok &&
  (upper_den K * (constant K * D4 + D * D * D * total (terms K) (fun r => weight r * at_ (logs K) r)
     + total (length (affine K)) (fun e => times_above (entry (affine K) e 2) (entry (affine K) e))) <=? upper_num K * (U * D4)).

Definition check_nodes : bool := numbers_ok && lower_ok && upper_ok.

End Check.

Open Scope R_scope.

Section Soundness.
Variable K : node_certificate.
Hypothesis ok : numbers_ok K = true.
Let N := nodes K.
Let U := IZR (unit K).
Let D := IZR (scale K).

Let facts : 0 < U /\ 0 < D /\ 0 < IZR (lower_den K) /\ 0 < IZR (upper_den K) /\
  forall e, (e < length (affine K))%nat -> inside K (entry (affine K) e 0) = true /\ inside K (entry (affine K) e 1) = true.
Proof.
  unfold numbers_ok in ok. rewrite !andb_true_iff, !Z.ltb_lt in ok. destruct ok as [[[[A B] C] E] F].
  repeat (split; [apply IZR_lt; assumption|]). intros e L. pose proof (all_true _ _ F e L) as G. apply andb_prop in G. exact G.
Qed.

Let scale_positive : (0 < scale K)%Z.
Proof. apply lt_IZR, facts. Qed.

Let inside_place z : inside K z = true -> (Z.to_nat z < N)%nat /\ z = Z.of_nat (Z.to_nat z).
Proof. unfold inside. rewrite andb_true_iff, Z.leb_le, Z.ltb_lt. fold N. intros [A B]. split; lia. Qed.

(** One entry as a sum over all places. *)
Let at_place (x : R) (l : nat -> Z) (X : nat -> nat -> R) : inside K (l 0%nat) = true -> inside K (l 1%nat) = true ->
  x * X (place l 0) (place l 1) = sum N (fun i => sum N (fun j => (if here l i j then x else 0) * X i j)).
Proof.
  intros I J. destruct (inside_place _ I) as [Li Ei]. destruct (inside_place _ J) as [Lj Ej]. unfold place.
  rewrite (sum_ext N _ (fun i => ind (i =? Z.to_nat (l 0%nat))%nat * (x * X i (Z.to_nat (l 1%nat))))).
  - rewrite sum_at by exact Li. reflexivity.
  - intros i _. rewrite (sum_ext N _ (fun j => ind (j =? Z.to_nat (l 1%nat))%nat * (ind (i =? Z.to_nat (l 0%nat))%nat * (x * X i j)))).
    + rewrite sum_at by exact Lj. reflexivity.
    + intros j _. unfold here. rewrite Ei, Ej, !Nat2Z.id.
      assert (S : forall a b, (Z.of_nat a =? Z.of_nat b)%Z = (b =? a)%nat).
      { intros a b. destruct (Nat.eqb_spec b a) as [->|Ne]; [apply Z.eqb_refl | apply Z.eqb_neq; lia]. }
      rewrite !S. destruct (i =? Z.to_nat (l 0%nat))%nat, (j =? Z.to_nat (l 1%nat))%nat; simpl; ring.
Qed.

Let log_sound x num : 0 < x -> x * D <= IZR (exp_below (scale K) (halvings K) (half_terms K) num (scale K)) -> ln x <= IZR num / D.
Proof.
  intros X E. destruct (exp_below_sound (scale K) (halvings K) (half_terms K) num (scale K) scale_positive scale_positive) as [_ S].
  fold D in S. destruct facts as (_ & Dp & _). rewrite <- (ln_exp (IZR num / D)). apply ln_monotone; [exact X|].
  apply (Rmult_le_reg_r D); [exact Dp|]. apply (Rmult_le_compat_r D) in S; [|lra].
  unfold Rdiv at 1 in S. rewrite Rmult_assoc, Rinv_l, Rmult_1_r in S by lra. lra.
Qed.

Section Lower.
Hypothesis Terms : all (terms K) (term_ok K) = true.

Let P r a := IZR (entry (p K) r a) / D.
Let C r a := IZR (outcome K r a 2) / U.

Let outcome_facts r a : (r < terms K)%nat -> (a < many K r)%nat ->
  inside K (outcome K r a 0) = true /\ inside K (outcome K r a 1) = true /\ 0 <= C r a /\ 0 <= P r a /\
  P r a <= C r a * exp (IZR (entry (log_p K) r a) / D).
Proof.
  intros Lr La. pose proof (all_true _ _ Terms r Lr) as T. unfold term_ok in T. rewrite !andb_true_iff in T. destruct T as [_ A].
  apply (fun E => all_true _ _ E a La) in A. unfold outcome_ok in A. rewrite !andb_true_iff, !Z.leb_le in A. destruct A as [[[[I J] Cp] Pp] E].
  destruct facts as (Up & Dp & _). apply IZR_le in Cp, Pp, E. rewrite !mult_IZR in E. fold U in E.
  destruct (exp_below_sound (scale K) (halvings K) (half_terms K) (entry (log_p K) r a) (scale K) scale_positive scale_positive) as [_ S].
  fold D in S. set (b := IZR (exp_below _ _ _ _ _)) in *.
  repeat split; try assumption; unfold C, P.
  - apply Rmult_le_pos; [exact Cp | left; apply Rinv_0_lt_compat; exact Up].
  - apply Rmult_le_pos; [exact Pp | left; apply Rinv_0_lt_compat; exact Dp].
  - apply Rle_trans with (IZR (outcome K r a 2) / U * (b / D)).
    + apply (Rmult_le_reg_r (U * D)); [apply Rmult_lt_0_compat; assumption|].
      replace (IZR (entry (p K) r a) / D * (U * D)) with (IZR (entry (p K) r a) * U) by (field; lra).
      replace (IZR (outcome K r a 2) / U * (b / D) * (U * D)) with (IZR (outcome K r a 2) * b) by (field; lra). exact E.
    + apply Rmult_le_compat_l; [apply Rmult_le_pos; [exact Cp | left; apply Rinv_0_lt_compat; exact Up] | exact S].
Qed.

(** Gibbs, one term. *)
Let term_sound X r : (r < terms K)%nat ->
  sum (many K r) (fun a => P r a * (exponent K X r a - IZR (entry (log_p K) r a) / D))
  <= ln (sum (many K r) (fun a => C r a * exp (exponent K X r a))).
Proof.
  intros Lr. pose proof (all_true _ _ Terms r Lr) as T. unfold term_ok in T. rewrite !andb_true_iff in T. destruct T as [[_ One] _].
  apply Z.eqb_eq, (f_equal IZR) in One. rewrite total_sum in One. fold D in One. destruct facts as (Up & Dp & _).
  refine (Rle_trans _ _ _ _ (gibbs (many K r) (C r) (exponent K X r) (P r) _ _ _ _)).
  - rewrite <- sum_minus. apply sum_le. intros a La. destruct (outcome_facts r a Lr La) as (_ & _ & Cp & Pp & E).
    rewrite Rmult_minus_distr_l. apply Rplus_le_compat_l, Ropp_le_contravar.
    destruct Pp as [Pp|<-]; [|lra]. apply Rmult_le_compat_l; [lra|].
    assert (0 < C r a) by (destruct Cp as [Cp|Cp]; [exact Cp | rewrite <- Cp in E; lra]).
    rewrite <- (ln_exp (IZR (entry (log_p K) r a) / D)). apply ln_monotone; [apply Rdiv_lt_0_compat; assumption|].
    apply (Rmult_le_reg_r (C r a)); [assumption|]. replace (P r a / C r a * C r a) with (P r a) by (field; lra). lra.
  - intros a La. apply (outcome_facts r a Lr La).
  - intros a La. apply (outcome_facts r a Lr La).
  - intros a La Z. destruct (outcome_facts r a Lr La) as (_ & _ & _ & Pp & E). rewrite Z in E. lra.
  - unfold P, Rdiv. rewrite sum_scal_r, One. field. lra.
Qed.

Let weight_nonneg r : (r < terms K)%nat -> 0 <= IZR (at_ (weights K) r).
Proof.
  intros Lr. pose proof (all_true _ _ Terms r Lr) as T. unfold term_ok in T. rewrite !andb_true_iff, !Z.leb_le in T. apply IZR_le, T.
Qed.

(** The minorant, gathered by places. *)
Let gathered X :
  IZR (at_zero K) / (U * U * (D * D)) + sum N (fun i => sum N (fun j => IZR (slopes K i j) * X i j)) / (U * U * D)
  = IZR (constant K) / U
    + sum (terms K) (fun r => IZR (at_ (weights K) r) / U * sum (many K r) (fun a => P r a * (exponent K X r a - IZR (entry (log_p K) r a) / D)))
    + sum (length (affine K)) (fun e => IZR (entry (affine K) e 2) / U * X (place (entry (affine K) e) 0) (place (entry (affine K) e) 1)).
Proof.
  destruct facts as (Up & Dp & _ & _ & In).
  assert (A : IZR (at_zero K) / (U * U * (D * D)) = IZR (constant K) / U
    + sum (terms K) (fun r => IZR (at_ (weights K) r) / U * sum (many K r) (fun a => P r a * (IZR (outcome K r a 4) / U - IZR (entry (log_p K) r a) / D)))).
  { unfold at_zero. rewrite plus_IZR, !mult_IZR, total_sum. fold U D. unfold Rdiv at 1. rewrite Rmult_plus_distr_r. f_equal; [field; lra|].
    rewrite <- sum_scal_r. apply sum_ext. intros r _. rewrite mult_IZR, total_sum.
    match goal with |- ?w * ?s * _ = _ => replace (w * s * / (U * U * (D * D))) with (w / U * (s * / (U * (D * D)))) by (field; lra) end. f_equal.
    rewrite <- sum_scal_r. apply sum_ext. intros a _. rewrite mult_IZR, minus_IZR, !mult_IZR. fold U D. unfold P. field. lra. }
  assert (B : sum N (fun i => sum N (fun j => IZR (slopes K i j) * X i j)) / (U * U * D)
    = sum (terms K) (fun r => IZR (at_ (weights K) r) / U * sum (many K r) (fun a => P r a * (IZR (outcome K r a 3) * X (place (outcome K r a) 0) (place (outcome K r a) 1) / U)))
      + sum (length (affine K)) (fun e => IZR (entry (affine K) e 2) / U * X (place (entry (affine K) e) 0) (place (entry (affine K) e) 1))).
  { rewrite (sum_ext N _ (fun i => sum N (fun j =>
        sum (terms K) (fun r => IZR (at_ (weights K) r) * sum (many K r) (fun a => (if here (outcome K r a) i j then IZR (entry (p K) r a) * IZR (outcome K r a 3) else 0) * X i j))
        + U * D * sum (length (affine K)) (fun e => (if here (entry (affine K) e) i j then IZR (entry (affine K) e 2) else 0) * X i j)))).
    2:{ intros i _. apply sum_ext. intros j _. unfold slopes. rewrite plus_IZR, !mult_IZR, !total_sum. fold U D.
        rewrite Rmult_plus_distr_r. f_equal.
        - rewrite <- sum_scal_r. apply sum_ext. intros r _. rewrite mult_IZR, total_sum, Rmult_assoc, <- sum_scal_r. f_equal. apply sum_ext. intros a _.
          destruct (here (outcome K r a) i j); [rewrite mult_IZR|]; reflexivity.
        - rewrite Rmult_assoc, <- sum_scal_r. f_equal. apply sum_ext. intros e _. destruct (here (entry (affine K) e) i j); reflexivity. }
    rewrite (sum_ext N _ (fun i =>
        sum (terms K) (fun r => IZR (at_ (weights K) r) * sum (many K r) (fun a => sum N (fun j => (if here (outcome K r a) i j then IZR (entry (p K) r a) * IZR (outcome K r a 3) else 0) * X i j)))
        + U * D * sum (length (affine K)) (fun e => sum N (fun j => (if here (entry (affine K) e) i j then IZR (entry (affine K) e 2) else 0) * X i j)))).
    2:{ intros i _. rewrite sum_plus. f_equal.
        - rewrite sum_swap. apply sum_ext. intros r _. rewrite sum_scal. f_equal. apply sum_swap.
        - rewrite sum_scal. f_equal. apply sum_swap. }
    rewrite sum_plus, sum_scal. unfold Rdiv at 1. rewrite Rmult_plus_distr_r. f_equal.
    - rewrite sum_swap, <- sum_scal_r. apply sum_ext. intros r Lr. rewrite sum_scal, sum_swap.
      match goal with |- ?w * ?s * _ = _ => replace (w * s * / (U * U * D)) with (w / U * (s * / (U * D))) by (field; lra) end. f_equal.
      rewrite <- sum_scal_r. apply sum_ext. intros a La. destruct (outcome_facts r a Lr La) as (I & J & _).
      rewrite <- (at_place (IZR (entry (p K) r a) * IZR (outcome K r a 3)) (outcome K r a) X I J). unfold P. field. lra.
    - rewrite sum_swap. rewrite <- sum_scal, <- sum_scal_r. apply sum_ext. intros e Le. destruct (In e Le) as [I J].
      rewrite <- (at_place (IZR (entry (affine K) e 2)) (entry (affine K) e) X I J). field. lra. }
  rewrite A, B. rewrite <- !Rplus_assoc. f_equal. rewrite Rplus_assoc. f_equal. rewrite <- sum_plus. apply sum_ext. intros r _.
  rewrite <- Rmult_plus_distr_l, <- sum_plus. f_equal. apply sum_ext. intros a _. unfold exponent. fold U. field. lra.
Qed.

Lemma minorant_sound X :
  IZR (at_zero K) / (U * U * (D * D)) + sum N (fun i => sum N (fun j => IZR (slopes K i j) * X i j)) / (U * U * D) <= node_value K X.
Proof.
  rewrite gathered. unfold node_value. fold U. apply Rplus_le_compat_r, Rplus_le_compat_l. apply sum_le. intros r Lr.
  destruct facts as (Up & _). apply Rmult_le_compat_l; [|apply (term_sound X r Lr)].
  apply Rmult_le_pos; [exact (weight_nonneg r Lr) | left; apply Rinv_0_lt_compat; exact Up].
Qed.

(** No entry of a Gram matrix is larger than the mean of the two squares. *)
Let entry_mean d H i j : Rabs (gram d H i j) <= (gram d H i i + gram d H j j) / 2.
Proof.
  assert (A : 0 <= gram d H i i + 2 * gram d H i j + gram d H j j).
  { replace (gram d H i i + 2 * gram d H i j + gram d H j j) with (sum d (fun l => (H i l + H j l) * (H i l + H j l))).
    - apply sum_nonneg. intros. exact (Rle_0_sqr _).
    - unfold gram. rewrite <- sum_scal, <- !sum_plus. apply sum_ext. intros. ring. }
  assert (B : 0 <= gram d H i i - 2 * gram d H i j + gram d H j j).
  { replace (gram d H i i - 2 * gram d H i j + gram d H j j) with (sum d (fun l => (H i l - H j l) * (H i l - H j l))).
    - apply sum_nonneg. intros. exact (Rle_0_sqr _).
    - unfold gram. rewrite <- sum_scal, <- sum_minus, <- sum_plus. apply sum_ext. intros. ring. }
  apply Rabs_le. lra.
Qed.

Let error_symmetric i j : error K i j = error K j i.
Proof.
  unfold error. rewrite (Z.add_comm (slopes K j i)). do 2 f_equal. unfold inner.
  generalize (width (factor K)). induction n as [|n IH]; simpl; [reflexivity|]. rewrite IH, (Z.mul_comm (entry _ j _)). reflexivity.
Qed.

(** Each node pays for its own residual. *)
Lemma slack_sound d H : let X := gram d H in
  sum N (fun i => IZR (slack K i) * X i i) / (U * U * (D * D)) <= 2 * sum N (fun i => sum N (fun j => IZR (slopes K i j) * X i j)) / (U * U * D).
Proof.
  intros X. destruct facts as (Up & Dp & _).
  assert (Q : sum N (fun i => IZR (slack K i) * X i i) <= sum N (fun i => sum N (fun j => IZR (error K i j) * X i j))).
  { set (a := fun i j => if (j =? i)%nat then IZR (error K i j) else - Rabs (IZR (error K i j))).
    assert (S : forall i j, a i j = a j i).
    { intros i j. unfold a. rewrite (Nat.eqb_sym j i), (error_symmetric i j). reflexivity. }
    apply Rle_trans with (sum N (fun i => sum N (fun j => a i j * ((X i i + X j j) / 2)))).
    - right. transitivity (sum N (fun i => sum N (fun j => a i j * X i i / 2)) + sum N (fun i => sum N (fun j => a i j * X j j / 2))).
      + rewrite (sum_swap N N (fun i j => a i j * X j j / 2)), <- sum_plus. apply sum_ext. intros i _.
        rewrite <- sum_plus. unfold slack. rewrite total_sum, <- sum_scal_r. apply sum_ext. intros j _. rewrite (S j i). unfold a.
        destruct (j =? i)%nat; [|rewrite opp_IZR, abs_IZR]; field.
      + rewrite <- sum_plus. apply sum_ext. intros i _. rewrite <- sum_plus. apply sum_ext. intros j _. field.
    - apply sum_le. intros i _. apply sum_le. intros j _. unfold a. destruct (Nat.eqb_spec j i) as [->|Ne]; [lra|].
      pose proof (entry_mean d H i j) as M. fold (X i j) (X i i) (X j j) in M. pose proof (Rabs_pos (IZR (error K i j))).
      pose proof (Rle_abs (- (IZR (error K i j) * X i j))) as B. rewrite Rabs_Ropp, Rabs_mult in B.
      apply (Rmult_le_compat_l (Rabs (IZR (error K i j)))) in M; lra. }
  assert (Psd : psd N X).
  { intros x. unfold X. rewrite quadratic_gram. apply sum_nonneg. intros. exact (Rle_0_sqr _). }
  pose proof (inner_psd N (factor K) X Psd) as I.
  assert (E : sum N (fun i => sum N (fun j => IZR (error K i j) * X i j))
    = 2 * D * sum N (fun i => sum N (fun j => IZR (slopes K i j) * X i j)) - U * U * sum N (fun i => sum N (fun j => IZR (inner (factor K) i j) * X i j))).
  { assert (Flip : sum N (fun i => sum N (fun j => IZR (slopes K j i) * X i j)) = sum N (fun i => sum N (fun j => IZR (slopes K i j) * X i j))).
    { rewrite sum_swap. apply sum_ext. intros i _. apply sum_ext. intros j _. f_equal. unfold X, gram. apply sum_ext. intros. ring. }
    transitivity (D * sum N (fun i => sum N (fun j => IZR (slopes K i j) * X i j)) + D * sum N (fun i => sum N (fun j => IZR (slopes K j i) * X i j))
      - U * U * sum N (fun i => sum N (fun j => IZR (inner (factor K) i j) * X i j))).
    - rewrite <- !sum_scal, <- sum_plus, <- sum_minus. apply sum_ext. intros i _. rewrite <- !sum_scal, <- sum_plus, <- sum_minus.
      apply sum_ext. intros j _. unfold error. rewrite minus_IZR, !mult_IZR, plus_IZR. fold D U. ring.
    - rewrite Flip. ring. }
  rewrite E in Q. apply (Rmult_le_reg_r (U * U * (D * D))); [repeat apply Rmult_lt_0_compat; assumption|].
  set (s := sum N (fun i => sum N (fun j => IZR (slopes K i j) * X i j))) in *.
  set (t := sum N (fun i => IZR (slack K i) * X i i)) in *.
  replace (t / (U * U * (D * D)) * (U * U * (D * D))) with t by (field; lra).
  replace (2 * s / (U * U * D) * (U * U * (D * D))) with (2 * D * s) by (field; lra).
  assert (0 <= U * U * sum N (fun i => sum N (fun j => IZR (inner (factor K) i j) * X i j))) by (apply Rmult_le_pos; [nra | exact I]). lra.
Qed.

Lemma least_sound d H i : all N (slack_ok K) = true -> feasible K d H -> (i < N)%nat -> IZR (least K i) / U <= IZR (slack K i) * gram d H i i.
Proof.
  intros Ok F L. pose proof (all_true _ _ Ok i L) as O. pose proof (F i L) as Fi. destruct facts as (Up & _).
  assert (Sq : 0 <= gram d H i i) by (apply sum_nonneg; intros; exact (Rle_0_sqr _)).
  unfold slack_ok in O. unfold least. fold U in Fi. destruct (kind K i =? 0)%Z.
  - rewrite mult_IZR, Fi. right. field. lra.
  - destruct (kind K i =? 1)%Z.
    + rewrite mult_IZR. set (m := IZR (Z.min 0 (slack K i))).
      assert (M : m <= 0) by (apply IZR_le, Z.le_min_l). assert (M' : m <= IZR (slack K i)) by (apply IZR_le, Z.le_min_r).
      apply Rle_trans with (m * gram d H i i); [|apply Rmult_le_compat_r; assumption].
      replace (m * IZR (square_bound K i) / U) with (m * (IZR (square_bound K i) / U)) by (field; lra).
      apply Rmult_le_compat_neg_l; assumption.
    + apply Z.leb_le, IZR_le in O. unfold Rdiv. rewrite Rmult_0_l. apply Rmult_le_pos; assumption.
Qed.

End Lower.

(** The lower bound, at every feasible point in every dimension. *)
Theorem nodes_lower_sound : lower_ok K = true -> forall d H, feasible K d H -> IZR (lower_num K) / IZR (lower_den K) <= node_value K (gram d H).
Proof.
  intros R d H F. unfold lower_ok in R. rewrite !andb_true_iff in R. destruct R as [[T S] Fin].
  destruct facts as (Up & Dp & Ld & _). refine (Rle_trans _ _ _ _ (minorant_sound T (gram d H))).
  pose proof (slack_sound d H) as Sl. simpl in Sl.
  assert (Le : sum N (fun i => IZR (least K i)) / U <= sum N (fun i => IZR (slack K i) * gram d H i i)).
  { unfold Rdiv. rewrite <- sum_scal_r. apply sum_le. intros i L. exact (least_sound d H i S F L). }
  apply Z.leb_le, IZR_le in Fin. rewrite !mult_IZR, plus_IZR, !mult_IZR, total_sum in Fin. fold N U D in Fin.
  set (l := sum N (fun i => IZR (least K i))) in *. set (t := sum N (fun i => IZR (slack K i) * gram d H i i)) in *.
  set (s := sum N (fun i => sum N (fun j => IZR (slopes K i j) * gram d H i j))) in *.
  apply Rle_trans with (IZR (at_zero K) / (U * U * (D * D)) + l / (2 * (U * U * U) * (D * D))).
  - apply (Rmult_le_reg_r (IZR (lower_den K) * (2 * (U * U * U) * (D * D)))); [repeat apply Rmult_lt_0_compat; lra|].
    replace (IZR (lower_num K) / IZR (lower_den K) * (IZR (lower_den K) * (2 * (U * U * U) * (D * D)))) with (IZR (lower_num K) * (2 * (U * U * U) * (D * D))) by (field; lra).
    replace ((IZR (at_zero K) / (U * U * (D * D)) + l / (2 * (U * U * U) * (D * D))) * (IZR (lower_den K) * (2 * (U * U * U) * (D * D))))
      with (IZR (lower_den K) * (2 * U * IZR (at_zero K) + l)) by (field; lra).
    exact Fin.
  - apply Rplus_le_compat_l. apply (Rmult_le_reg_r 2); [lra|].
    replace (l / (2 * (U * U * U) * (D * D)) * 2) with (l / U / (U * U * (D * D))) by (field; lra).
    replace (s / (U * U * D) * 2) with (2 * s / (U * U * D)) by (field; lra).
    refine (Rle_trans _ _ _ _ Sl). apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; repeat apply Rmult_lt_0_compat; assumption | exact Le].
Qed.

Section Upper.
Hypothesis Terms : all (terms K) (term_ok K) = true.
Hypothesis Upper : upper_ok K = true.

Let G i j := IZR (inner (points K) i j).
Let factor_of i := if (kind K i =? 0)%Z then sqrt (IZR (square_bound K i) / (U * G i i)) else / D.
Let embedding i l := factor_of i * IZR (entry (points K) i l).
Let low i := IZR (at_ (lows K) i).
Let high i := IZR (at_ (highs K) i).

Let parts : (forall i, (i < N)%nat -> norm_ok K i = true) /\ (forall r, (r < terms K)%nat -> log_ok K r = true).
Proof.
  unfold upper_ok in Upper. rewrite !andb_true_iff in Upper. destruct Upper as [[A B] _]. split; [exact (all_true _ _ A) | exact (all_true _ _ B)].
Qed.

Let D2 : 0 < D * D.
Proof. destruct facts as (_ & Dp & _). nra. Qed.

Let embedded i j : gram (width (points K)) embedding i j = factor_of i * factor_of j * G i j.
Proof.
  unfold gram, embedding, G, inner. rewrite total_sum, <- sum_scal. apply sum_ext. intros. rewrite mult_IZR. ring.
Qed.

Let square_root_between a x b : 0 <= a -> 0 <= b -> a * a <= x <= b * b -> a <= sqrt x <= b.
Proof.
  intros A B [L R]. split; [rewrite <- (sqrt_square a A) | rewrite <- (sqrt_square b B)]; apply sqrt_le_1_alt; assumption.
Qed.

Let factor_bounds i : (i < N)%nat -> 0 <= low i /\ low i / (D * D) <= factor_of i <= high i / (D * D).
Proof.
  intros L. pose proof (proj1 parts i L) as O. unfold norm_ok in O. rewrite !andb_true_iff, !Z.leb_le in O. destruct O as [[A B] O].
  apply IZR_le in A, B. fold (low i) in A. fold (high i) in B. destruct facts as (Up & Dp & _). split; [exact A|]. unfold factor_of.
  destruct (kind K i =? 0)%Z.
  - rewrite !andb_true_iff, Z.ltb_lt, !Z.leb_le in O. destruct O as [[P1 P2] P3]. apply IZR_lt in P1. apply IZR_le in P2, P3.
    rewrite !mult_IZR in P2, P3. fold (low i) (G i i) U D in P2. fold (high i) (G i i) U D in P3. fold (G i i) in P1.
    assert (UG : 0 < U * G i i) by (apply Rmult_lt_0_compat; assumption). assert (D4 : 0 < D * D * (D * D)) by nra.
    apply square_root_between; [apply Rmult_le_pos; [exact A | left; apply Rinv_0_lt_compat; exact D2] | apply Rmult_le_pos; [exact B | left; apply Rinv_0_lt_compat; exact D2]|].
    split; apply (Rmult_le_reg_r (D * D * (D * D) * (U * G i i))); try (apply Rmult_lt_0_compat; assumption).
    + replace (low i / (D * D) * (low i / (D * D)) * (D * D * (D * D) * (U * G i i))) with (low i * low i * (G i i * U)) by (field; lra).
      replace (IZR (square_bound K i) / (U * G i i) * (D * D * (D * D) * (U * G i i))) with (IZR (square_bound K i) * (D * D * (D * D))) by (field; lra). exact P2.
    + replace (high i / (D * D) * (high i / (D * D)) * (D * D * (D * D) * (U * G i i))) with (high i * high i * (G i i * U)) by (field; lra).
      replace (IZR (square_bound K i) / (U * G i i) * (D * D * (D * D) * (U * G i i))) with (IZR (square_bound K i) * (D * D * (D * D))) by (field; lra). exact P3.
  - rewrite !andb_true_iff, !Z.eqb_eq in O. destruct O as [[E E'] _]. unfold low, high. rewrite E, E'. fold D.
    replace (D / (D * D)) with (/ D) by (field; lra). lra.
Qed.

Let entry_bounds_of i j : (i < N)%nat -> (j < N)%nat ->
  IZR (entry_below K i j) / (D * D * (D * D)) <= gram (width (points K)) embedding i j <= IZR (entry_above K i j) / (D * D * (D * D)).
Proof.
  intros Li Lj. destruct (factor_bounds i Li) as [Ai [Bi Ci]]. destruct (factor_bounds j Lj) as [Aj [Bj Cj]]. rewrite embedded.
  assert (Pi : 0 <= low i / (D * D)) by (apply Rmult_le_pos; [exact Ai | left; apply Rinv_0_lt_compat; exact D2]).
  assert (Pj : 0 <= low j / (D * D)) by (apply Rmult_le_pos; [exact Aj | left; apply Rinv_0_lt_compat; exact D2]).
  assert (L : low i * low j / (D * D * (D * D)) <= factor_of i * factor_of j).
  { destruct facts as (_ & Dp & _). replace (low i * low j / (D * D * (D * D))) with (low i / (D * D) * (low j / (D * D))) by (field; lra). apply Rmult_le_compat; assumption. }
  assert (R : factor_of i * factor_of j <= high i * high j / (D * D * (D * D))).
  { destruct facts as (_ & Dp & _). replace (high i * high j / (D * D * (D * D))) with (high i / (D * D) * (high j / (D * D))) by (field; lra). apply Rmult_le_compat; lra. }
  destruct facts as (_ & Dp & _). assert (D4 : D * D * (D * D) <> 0) by (apply Rgt_not_eq; nra).
  unfold entry_below, entry_above. destruct (Z.leb_spec 0 (inner (points K) i j)) as [P|P].
  - apply IZR_le in P. rewrite !mult_IZR. fold (low i) (low j) (high i) (high j) (G i j) in *. split.
    + replace (low i * low j * G i j / (D * D * (D * D))) with (low i * low j / (D * D * (D * D)) * G i j) by (field; lra). apply Rmult_le_compat_r; assumption.
    + replace (high i * high j * G i j / (D * D * (D * D))) with (high i * high j / (D * D * (D * D)) * G i j) by (field; lra). apply Rmult_le_compat_r; assumption.
  - apply IZR_lt in P. rewrite !mult_IZR. fold (low i) (low j) (high i) (high j) (G i j) in *. split.
    + replace (high i * high j * G i j / (D * D * (D * D))) with (G i j * (high i * high j / (D * D * (D * D)))) by (field; lra). rewrite (Rmult_comm _ (G i j)). apply Rmult_le_compat_neg_l; lra.
    + replace (low i * low j * G i j / (D * D * (D * D))) with (G i j * (low i * low j / (D * D * (D * D)))) by (field; lra). rewrite (Rmult_comm _ (G i j)). apply Rmult_le_compat_neg_l; lra.
Qed.

Let times_sound x l : inside K (l 0%nat) = true -> inside K (l 1%nat) = true ->
  IZR x * gram (width (points K)) embedding (place l 0) (place l 1) <= IZR (times_above K x l) / (D * D * (D * D)).
Proof.
  intros I J. destruct (inside_place _ I) as [Li _]. destruct (inside_place _ J) as [Lj _]. unfold times_above.
  destruct (entry_bounds_of (place l 0) (place l 1) Li Lj) as [A B]. destruct facts as (_ & Dp & _).
  destruct (Z.leb_spec 0 x) as [P|P]; rewrite mult_IZR.
  - apply IZR_le in P. unfold Rdiv. rewrite Rmult_assoc. apply Rmult_le_compat_l; assumption.
  - apply IZR_lt in P. unfold Rdiv. rewrite Rmult_assoc. apply Rmult_le_compat_neg_l; [lra | assumption].
Qed.

Let outcome_inside r a : (r < terms K)%nat -> (a < many K r)%nat ->
  inside K (outcome K r a 0) = true /\ inside K (outcome K r a 1) = true /\ 0 <= IZR (outcome K r a 2).
Proof.
  intros Lr La. pose proof (all_true _ _ Terms r Lr) as T. unfold term_ok in T. rewrite !andb_true_iff in T. destruct T as [_ A].
  apply (fun E => all_true _ _ E a La) in A. unfold outcome_ok in A. rewrite !andb_true_iff, !Z.leb_le in A. destruct A as [[[[I J] Cp] _] _].
  repeat split; try assumption. apply IZR_le, Cp.
Qed.

Let X := gram (width (points K)) embedding.

Let exponential_sound r a : (r < terms K)%nat -> (a < many K r)%nat -> exp (exponent K X r a) <= IZR (entry (exponentials K) r a) / D.
Proof.
  intros Lr La. destruct (outcome_inside r a Lr La) as (I & J & _). destruct facts as (Up & Dp & _).
  pose proof (proj2 parts r Lr) as O. unfold log_ok in O. apply andb_prop in O. destruct O as [O _].
  apply (fun E => all_true _ _ E a La) in O. unfold exponential_ok in O. apply Z.leb_le, IZR_le in O. rewrite !mult_IZR in O. fold D in O.
  set (num := (times_above K (outcome K r a 3) (outcome K r a) + outcome K r a 4 * (scale K * scale K * (scale K * scale K)))%Z) in *.
  set (den := (unit K * (scale K * scale K * (scale K * scale K)))%Z) in *.
  assert (Den : IZR den = U * (D * D * (D * D))) by (unfold den; rewrite !mult_IZR; reflexivity).
  assert (D4 : 0 < D * D * (D * D)) by (pose proof D2; nra).
  assert (DenP : 0 < IZR den) by (rewrite Den; apply Rmult_lt_0_compat; assumption).
  destruct (exp_below_sound (scale K) (halvings K) (half_terms K) (- num) den scale_positive (lt_IZR _ _ DenP)) as [B0 B].
  set (b := IZR (exp_below _ _ _ _ _)) in *. apply IZR_le in B0. fold b in B0. fold D in B. rewrite opp_IZR in B.
  set (E := IZR (entry (exponentials K) r a)) in *.
  assert (Bp : 0 < b) by (destruct B0 as [B0|B0]; [exact B0 | rewrite <- B0 in O; pose proof D2; lra]).
  apply Rle_trans with (exp (IZR num / IZR den)).
  - apply exp_monotone. rewrite Den. unfold exponent. fold U. pose proof (times_sound (outcome K r a 3) (outcome K r a) I J) as T. fold X in T.
    apply (Rmult_le_reg_r U); [exact Up|].
    replace ((IZR (outcome K r a 3) * X (place (outcome K r a) 0) (place (outcome K r a) 1) + IZR (outcome K r a 4)) / U * U)
      with (IZR (outcome K r a 3) * X (place (outcome K r a) 0) (place (outcome K r a) 1) + IZR (outcome K r a 4)) by (field; lra).
    unfold num. rewrite plus_IZR, !mult_IZR. fold D.
    replace ((IZR (times_above K (outcome K r a 3) (outcome K r a)) + IZR (outcome K r a 4) * (D * D * (D * D))) / (U * (D * D * (D * D))) * U)
      with (IZR (times_above K (outcome K r a 3) (outcome K r a)) / (D * D * (D * D)) + IZR (outcome K r a 4)) by (field; lra). lra.
  - replace (IZR num / IZR den) with (- (- IZR num / IZR den)) by (field; lra). rewrite exp_Ropp. apply Rle_trans with (/ (b / D)).
    + apply Rinv_le_contravar; [apply Rdiv_lt_0_compat; assumption | exact B].
    + apply (Rmult_le_reg_r (D * b)); [apply Rmult_lt_0_compat; assumption|].
      replace (/ (b / D) * (D * b)) with (D * D) by (field; lra). replace (E / D * (D * b)) with (E * b) by (field; lra). exact O.
Qed.

Let term_above r : (r < terms K)%nat ->
  ln (sum (many K r) (fun a => IZR (outcome K r a 2) / U * exp (exponent K X r a))) <= IZR (at_ (logs K) r) / D.
Proof.
  intros Lr. destruct facts as (Up & Dp & _). set (c := fun a => IZR (outcome K r a 2) / U).
  assert (Cp : forall a, (a < many K r)%nat -> 0 <= c a).
  { intros a La. destruct (outcome_inside r a Lr La) as (_ & _ & Q). apply Rmult_le_pos; [exact Q | left; apply Rinv_0_lt_compat; exact Up]. }
  apply log_sound.
  - destruct (Rle_lt_or_eq_dec 0 _ (exponentials_nonneg (many K r) c (exponent K X r) Cp)) as [P|P]; [exact P|].
    pose proof (exponentials_zero (many K r) c (exponent K X r) (fun _ => 0) Cp (eq_sym P)) as Z. simpl in Z.
    pose proof (all_true _ _ Terms r Lr) as T. unfold term_ok in T. rewrite !andb_true_iff, Z.ltb_lt in T. destruct T as [[[_ T] _] _].
    apply IZR_lt in T. rewrite total_sum in T.
    rewrite (sum_ext (many K r) _ (fun a => IZR (outcome K r a 2) * / U)) in Z by (intros; rewrite exp_0; unfold c, Rdiv; ring).
    rewrite sum_scal_r in Z. apply Rmult_integral in Z. pose proof (Rinv_0_lt_compat U Up). lra.
  - pose proof (proj2 parts r Lr) as O. unfold log_ok in O. apply andb_prop in O. destruct O as [_ O]. apply Z.leb_le, IZR_le in O.
    rewrite mult_IZR, total_sum in O. fold U in O. apply (Rmult_le_reg_l U); [exact Up|]. refine (Rle_trans _ _ _ _ O).
    rewrite <- sum_scal_r, <- sum_scal. apply sum_le. intros a La. rewrite mult_IZR.
    replace (U * (IZR (outcome K r a 2) / U * exp (exponent K X r a) * D)) with (IZR (outcome K r a 2) * (exp (exponent K X r a) * D)) by (field; lra).
    apply Rmult_le_compat_l; [apply (outcome_inside r a Lr La)|]. pose proof (exponential_sound r a Lr La) as E.
    apply (Rmult_le_compat_r D) in E; [|lra]. replace (IZR (entry (exponentials K) r a) / D * D) with (IZR (entry (exponentials K) r a)) in E by (field; lra). exact E.
Qed.

Let weight_nonneg' r : (r < terms K)%nat -> 0 <= IZR (at_ (weights K) r).
Proof.
  intros Lr. pose proof (all_true _ _ Terms r Lr) as T. unfold term_ok in T. rewrite !andb_true_iff, !Z.leb_le in T. apply IZR_le, T.
Qed.

(** A feasible point in as many dimensions as the vectors have, with a loss of at most the claimed upper bound. *)
Lemma nodes_upper_sound : exists H, feasible K (width (points K)) H /\ node_value K (gram (width (points K)) H) <= IZR (upper_num K) / IZR (upper_den K).
Proof.
  exists embedding. destruct facts as (Up & Dp & _ & Ud & In). split.
  - intros i L. pose proof (proj1 parts i L) as O. unfold norm_ok in O. rewrite !andb_true_iff in O. destruct O as [_ O].
    rewrite embedded. unfold factor_of. fold U. destruct (kind K i =? 0)%Z.
    + rewrite !andb_true_iff, Z.ltb_lt, !Z.leb_le in O. destruct O as [[P1 P2] P3]. apply IZR_lt in P1. fold (G i i) in P1.
      assert (Q : 0 <= IZR (square_bound K i)).
      { apply IZR_le in P2. rewrite !mult_IZR in P2. fold (low i) (G i i) U D in P2. pose proof (Rle_0_sqr (low i)) as S. unfold Rsqr in S.
        assert (0 <= low i * low i * (G i i * U)) by (apply Rmult_le_pos; [exact S | nra]). assert (0 < D * D * (D * D)) by (pose proof D2; nra). nra. }
      rewrite sqrt_sqrt; [field; lra|]. apply Rmult_le_pos; [exact Q | left; apply Rinv_0_lt_compat; nra].
    + destruct (kind K i =? 1)%Z; [|exact I]. rewrite !andb_true_iff, Z.leb_le in O. destruct O as [_ O]. apply IZR_le in O. rewrite !mult_IZR in O.
      fold (G i i) U D in O. apply (Rmult_le_reg_r (D * D * U)); [pose proof D2; nra|].
      replace (/ D * / D * G i i * (D * D * U)) with (G i i * U) by (field; lra).
      replace (IZR (square_bound K i) / U * (D * D * U)) with (IZR (square_bound K i) * (D * D)) by (field; lra). exact O.
  - fold X. unfold upper_ok in Upper. rewrite !andb_true_iff in Upper. destruct Upper as [_ Fin]. apply Z.leb_le, IZR_le in Fin.
    rewrite !mult_IZR, !plus_IZR, !mult_IZR, !total_sum in Fin. fold U D in Fin.
    assert (D4 : 0 < D * D * (D * D)) by (pose proof D2; nra).
    rewrite (sum_ext (terms K) _ (fun r => IZR (at_ (weights K) r) * IZR (at_ (logs K) r))) in Fin by (intros; apply mult_IZR).
    set (l := sum (terms K) _) in Fin. set (t := sum (length (affine K)) _) in Fin.
    apply Rle_trans with (IZR (constant K) / U + l / (U * D) + t / (U * (D * D * (D * D)))).
    + unfold node_value. fold U. apply Rplus_le_compat; [apply Rplus_le_compat_l|].
      * unfold l, Rdiv. rewrite <- sum_scal_r. apply sum_le. intros r Lr. pose proof (term_above r Lr) as T. pose proof (weight_nonneg' r Lr) as W.
        replace (IZR (at_ (weights K) r) * IZR (at_ (logs K) r) * / (U * D)) with (IZR (at_ (weights K) r) * / U * (IZR (at_ (logs K) r) / D)) by (field; lra).
        apply Rmult_le_compat_l; [apply Rmult_le_pos; [exact W | left; apply Rinv_0_lt_compat; exact Up] | exact T].
      * unfold t, Rdiv. rewrite <- sum_scal_r. apply sum_le. intros e Le. destruct (In e Le) as [Ie Je].
        pose proof (times_sound (entry (affine K) e 2) (entry (affine K) e) Ie Je) as T. fold X in T.
        apply (Rmult_le_compat_r (/ U)) in T; [|left; apply Rinv_0_lt_compat; exact Up].
        replace (IZR (times_above K (entry (affine K) e 2) (entry (affine K) e)) * / (U * (D * D * (D * D))))
          with (IZR (times_above K (entry (affine K) e 2) (entry (affine K) e)) / (D * D * (D * D)) * / U) by (field; lra). lra.
    + apply (Rmult_le_reg_r (IZR (upper_den K) * (U * (D * D * (D * D))))); [repeat apply Rmult_lt_0_compat; assumption|].
      replace ((IZR (constant K) / U + l / (U * D) + t / (U * (D * D * (D * D)))) * (IZR (upper_den K) * (U * (D * D * (D * D)))))
        with (IZR (upper_den K) * (IZR (constant K) * (D * D * (D * D)) + D * D * D * l + t)) by (field; lra).
      replace (IZR (upper_num K) / IZR (upper_den K) * (IZR (upper_den K) * (U * (D * D * (D * D))))) with (IZR (upper_num K) * (U * (D * D * (D * D)))) by (field; lra).
      exact Fin.
Qed.

End Upper.

End Soundness.

(** What `check_nodes K = true` says: the lower bound holds at every feasible point of every dimension, and a feasible point attains the upper one. *)
Definition nodes_between (K : node_certificate) : Prop :=
  (forall d H, feasible K d H -> IZR (lower_num K) / IZR (lower_den K) <= node_value K (gram d H)) /\
  (exists H, feasible K (width (points K)) H /\ node_value K (gram (width (points K)) H) <= IZR (upper_num K) / IZR (upper_den K)).

Theorem check_nodes_sound K : check_nodes K = true -> nodes_between K.
Proof.
  unfold check_nodes. rewrite !andb_true_iff. intros [[O L] U]. split; [exact (nodes_lower_sound K O L)|].
  unfold lower_ok in L. rewrite !andb_true_iff in L. destruct L as [[T _] _]. exact (nodes_upper_sound K O T U).
Qed.
