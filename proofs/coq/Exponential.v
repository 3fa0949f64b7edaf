(** A lower bound of exp at a rational, computed in integers: Taylor at x / 2^halvings, then repeated squaring. *)

From Coq Require Import Reals ZArith Lra Lia.
From Scverify Require Import Rows.
Open Scope R_scope.

(** Taylor polynomials in Horner form: 1 + x/i (1 + x/(i+1) (... )), `terms` factors. *)
Fixpoint horner (terms : nat) (i x : R) : R :=
  match terms with
  | O => 1
  | S m => 1 + x / i * horner m (i + 1) x
  end.

Fixpoint power_term (i : nat) (x : R) : R :=
  match i with
  | O => 1
  | S j => power_term j x * x / INR (S j)
  end.

Fixpoint taylor (terms : nat) (x : R) : R :=
  match terms with
  | O => 1
  | S m => taylor m x + power_term (S m) x
  end.

Lemma power_term_derivative i x : derivable_pt_lim (power_term (S i)) x (power_term i x).
Proof.
  induction i as [|i IH].
  - replace (power_term 0 x) with ((1 * 1) / 1) by (simpl; field).
    apply derivable_pt_lim_ext with (f := fun t => / 1 * t).
    + intros t. simpl. field.
    + replace (1 * 1 / 1) with (/ 1 * 1) by field.
      apply (derivable_pt_lim_scal id (/ 1) x 1). apply derivable_pt_lim_id.
  - apply derivable_pt_lim_ext with (f := fun t => / INR (S (S i)) * (power_term (S i) t * t)).
    + intros t. change (power_term (S (S i)) t) with (power_term (S i) t * t / INR (S (S i))). unfold Rdiv. ring.
    + replace (power_term (S i) x) with (/ INR (S (S i)) * (power_term i x * x + power_term (S i) x * 1)).
      * apply (derivable_pt_lim_scal (fun t => power_term (S i) t * t)).
        apply (derivable_pt_lim_mult (power_term (S i)) id); [exact IH | apply derivable_pt_lim_id].
      * change (power_term (S i) x) with (power_term i x * x / INR (S i)). rewrite (S_INR (S i)).
        assert (0 < INR (S i)) by (apply lt_0_INR; lia). field. lra.
Qed.

Lemma taylor_derivative m x : derivable_pt_lim (taylor (S m)) x (taylor m x).
Proof.
  induction m as [|m IH].
  - replace (taylor 0 x) with (0 + power_term 0 x) by (simpl; ring).
    apply (derivable_pt_lim_plus (fun _ => 1) (power_term 1)); [apply derivable_pt_lim_const | apply power_term_derivative].
  - apply (derivable_pt_lim_plus (taylor (S m)) (power_term (S (S m)))); [exact IH | apply power_term_derivative].
Qed.

Lemma taylor_at_zero m : taylor m 0 = 1.
Proof. induction m as [|m IH]; simpl taylor; [reflexivity|]. rewrite IH. change (power_term (S m) 0) with (power_term m 0 * 0 / INR (S m)). unfold Rdiv. ring. Qed.

(** A function that starts at 0 and never falls is non-negative. *)
Lemma grows f f' y : f 0 = 0 -> (forall t, derivable_pt_lim f t (f' t)) -> (forall t, 0 <= t -> 0 <= f' t) -> 0 <= y -> 0 <= f y.
Proof.
  intros Z D P [L|<-]; [|lra]. destruct (MVT_cor2 f f' 0 y L (fun t _ => D t)) as [t [E [A _]]].
  assert (0 <= f' t * (y - 0)) by (apply Rmult_le_pos; [apply P; lra | lra]). lra.
Qed.

Lemma taylor_below_right m y : 0 <= y -> 0 <= exp y - taylor m y.
Proof.
  revert y. induction m as [|m IH]; intros y P; [simpl; pose proof (exp_ineq1_le y); lra|].
  apply (grows (fun t => exp t - taylor (S m) t) (fun t => exp t - taylor m t)); auto.
  - rewrite exp_0, taylor_at_zero. ring.
  - intros t. apply (derivable_pt_lim_minus exp (taylor (S m))); [apply derivable_pt_lim_exp | apply taylor_derivative].
Qed.

Lemma derivative_mirrored f f' : (forall t, derivable_pt_lim f t (f' t)) -> forall t, derivable_pt_lim (fun u => f (- u)) t (- f' (- t)).
Proof.
  intros D t. replace (- f' (- t)) with (f' (- t) * -1) by ring.
  apply (derivable_pt_lim_comp (fun u => - u) f); [|apply D].
  apply (derivable_pt_lim_opp id t 1). apply derivable_pt_lim_id.
Qed.

(** To the left of 0 the Taylor polynomials lie above and below exp in turn. *)
Lemma taylor_left m y : 0 <= y ->
  0 <= taylor (2 * m) (- y) - exp (- y) /\ 0 <= exp (- y) - taylor (S (2 * m)) (- y).
Proof.
  assert (Step : forall q, (forall y, 0 <= y -> 0 <= taylor q (- y) - exp (- y)) -> forall y, 0 <= y -> 0 <= exp (- y) - taylor (S q) (- y)).
  { intros q P u. apply (grows (fun t => exp (- t) - taylor (S q) (- t)) (fun t => - exp (- t) - - taylor q (- t))).
    - rewrite Ropp_0, exp_0, taylor_at_zero. ring.
    - intros t. apply (derivable_pt_lim_minus (fun v => exp (- v)) (fun v => taylor (S q) (- v)));
        apply derivative_mirrored; intros; [apply derivable_pt_lim_exp | apply taylor_derivative].
    - intros t T. pose proof (P t T). lra. }
  assert (Step' : forall q, (forall y, 0 <= y -> 0 <= exp (- y) - taylor q (- y)) -> forall y, 0 <= y -> 0 <= taylor (S q) (- y) - exp (- y)).
  { intros q P u. apply (grows (fun t => taylor (S q) (- t) - exp (- t)) (fun t => - taylor q (- t) - - exp (- t))).
    - rewrite Ropp_0, exp_0, taylor_at_zero. ring.
    - intros t. apply (derivable_pt_lim_minus (fun v => taylor (S q) (- v)) (fun v => exp (- v)));
        apply derivative_mirrored; intros; [apply taylor_derivative | apply derivable_pt_lim_exp].
    - intros t T. pose proof (P t T). lra. }
  revert y. induction m as [|m IH]; intros y P.
  - assert (forall u, 0 <= u -> 0 <= taylor (2 * 0) (- u) - exp (- u)) as B.
    { intros u U. simpl. pose proof (exp_monotone (- u) 0). rewrite exp_0 in H. specialize (H ltac:(lra)). lra. }
    split; [apply B; exact P | apply Step; [exact B | exact P]].
  - assert (forall u, 0 <= u -> 0 <= taylor (2 * S m) (- u) - exp (- u)) as B.
    { intros u U. replace (2 * S m)%nat with (S (S (2 * m))) by lia.
      apply Step'; [|exact U]. intros v V. apply (IH v V). }
    split; [apply B; exact P | apply Step; [exact B | exact P]].
Qed.

Lemma taylor_below m x : taylor (S (2 * m)) x <= exp x.
Proof.
  destruct (Rle_dec 0 x) as [P|P].
  - pose proof (taylor_below_right (S (2 * m)) x P). lra.
  - destruct (taylor_left m (- x)) as [_ B]; [lra|]. rewrite Ropp_involutive in B. lra.
Qed.

Lemma horner_tail m j x :
  taylor j x + power_term j x * (horner m (INR (S j)) x - 1) = taylor (m + j) x.
Proof.
  revert j. induction m as [|m IH]; intros j; [simpl; ring|].
  replace (S m + j)%nat with (m + S j)%nat by lia. rewrite <- IH.
  change (horner (S m) (INR (S j)) x) with (1 + x / INR (S j) * horner m (INR (S j) + 1) x).
  rewrite <- (S_INR (S j)). change (taylor (S j) x) with (taylor j x + power_term (S j) x).
  change (power_term (S j) x) with (power_term j x * x / INR (S j)). unfold Rdiv. ring.
Qed.

Lemma horner_taylor m x : horner m 1 x = taylor m x.
Proof. pose proof (horner_tail m 0 x) as E. rewrite Nat.add_0_r in E. rewrite <- E. simpl. ring. Qed.

(** * The same in integers over a common denominator D *)

Open Scope Z_scope.

Fixpoint fixed_horner (D : Z) (terms : nat) (i X : Z) : Z :=
  match terms with
  | O => D
  | S m => D + X * fixed_horner D m (i + 1) X / (i * D)
  end.

Fixpoint fixed_squares (D : Z) (halvings : nat) (v : Z) : Z :=
  match halvings with
  | O => v
  | S h => fixed_squares D h (v * v / D)
  end.

Fixpoint doubled (halvings : nat) : Z :=
  match halvings with
  | O => 1
  | S h => 2 * doubled h
  end.

(** D exp(num/den), rounded down; 0 where the reduced argument is too large for the error bound. *)
Definition exp_below (D : Z) (halvings half_terms : nat) (num den : Z) : Z :=
  let X := num * D / (den * doubled halvings) in
  if 2 * Z.abs X <=? D then fixed_squares D halvings (Z.max 0 (fixed_horner D (S (2 * half_terms)) 1 X - 2)) else 0.

Open Scope R_scope.

Lemma Rabs_bounds x b : Rabs x <= b -> - b <= x <= b.
Proof. unfold Rabs. destruct (Rcase_abs x); lra. Qed.

Lemma floor_bounds a b : (0 < b)%Z -> IZR a / IZR b - 1 < IZR (a / b) <= IZR a / IZR b.
Proof.
  intros P. pose proof (Z.mod_pos_bound a b P) as [A B]. pose proof (Z.div_mod a b ltac:(lia)) as E.
  apply IZR_le in A. apply IZR_lt in B, P. apply (f_equal IZR) in E. rewrite plus_IZR, mult_IZR in E.
  split; apply (Rmult_lt_reg_r (IZR b)) || apply (Rmult_le_reg_r (IZR b)); try exact P; unfold Rdiv.
  - rewrite Rmult_minus_distr_r, Rmult_assoc, Rinv_l; lra.
  - rewrite Rmult_assoc, Rinv_l; lra.
Qed.

Lemma fixed_horner_error D m i X : (0 < D)%Z -> (0 < i)%Z -> (2 * Z.abs X <= D)%Z ->
  Rabs (IZR (fixed_horner D m i X) - IZR D * horner m (IZR i) (IZR X / IZR D)) <= 2.
Proof.
  intros P. revert i. induction m as [|m IH]; intros i I B.
  - simpl. replace (IZR D - IZR D * 1) with 0 by ring. rewrite Rabs_R0. lra.
  - specialize (IH (i + 1)%Z ltac:(lia) B). rewrite plus_IZR in IH.
    simpl. set (a := fixed_horner D m (i + 1) X) in *. set (h := horner m (IZR i + 1) (IZR X / IZR D)) in *.
    rewrite plus_IZR. pose proof (floor_bounds (X * a) (i * D) ltac:(nia)) as Fl. rewrite !mult_IZR in Fl.
    assert (0 < IZR D) by (apply IZR_lt; exact P). assert (1 <= IZR i) by (apply IZR_le; lia).
    apply IZR_le in B. rewrite mult_IZR, abs_IZR in B.
    assert (E : IZR X * IZR a / (IZR i * IZR D) - IZR X / IZR i * h = IZR X / (IZR i * IZR D) * (IZR a - IZR D * h)) by (field; lra).
    assert (Pos : 0 < IZR i * IZR D) by (apply Rmult_lt_0_compat; lra).
    assert (Big : IZR D <= IZR i * IZR D) by (rewrite <- (Rmult_1_l (IZR D)) at 1; apply Rmult_le_compat_r; lra).
    assert (Q : Rabs (IZR X / (IZR i * IZR D)) <= / 2).
    { unfold Rdiv. rewrite Rabs_mult, (Rabs_pos_eq (/ _)) by (left; apply Rinv_0_lt_compat; exact Pos).
      apply (Rmult_le_reg_r (IZR i * IZR D)); [exact Pos|]. rewrite Rmult_assoc, Rinv_l by lra. lra. }
    assert (K : Rabs (IZR X * IZR a / (IZR i * IZR D) - IZR X / IZR i * h) <= 1).
    { rewrite E, Rabs_mult. replace 1 with (/ 2 * 2) by field. apply Rmult_le_compat; auto using Rabs_pos. }
    replace (IZR D * (1 + IZR X / IZR D / IZR i * h)) with (IZR D + IZR X / IZR i * h) by (field; lra).
    apply Rabs_le. apply Rabs_bounds in K. lra.
Qed.

Lemma fixed_squares_sound D h v t : (0 < D)%Z -> (0 <= v)%Z -> IZR v / IZR D <= exp t ->
  (0 <= fixed_squares D h v)%Z /\ IZR (fixed_squares D h v) / IZR D <= exp (t * IZR (doubled h)).
Proof.
  intros P. revert v t. induction h as [|h IH]; intros v t V B.
  - simpl. rewrite Rmult_1_r. auto.
  - change (doubled (S h)) with (2 * doubled h)%Z. rewrite mult_IZR, <- Rmult_assoc. apply IH.
    + apply Z.div_pos; nia.
    + assert (0 < IZR D) by (apply IZR_lt; exact P). apply IZR_le in V.
      pose proof (floor_bounds (v * v) D P) as [_ Fl]. rewrite mult_IZR in Fl.
      replace (t * 2) with (t + t) by ring. rewrite exp_plus.
      assert (0 <= IZR v / IZR D) by (apply Rmult_le_pos; [exact V | left; apply Rinv_0_lt_compat; assumption]).
      apply Rle_trans with (IZR v / IZR D * (IZR v / IZR D)); [|apply Rmult_le_compat; assumption].
      replace (IZR v / IZR D * (IZR v / IZR D)) with (IZR v * IZR v / IZR D / IZR D) by (field; lra).
      apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat|]; assumption.
Qed.

Lemma doubled_positive h : (0 < doubled h)%Z.
Proof. induction h as [|h IH]; [reflexivity | change (doubled (S h)) with (2 * doubled h)%Z; lia]. Qed.

Theorem exp_below_sound D halvings half_terms num den : (0 < D)%Z -> (0 < den)%Z ->
  (0 <= exp_below D halvings half_terms num den)%Z /\
  IZR (exp_below D halvings half_terms num den) / IZR D <= exp (IZR num / IZR den).
Proof.
  intros P Q. unfold exp_below. set (X := (num * D / (den * doubled halvings))%Z).
  destruct (Z.leb_spec (2 * Z.abs X) D) as [B|B].
  2:{ split; [lia|]. unfold Rdiv at 1. rewrite Rmult_0_l. left. apply exp_pos. }
  pose proof (doubled_positive halvings) as W. pose proof (floor_bounds (num * D) (den * doubled halvings) ltac:(nia)) as [_ Fl].
  fold X in Fl. rewrite !mult_IZR in Fl. apply IZR_lt in W, Q. assert (0 < IZR D) as PR by (apply IZR_lt; exact P).
  destruct (fixed_squares_sound D halvings (Z.max 0 (fixed_horner D (S (2 * half_terms)) 1 X - 2)) (IZR X / IZR D) P) as [N E].
  - lia.
  - pose proof (fixed_horner_error D (S (2 * half_terms)) 1 X P ltac:(lia) B) as H. rewrite horner_taylor in H.
    pose proof (taylor_below half_terms (IZR X / IZR D)) as T. apply Rabs_bounds in H.
    apply (Rmult_le_reg_r (IZR D)); [exact PR|]. unfold Rdiv at 1. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
    apply (Rmult_le_compat_l (IZR D)) in T; [|lra].
    destruct (Z.max_spec 0 (fixed_horner D (S (2 * half_terms)) 1 X - 2)) as [[_ ->]|[_ ->]].
    + rewrite minus_IZR. lra.
    + pose proof (exp_pos (IZR X / IZR D)). apply Rmult_le_pos; lra.
  - split; [exact N|]. refine (Rle_trans _ _ _ E _). apply exp_monotone.
    apply (Rmult_le_compat_r (/ IZR D * IZR (doubled halvings))) in Fl;
      [|apply Rmult_le_pos; [left; apply Rinv_0_lt_compat; exact PR | lra]].
    replace (IZR num * IZR D / (IZR den * IZR (doubled halvings)) * (/ IZR D * IZR (doubled halvings))) with (IZR num / IZR den) in Fl
      by (field; lra).
    unfold Rdiv at 1. rewrite Rmult_assoc. exact Fl.
Qed.
