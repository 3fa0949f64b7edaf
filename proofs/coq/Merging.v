(** N3: when all minority classes sit at one point. *)

From Coq Require Import Reals Lra Lia Arith Bool.
From Scverify Require Import Sums Rows Loss Reduction Gradient PairLemma Ball Collapse Minimisers.
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
    N e (Z_min + Z_maj) >= 2 kappa m Z_maj makes the point with all minorities together, opposite the majority, optimal over all embeddings; it lives in each dimension d >= 1. *)
Theorem N3_merged_is_optimal n kappa y N m tau :
  0 < tau -> classes n (S kappa) y -> (1 <= kappa)%nat -> size n y 0 = N -> (forall c, (1 <= c <= kappa)%nat -> size n y c = m) ->
  let e := exp (- 2 / tau) in let Zmaj := N - 1 + INR kappa * (m * e) in let Zmin := m - 1 + ((INR kappa - 1) * m + N * e) in
  2 * INR kappa * m * Zmaj <= N * e * (Zmin + Zmaj) ->
  (forall d H, on_sphere n d H -> N * ln Zmaj + INR kappa * (m * ln Zmin) <= supcon n y tau (gram d H)) /\
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
