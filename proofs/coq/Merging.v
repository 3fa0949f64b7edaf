(** N3: all minority classes sit at one point if and only if N e (Z_min + Z_maj) >= 2 kappa m Z_maj. *)

From Coq Require Import Reals Lra Lia Arith Bool.
From Scverify Require Import Sums Rows Loss Reduction Optima Gradient PairLemma SecondOrder.
Open Scope R_scope.

Lemma sum_first n f : sum (S n) f = f 0%nat + sum n (fun i => f (S i)).
Proof. induction n as [|n IH]; [simpl; lra|]. change (sum (S (S n)) f) with (sum (S n) f + f (S n)). rewrite IH. simpl. ring. Qed.

Definition sign (c : nat) : R := if (c =? 0)%nat then 1 else -1.

(** The majority (class 0) at one pole, all minorities at the other. *)
Definition merged (c c' : nat) : R := sign c * sign c'.

Lemma sign_square c : sign c * sign c = 1.
Proof. unfold sign. destruct (c =? 0)%nat; ring. Qed.

Lemma merged_gram d c c' : (1 <= d)%nat -> gram d (fun c l => ind (l =? 0)%nat * sign c) c c' = merged c c'.
Proof.
  intros L. unfold gram, merged. rewrite <- (sum_at d 0 (fun _ => sign c * sign c')) by lia. apply sum_ext. intros l _.
  destruct (l =? 0)%nat; simpl; ring.
Qed.

Section Merging.
Variables (kappa : nat) (N : nat -> R) (Nmaj m tau : R).
Hypothesis tau_positive : 0 < tau.
Hypothesis majority : N 0%nat = Nmaj.
Hypothesis minorities : forall c, (1 <= c <= kappa)%nat -> N c = m.
Hypothesis one_minority : (1 <= kappa)%nat.
Hypothesis N2 : 2 <= Nmaj.
Hypothesis m2 : 2 <= m.

Let e := exp (- 2 / tau).
Let Zmaj := Nmaj - 1 + INR kappa * (m * e).
Let Zmin := m - 1 + ((INR kappa - 1) * m + Nmaj * e).

Let kappa1 : 1 <= INR kappa.
Proof. change 1 with (INR 1). apply le_INR. exact one_minority. Qed.

Let e_positive : 0 < e.
Proof. apply exp_pos. Qed.

Let Zmaj_positive : 0 < Zmaj.
Proof.
  unfold Zmaj. assert (0 <= INR kappa * (m * e)) by (repeat apply Rmult_le_pos; lra). lra.
Qed.

Let Zmin_positive : 0 < Zmin.
Proof.
  unfold Zmin. assert (0 <= (INR kappa - 1) * m) by (apply Rmult_le_pos; lra). assert (0 <= Nmaj * e) by (apply Rmult_le_pos; lra). lra.
Qed.

Let away : exp ((-1 - 1) / tau) = e.
Proof. unfold e. f_equal. unfold Rdiv. ring. Qed.

Lemma merged_majority : normaliser (S kappa) N tau merged 0 = Zmaj.
Proof.
  unfold normaliser, Zmaj. rewrite majority. f_equal. rewrite sum_first. unfold other at 1. simpl ind. rewrite Rmult_0_l, Rplus_0_l.
  rewrite <- sum_const. apply sum_ext. intros c L. rewrite minorities by lia. unfold other, merged, sign. simpl.
  replace (1 * -1 - 1 * 1) with (-1 - 1) by ring. rewrite away. ring.
Qed.

Lemma merged_minority c : (1 <= c <= kappa)%nat -> normaliser (S kappa) N tau merged c = Zmin.
Proof.
  intros L. unfold normaliser, Zmin. rewrite minorities by exact L. f_equal. rewrite sum_first, majority.
  destruct c as [|c]; [lia|]. unfold other at 1. simpl ind. unfold merged at 1 2, sign. simpl (S c =? 0)%nat. simpl (0 =? 0)%nat. cbv iota.
  replace (-1 * 1 - -1 * -1) with (-1 - 1) by ring. rewrite away, Rmult_1_l, Rplus_comm. f_equal.
  rewrite (sum_ext kappa _ (fun a => ind (negb (a =? c)%nat) * m)).
  - rewrite (sum_except kappa c (fun _ => m)) by lia. rewrite sum_const. ring.
  - intros a La. rewrite minorities by lia. unfold other, merged. simpl (S a =? S c)%nat. unfold sign. simpl (S c =? 0)%nat. simpl (S a =? 0)%nat. cbv iota.
    rewrite exp_of_nothing. ring.
Qed.

Lemma row_below B c : correlation (S kappa) B -> (c < S kappa)%nat -> 0 < normaliser (S kappa) N tau merged c -> (forall c', (c' < S kappa)%nat -> 0 <= N c') ->  2 <= N c ->
  ln (normaliser (S kappa) N tau merged c)
    + / tau * / normaliser (S kappa) N tau merged c * sum (S kappa) (fun c' => other c c' * (N c' * exp ((merged c c' - 1) / tau) * (B c c' - merged c c')))
  <= ln (normaliser (S kappa) N tau B c).
Proof.
  intros [_ [U _]] L P Q Q2. rewrite (normaliser_row (S kappa) N tau B c L), U by exact L.
  pose proof (normaliser_row (S kappa) N tau merged c L) as R. assert (Own : merged c c = 1) by apply sign_square. rewrite Own in R.
  pose proof (tangent (S kappa) (class_coefficient N c) (fun c' => (B c c' - 1) / tau) (fun c' => (merged c c' - 1) / tau)) as T. simpl in T.
  change (sum kappa (fun c' => class_coefficient N c c' * exp ((merged c c' - 1) / tau)) + class_coefficient N c kappa * exp ((merged c kappa - 1) / tau))
    with (sum (S kappa) (fun c' => class_coefficient N c c' * exp ((merged c c' - 1) / tau))) in T.
  rewrite <- R in T. refine (Rle_trans _ _ _ (Req_le _ _ _) (T _ P)).
  - f_equal. change (sum kappa ?f + ?x) with (sum kappa f + x).
    match goal with |- _ = ?s => change s with (sum (S kappa) (fun e0 => class_coefficient N c e0 * exp ((merged c e0 - 1) / tau) / normaliser (S kappa) N tau merged c * ((B c e0 - 1) / tau - (merged c e0 - 1) / tau))) end.
    rewrite <- sum_scal. apply sum_ext. intros c' L'. unfold other, class_coefficient. destruct (Nat.eqb_spec c' c) as [->|D]; simpl ind.
    + rewrite U, Own by exact L. unfold Rdiv. ring.
    + field. lra.
  - intros c' L'. unfold class_coefficient. destruct (c' =? c)%nat; [lra | apply Q; exact L'].
Qed.

(** N3, the "if", at class level. *)
Theorem merged_class_bound B : 2 * INR kappa * m * Zmaj <= Nmaj * e * (Zmin + Zmaj) -> correlation (S kappa) B ->
  Nmaj * ln Zmaj + INR kappa * (m * ln Zmin) <= class_loss (S kappa) N tau B.
Proof.
  intros Cond F. pose proof F as [Sym [Unit Psd]].
  assert (Npos : forall c, (c < S kappa)%nat -> 2 <= N c) by (intros [|c] L; [rewrite majority | rewrite minorities by lia]; assumption).
  set (u := fun c => B 0%nat (S c) + 1). set (U := sum kappa u).
  set (W := sum kappa (fun c => sum kappa (fun c' => B (S c) (S c') - 1))).
  assert (It : 0 < / tau) by (apply Rinv_0_lt_compat; exact tau_positive).
  assert (Row0 : ln Zmaj + / tau * / Zmaj * (m * e * U) <= ln (normaliser (S kappa) N tau B 0)).
  { pose proof (row_below B 0 F ltac:(lia)) as R. rewrite merged_majority in R. specialize (R Zmaj_positive ltac:(intros; pose proof (Npos c' H); lra) (Npos 0%nat ltac:(lia))).
    refine (Rle_trans _ _ _ (Req_le _ _ _) R). f_equal. f_equal. rewrite sum_first. unfold other at 1. simpl ind. rewrite Rmult_0_l, Rplus_0_l.
    unfold U. rewrite <- sum_scal. apply sum_ext. intros c L. rewrite minorities by lia. unfold other, merged, sign, u. simpl.
    replace (1 * -1 - 1) with (-1 - 1) by ring. rewrite away. ring. }
  assert (Row : forall c, (c < kappa)%nat -> ln Zmin + / tau * / Zmin * (Nmaj * e * u c + m * sum kappa (fun c' => B (S c) (S c') - 1)) <= ln (normaliser (S kappa) N tau B (S c))).
  { intros c L. pose proof (row_below B (S c) F ltac:(lia)) as R. rewrite merged_minority in R by lia.
    specialize (R Zmin_positive ltac:(intros; pose proof (Npos c' H); lra) (Npos (S c) ltac:(lia))).
    refine (Rle_trans _ _ _ (Req_le _ _ _) R). f_equal. f_equal. rewrite sum_first. f_equal.
    - rewrite majority. unfold other, merged, sign, u. simpl. replace (-1 * 1 - 1) with (-1 - 1) by ring. rewrite away, (Sym (S c) 0%nat) by lia. ring.
    - rewrite <- sum_scal. apply sum_ext. intros c' L'. rewrite minorities by lia. unfold other, merged, sign. simpl (S c' =? S c)%nat.
      simpl (S c =? 0)%nat. simpl (S c' =? 0)%nat. cbv iota. replace (-1 * -1) with 1 by ring. rewrite exp_of_nothing.
      destruct (Nat.eqb_spec c' c) as [->|D]; simpl ind; [rewrite Unit by lia|]; ring. }
  assert (Upos : 0 <= U).
  { apply sum_nonneg. intros c L. unfold u. pose proof (entry_bounds (S kappa) B 0 (S c) F ltac:(lia) ltac:(lia)). lra. }
  (* the quadratic form of B at (kappa, 1, ..., 1) *)
  assert (Wlow : - (2 * INR kappa * U) <= W).
  { pose proof (Psd (fun c => if (c =? 0)%nat then INR kappa else 1)) as Q. unfold quadratic in Q. rewrite sum_first in Q.
    rewrite sum_first in Q. cbv beta in Q. simpl (0 =? 0)%nat in Q. cbv iota in Q. rewrite Unit in Q by lia.
    rewrite (sum_ext kappa (fun i => INR kappa * (if (S i =? 0)%nat then INR kappa else 1) * B 0%nat (S i)) (fun c => INR kappa * u c - INR kappa)) in Q
      by (intros; unfold u; simpl; ring).
    rewrite sum_minus, sum_scal, sum_const in Q. fold U in Q.
    rewrite (sum_ext kappa _ (fun c => INR kappa * u c - INR kappa + (sum kappa (fun c' => B (S c) (S c') - 1) + INR kappa))) in Q.
    - rewrite sum_plus, sum_minus, sum_plus, sum_scal, !sum_const in Q. fold U W in Q. lra.
    - intros c L. rewrite sum_first. simpl (S c =? 0)%nat. cbv iota. simpl (0 =? 0)%nat. cbv iota. rewrite (Sym (S c) 0%nat) by lia.
      rewrite sum_minus, sum_const.
      rewrite (sum_ext kappa (fun i => 1 * (if (S i =? 0)%nat then INR kappa else 1) * B (S c) (S i)) (fun c' => B (S c) (S c'))) by (intros; simpl; ring).
      unfold u. ring. }
  unfold class_loss. rewrite sum_first, majority.
  apply Rle_trans with (Nmaj * (ln Zmaj + / tau * / Zmaj * (m * e * U))
    + sum kappa (fun c => m * (ln Zmin + / tau * / Zmin * (Nmaj * e * u c + m * sum kappa (fun c' => B (S c) (S c') - 1))))).
  - rewrite sum_scal, sum_plus, sum_const, sum_scal, sum_plus, !sum_scal. fold U W.
    assert (0 <= / tau * (Nmaj * m * e * U * / Zmaj + m * (Nmaj * e * U + m * W) * / Zmin)); [|lra].
    apply Rmult_le_pos; [lra|].
    replace (Nmaj * m * e * U * / Zmaj + m * (Nmaj * e * U + m * W) * / Zmin)
      with (m * / (Zmaj * Zmin) * (U * (Nmaj * e * (Zmin + Zmaj) - 2 * INR kappa * m * Zmaj) + m * Zmaj * (W + 2 * INR kappa * U))) by (field; lra).
    apply Rmult_le_pos; [apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat, Rmult_lt_0_compat; assumption]|].
    apply Rplus_le_le_0_compat; apply Rmult_le_pos; try lra. apply Rmult_le_pos; lra.
  - apply Rplus_le_compat; [apply Rmult_le_compat_l; lra|]. apply sum_le. intros c L. rewrite minorities by lia.
    apply Rmult_le_compat_l; [lra | apply Row; exact L].
Qed.

Theorem merged_class_value : class_loss (S kappa) N tau merged = Nmaj * ln Zmaj + INR kappa * (m * ln Zmin).
Proof.
  unfold class_loss. rewrite sum_first, majority, merged_majority. f_equal. rewrite <- sum_const. apply sum_ext. intros c L.
  rewrite minorities, merged_minority by lia. reflexivity.
Qed.

End Merging.

Lemma merged_attained n y d : (1 <= d)%nat -> exists H, on_sphere n d H /\ forall i j, gram d H i j = merged (y i) (y j).
Proof.
  intros L. exists (fun i l => ind (l =? 0)%nat * sign (y i)).
  assert (E : forall i j, gram d (fun i l => ind (l =? 0)%nat * sign (y i)) i j = merged (y i) (y j)) by (intros; apply (merged_gram d (y i) (y j) L)).
  split; [|exact E]. intros i Li. rewrite E. apply sign_square.
Qed.

(** N3, the "if". One majority of N samples, kappa >= 1 minorities of m: with e = e^{-2/tau}, Z_min = m - 1 + (kappa - 1) m + N e and Z_maj = N - 1 + kappa m e,
    N e (Z_min + Z_maj) >= 2 kappa m Z_maj makes the point with all minorities together, opposite the majority, optimal in the unit ball and on its sphere; it lives in each dimension d >= 1. *)
Theorem N3_merged_is_optimal n kappa y N m tau :
  0 < tau -> classes n (S kappa) y -> (1 <= kappa)%nat -> size n y 0 = N -> (forall c, (1 <= c <= kappa)%nat -> size n y c = m) ->
  let e := exp (- 2 / tau) in let Zmaj := N - 1 + INR kappa * (m * e) in let Zmin := m - 1 + ((INR kappa - 1) * m + N * e) in
  2 * INR kappa * m * Zmaj <= N * e * (Zmin + Zmaj) ->
  (forall d H, in_ball 1 n d H -> N * ln Zmaj + INR kappa * (m * ln Zmin) <= supcon n y tau (gram d H)) /\
  (forall d, (1 <= d)%nat -> exists H, on_sphere n d H /\ supcon n y tau (gram d H) = N * ln Zmaj + INR kappa * (m * ln Zmin) /\
     forall i j, gram d H i j = merged (y i) (y j)).
Proof.
  intros T C K Maj Min e Zmaj Zmin Cond.
  assert (N2 : 2 <= N) by (rewrite <- Maj; apply C; lia). assert (M2 : 2 <= m) by (rewrite <- (Min 1%nat) by lia; apply C; lia). split.
  - apply (embeddings_bound n (S kappa) y tau); [exact T | exact C |]. intros B F.
    apply (merged_class_bound kappa (size n y) N m tau T Maj Min K N2 M2 B Cond F).
  - intros d L. destruct (merged_attained n y d L) as [H [U E]]. exists H. split; [exact U | split; [|exact E]].
    transitivity (class_loss (S kappa) (size n y) tau merged); [|exact (merged_class_value kappa (size n y) N m tau Maj Min K)].
    rewrite <- (collapsed_loss n (S kappa) y C tau merged T). apply supcon_ext. intros i j _ _. apply E.
Qed.

(** * The "only if": the minorities part along a simplex *)

Section Parting.
Variables (kappa : nat) (N : nat -> R) (Nmaj m tau : R).
Hypothesis tau_positive : 0 < tau.
Hypothesis majority : N 0%nat = Nmaj.
Hypothesis minorities : forall c, (1 <= c <= kappa)%nat -> N c = m.
Hypothesis two_minorities : (2 <= kappa)%nat.
Hypothesis N2 : 2 <= Nmaj.
Hypothesis m2 : 2 <= m.

Let e := exp (- 2 / tau).
Let Zmaj := Nmaj - 1 + INR kappa * (m * e).
Let Zmin := m - 1 + ((INR kappa - 1) * m + Nmaj * e).

Let kappa2 : 2 <= INR kappa.
Proof. change 2 with (INR 2). apply le_INR. exact two_minorities. Qed.

(* the majority at e_0, minority c at - a e_0 + sqrt t s_c, a^2 = 1 - t, s the simplex of kappa vectors *)
Let apart (t : R) : R := - sqrt (1 - t * 1).
Let among (t : R) : R := 1 - t * (INR kappa / (INR kappa - 1)).
Definition parted (t : R) (c c' : nat) : R :=
  match c, c' with
  | O, O => 1
  | O, S _ | S _, O => apart t
  | S a, S b => if (a =? b)%nat then 1 else among t
  end.

Let across (t : R) : R := exp ((apart t - 1) / tau).
Let inside (t : R) : R := exp ((among t - 1) / tau).
Definition parted_value (t : R) : R :=
  Nmaj * ln (Nmaj - 1 + INR kappa * m * across t) + INR kappa * m * ln (m - 1 + ((INR kappa - 1) * m * inside t + Nmaj * across t)).

Lemma parted_loss t : class_loss (S kappa) N tau (parted t) = parted_value t.
Proof.
  unfold class_loss, parted_value. rewrite sum_first, majority. f_equal; [f_equal; f_equal|].
  - unfold normaliser. rewrite majority. f_equal. rewrite sum_first. unfold other at 1. simpl ind. rewrite Rmult_0_l, Rplus_0_l.
    rewrite Rmult_assoc, <- sum_const. apply sum_ext. intros c L. rewrite minorities by lia. unfold other. simpl ind. simpl parted. unfold across. ring.
  - rewrite Rmult_assoc, <- sum_const. apply sum_ext. intros c L. rewrite minorities by lia. do 2 f_equal. unfold normaliser. rewrite minorities by lia. f_equal.
    rewrite sum_first, majority. unfold other at 1. simpl ind. simpl parted at 1 2. rewrite Nat.eqb_refl. fold (across t). rewrite Rmult_1_l, Rplus_comm. f_equal.
    rewrite (sum_ext kappa _ (fun a => ind (negb (a =? c)%nat) * (m * inside t))).
    + rewrite (sum_except kappa c (fun _ => m * inside t)) by exact L. rewrite sum_const. ring.
    + intros a La. rewrite minorities by lia. unfold other. simpl (S a =? S c)%nat. simpl parted. rewrite Nat.eqb_refl, (Nat.eqb_sym c a).
      destruct (a =? c)%nat; simpl ind; [ring|]. reflexivity.
Qed.

Lemma parted_at_zero : parted_value 0 = Nmaj * ln Zmaj + INR kappa * (m * ln Zmin).
Proof.
  assert (A : across 0 = e) by (unfold across, apart, e; rewrite Rmult_0_l, Rminus_0_r, sqrt_1; f_equal; unfold Rdiv; ring).
  assert (I : inside 0 = 1) by (unfold inside, among; rewrite Rmult_0_l, Rminus_0_r; apply exp_of_nothing).
  unfold parted_value. rewrite A, I. unfold Zmaj, Zmin. rewrite Rmult_1_r, !Rmult_assoc. reflexivity.
Qed.

Lemma parted_slope : derivable_pt_lim parted_value 0
  (INR kappa * m / tau * (Nmaj * e / 2 * (/ Zmaj + / Zmin) - INR kappa * m / Zmin)).
Proof.
  assert (A : across 0 = e) by (unfold across, apart, e; rewrite Rmult_0_l, Rminus_0_r, sqrt_1; f_equal; unfold Rdiv; ring).
  assert (I : inside 0 = 1) by (unfold inside, among; rewrite Rmult_0_l, Rminus_0_r; apply exp_of_nothing).
  assert (E0 : 0 < e) by apply exp_pos.
  assert (DA : derivable_pt_lim across 0 (e * (/ tau * / 2))).
  { rewrite <- A. unfold across at 2. apply (exp_derivative (fun t => (apart t - 1) / tau)).
    apply derivable_pt_lim_ext with (f := fun t => / tau * (-1 * sqrt (1 - t * 1) + -1)); [intros; unfold apart, Rdiv; ring|].
    apply scaled_derivative. replace (/ 2) with (-1 * (- (1) / 2) + 0) by field.
    apply (derivable_pt_lim_plus (fun t => -1 * sqrt (1 - t * 1)) (fun _ => -1)); [|apply derivable_pt_lim_const].
    apply scaled_derivative. apply sqrt_one_minus_derivative. }
  assert (DI : derivable_pt_lim inside 0 (inside 0 * (/ tau * - (INR kappa / (INR kappa - 1))))).
  { unfold inside at 2. apply (exp_derivative (fun t => (among t - 1) / tau)).
    apply derivable_pt_lim_ext with (f := fun t => / tau * (- (INR kappa / (INR kappa - 1)) * id t)); [intros; unfold among, id, Rdiv; ring|].
    apply scaled_derivative. pose proof (scaled_derivative (- (INR kappa / (INR kappa - 1))) id 1 0 (derivable_pt_lim_id 0)) as Q. rewrite Rmult_1_r in Q. exact Q. }
  rewrite I in DI.
  assert (P1 : 0 < Nmaj - 1 + INR kappa * m * across 0).
  { rewrite A. assert (0 <= INR kappa * m * e) by (repeat apply Rmult_le_pos; lra). lra. }
  assert (P2 : 0 < m - 1 + ((INR kappa - 1) * m * inside 0 + Nmaj * across 0)).
  { rewrite A, I. assert (0 <= (INR kappa - 1) * m * 1) by (repeat apply Rmult_le_pos; lra). assert (0 <= Nmaj * e) by (apply Rmult_le_pos; lra). lra. }
  assert (Z1 : Nmaj - 1 + INR kappa * m * across 0 = Zmaj) by (rewrite A; unfold Zmaj; ring).
  assert (Z2 : m - 1 + ((INR kappa - 1) * m * inside 0 + Nmaj * across 0) = Zmin) by (rewrite A, I; unfold Zmin; ring).
  replace (INR kappa * m / tau * (Nmaj * e / 2 * (/ Zmaj + / Zmin) - INR kappa * m / Zmin))
    with (Nmaj * ((0 + INR kappa * m * (e * (/ tau * / 2))) / (Nmaj - 1 + INR kappa * m * across 0))
      + INR kappa * m * ((0 + ((INR kappa - 1) * m * (1 * (/ tau * - (INR kappa / (INR kappa - 1)))) + Nmaj * (e * (/ tau * / 2)))) / (m - 1 + ((INR kappa - 1) * m * inside 0 + Nmaj * across 0)))).
  - apply (derivable_pt_lim_plus (fun t => Nmaj * ln (Nmaj - 1 + INR kappa * m * across t))
      (fun t => INR kappa * m * ln (m - 1 + ((INR kappa - 1) * m * inside t + Nmaj * across t)))); apply scaled_derivative.
    + apply (log_derivative (fun t => Nmaj - 1 + INR kappa * m * across t)); [exact P1|].
      apply (derivable_pt_lim_plus (fun _ => Nmaj - 1) (fun t => INR kappa * m * across t)); [apply derivable_pt_lim_const | apply scaled_derivative; exact DA].
    + apply (log_derivative (fun t => m - 1 + ((INR kappa - 1) * m * inside t + Nmaj * across t))); [exact P2|].
      apply (derivable_pt_lim_plus (fun _ => m - 1) (fun t => (INR kappa - 1) * m * inside t + Nmaj * across t)); [apply derivable_pt_lim_const|].
      apply (derivable_pt_lim_plus (fun t => (INR kappa - 1) * m * inside t) (fun t => Nmaj * across t)); apply scaled_derivative; assumption.
  - rewrite Z1, Z2. rewrite Z1 in P1. rewrite Z2 in P2. field. lra.
Qed.

Lemma parted_gram d t c c' : 0 <= t <= 1 -> (kappa <= d)%nat -> (c <= kappa)%nat -> (c' <= kappa)%nat ->
  gram d (fun c l => match c, l with
    | O, O => 1 | O, S _ => 0
    | S a, O => apart t | S a, S l => sqrt t * simplex_vector (kappa - 1) a l end) c c' = parted t c c'.
Proof.
  intros T Ld Lc Lc'. unfold gram. replace d with (S (d - 1)) by lia. rewrite sum_first.
  assert (Sq : apart t * apart t = 1 - t) by (unfold apart; rewrite Rmult_1_r; replace (- sqrt (1 - t) * - sqrt (1 - t)) with (sqrt (1 - t) * sqrt (1 - t)) by ring; apply sqrt_sqrt; lra).
  destruct c as [|a], c' as [|b]; simpl parted.
  - rewrite sum_zero by (intros; ring). ring.
  - rewrite sum_zero by (intros; ring). ring.
  - rewrite sum_zero by (intros; ring). ring.
  - rewrite (sum_ext (d - 1) _ (fun l => t * (simplex_vector (kappa - 1) a l * simplex_vector (kappa - 1) b l))).
    2:{ intros l _. replace t with (sqrt t * sqrt t) at 3 by (apply sqrt_sqrt; lra). ring. }
    rewrite sum_scal, simplex_gram by lia. rewrite Sq. unfold simplex, among. replace (S (kappa - 1)) with kappa by lia.
    destruct (a =? b)%nat; [ring | field; lra].
Qed.

End Parting.

(** N3, the "only if". Where N e (Z_min + Z_maj) < 2 kappa m Z_maj, kappa >= 2, the point with all minorities together is not optimal:
    in each dimension d >= kappa some embedding on the sphere has a lower loss. *)
Theorem N3_merged_only_if n kappa y N m tau d :
  0 < tau -> classes n (S kappa) y -> (2 <= kappa)%nat -> (kappa <= d)%nat -> size n y 0 = N -> (forall c, (1 <= c <= kappa)%nat -> size n y c = m) ->
  let e := exp (- 2 / tau) in let Zmaj := N - 1 + INR kappa * (m * e) in let Zmin := m - 1 + ((INR kappa - 1) * m + N * e) in
  N * e * (Zmin + Zmaj) < 2 * INR kappa * m * Zmaj ->
  exists H, on_sphere n d H /\ supcon n y tau (gram d H) < N * ln Zmaj + INR kappa * (m * ln Zmin).
Proof.
  intros T C K Ld Maj Min e Zmaj Zmin Cond.
  assert (N2 : 2 <= N) by (rewrite <- Maj; apply C; lia). assert (M2 : 2 <= m) by (rewrite <- (Min 1%nat) by lia; apply C; lia).
  assert (E0 : 0 < e) by apply exp_pos. assert (K2 : 2 <= INR kappa) by (change 2 with (INR 2); apply le_INR; exact K).
  assert (P1 : 0 < Zmaj) by (unfold Zmaj; assert (0 <= INR kappa * (m * e)) by (repeat apply Rmult_le_pos; lra); lra).
  assert (P2 : 0 < Zmin) by (unfold Zmin; assert (0 <= (INR kappa - 1) * m) by (apply Rmult_le_pos; lra); assert (0 <= N * e) by (apply Rmult_le_pos; lra); lra).
  assert (X : exists t, 0 < t < 1 /\ parted_value kappa N m tau t < parted_value kappa N m tau 0).
  { destruct (Classical_Prop.classic (exists t, 0 < t < 1 /\ parted_value kappa N m tau t < parted_value kappa N m tau 0)) as [Q|None]; [exact Q | exfalso].
    pose proof (parted_slope kappa N m tau T K N2 M2) as D. fold e in D. fold Zmaj in D. fold Zmin in D.
    apply slope_nonneg with (delta := 1) in D; [|lra|].
    - apply (Rmult_le_compat_l (2 * Zmaj * Zmin)) in D; [|repeat apply Rmult_le_pos; lra].
      replace (2 * Zmaj * Zmin * (INR kappa * m / tau * (N * e / 2 * (/ Zmaj + / Zmin) - INR kappa * m / Zmin)))
        with (INR kappa * m / tau * (N * e * (Zmin + Zmaj) - 2 * INR kappa * m * Zmaj)) in D by (field; lra).
      assert (0 < INR kappa * m / tau) by (apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat; lra | exact T]). nra.
    - intros t Ht. apply Rnot_lt_le. intros Q. apply None. exists t. split; assumption. }
  destruct X as [t [Ht Q]].
  set (v := fun c l => match c, l with
    | O, O => 1 | O, S _ => 0
    | S a, O => - sqrt (1 - t * 1) | S a, S l => sqrt t * simplex_vector (kappa - 1) a l end).
  assert (E : forall i j, (i < n)%nat -> (j < n)%nat -> gram d (fun i l => v (y i) l) i j = parted kappa t (y i) (y j)).
  { intros i j Li Lj. pose proof (proj1 C i Li). pose proof (proj1 C j Lj). apply (parted_gram kappa K d t (y i) (y j)); [lra | lia | lia | lia]. }
  exists (fun i l => v (y i) l). split.
  - intros i Li. rewrite E by exact Li. unfold parted. destruct (y i); [reflexivity | rewrite Nat.eqb_refl; reflexivity].
  - rewrite (supcon_ext n y tau _ _ E), (collapsed_loss n (S kappa) y C tau (parted kappa t) T).
    rewrite (parted_loss kappa (size n y) N m tau Maj Min K t).
    pose proof (parted_at_zero kappa N m tau) as Zero. fold e in Zero. fold Zmaj in Zero. fold Zmin in Zero. lra.
Qed.
