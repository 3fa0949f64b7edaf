(** A boolean checker of two-sided bounds for one instance, integers only, and its soundness over the reals.

    All tables are integers over the denominator `scale`; a missing entry reads as 0. *)

From Coq Require Import Reals ZArith List Lra Lia Arith Bool.
From Scverify Require Import Sums Rows Loss Reduction Exponential.
Import ListNotations.
Open Scope Z_scope.

Record certificate := {
  sizes : list Z;                     (* class sizes n_c *)
  tau_num : Z; tau_den : Z;           (* the temperature on the sphere of radius 1, tau/rho^2 *)
  rho_num : Z; rho_den : Z;           (* the radius of the sphere *)
  divisor : Z;                        (* the loss is divided by it: 1 for the sum over anchors, n for their mean *)
  lower_num : Z; lower_den : Z;       (* the claimed bounds of the sum *)
  upper_num : Z; upper_den : Z;
  scale : Z;                          (* D: the denominator of every table *)
  halvings : nat; half_terms : nat;   (* the work of exp_below *)
  p : list (list Z);                  (* p_cc': the probability of class c' in row c *)
  log_p : list (list Z);              (* upper bounds of log(p_cc' / coefficient) *)
  factor : list (list Z);             (* C, one row a class: C C^T is nearly n_c p_cc' + n_c' p_c'c *)
  means : list (list Z);              (* vectors of the classes, of any norm > 0, at any scale *)
  roots : list Z;                     (* floor of the vectors' norms *)
  exponentials : list (list Z);       (* upper bounds of exp((B_cc' - 1)/tau) *)
  logs : list Z                       (* upper bounds of log Z_c *)
}.

Fixpoint total (n : nat) (f : nat -> Z) : Z :=
  match n with
  | O => 0
  | S m => total m f + f m
  end.

Fixpoint all (n : nat) (f : nat -> bool) : bool :=
  match n with
  | O => true
  | S m => all m f && f m
  end.

Definition at_ (l : list Z) (c : nat) : Z := nth c l 0.
Definition entry (m : list (list Z)) (c : nat) : nat -> Z := at_ (nth c m nil).
Definition width (m : list (list Z)) : nat := length (nth 0 m nil).

Section Check.
Variable K : certificate.
Let k := length (sizes K).
Let N := at_ (sizes K).
Let D := scale K.
Let below := exp_below D (halvings K) (half_terms K).

Definition inner (m : list (list Z)) (c c' : nat) : Z := total (width m) (fun l => entry m c l * entry m c' l).

Definition coefficient (c c' : nat) : Z := if (c' =? c)%nat then N c - 1 else N c'.

Definition data_ok : bool :=
  (0 <? rho_num K) && (0 <? rho_den K) && (0 <? divisor K) && (0 <? tau_num K) && (0 <? tau_den K) && (0 <? lower_den K) && (0 <? upper_den K) && (0 <? D) && all k (fun c => 2 <=? N c).

Definition row_ok (c : nat) : bool :=
  (total k (entry (p K) c) =? D) &&
  all k (fun c' => (0 <=? entry (p K) c c') && (entry (p K) c c' <=? coefficient c c' * below (entry (log_p K) c c') D)).

(** What replacing n_c p_cc' + n_c' p_c'c by C C^T costs, over D^2. *)
Definition price : Z :=
  total k (fun c => total k (fun c' =>
    let e := D * (N c * entry (p K) c c' + N c' * entry (p K) c' c) - inner (factor K) c c' in
    if (c' =? c)%nat then - e else Z.abs e)).

Definition entropy : Z := total k (fun c => N c * total k (fun c' => entry (p K) c c' * entry (log_p K) c c')).

Definition lower_ok : bool :=
  all k row_ok &&
  (lower_num K * (2 * tau_num K * (D * D)) <=?
   lower_den K * (- (tau_den K * price) - 2 * tau_den K * (D * D) * total k N - 2 * tau_num K * entropy)).

(** The cosine of two classes is at most inner / (this norm product). *)
Definition norm_product (c c' : nat) (g : Z) : Z :=
  if 0 <=? g then at_ (roots K) c * at_ (roots K) c' else (at_ (roots K) c + 1) * (at_ (roots K) c' + 1).

Definition exponential_ok (c c' : nat) : bool :=
  let g := inner (means K) c c' in
  let r := norm_product c c' g in
  (c' =? c)%nat || (D * D <=? entry (exponentials K) c c' * below (tau_den K * (r - g)) (tau_num K * r)).

Definition normaliser_above (c : nat) : Z :=
  (N c - 1) * D + total k (fun c' => if (c' =? c)%nat then 0 else N c' * entry (exponentials K) c c').

Definition upper_row_ok (c : nat) : bool :=
  let r := at_ (roots K) c in
  let g := inner (means K) c c in
  (0 <? r) && (r * r <=? g) && (g <=? (r + 1) * (r + 1)) &&
  all k (exponential_ok c) && (normaliser_above c <=? below (at_ (logs K) c) D).

Definition upper_ok : bool :=
  all k upper_row_ok && (upper_den K * total k (fun c => N c * at_ (logs K) c) <=? upper_num K * D).

Definition check : bool := data_ok && lower_ok && upper_ok.

End Check.

Open Scope R_scope.

Lemma total_sum n f : IZR (total n f) = sum n (fun i => IZR (f i)).
Proof. induction n as [|n IH]; simpl; [reflexivity|]. rewrite plus_IZR, IH. reflexivity. Qed.

Lemma all_true n f : all n f = true -> forall i, (i < n)%nat -> f i = true.
Proof.
  induction n as [|n IH]; simpl; intros E i L; [lia|]. apply andb_prop in E. destruct E as [E F].
  destruct (Nat.eq_dec i n) as [->|]; [exact F | apply IH; [exact E | lia]].
Qed.

Lemma inner_psd k m B : psd k B -> 0 <= sum k (fun c => sum k (fun c' => IZR (inner m c c') * B c c')).
Proof.
  intros P. rewrite (sum_ext k _ (fun c => sum (width m) (fun l => sum k (fun c' => IZR (entry m c l) * IZR (entry m c' l) * B c c')))).
  - rewrite sum_swap. apply sum_nonneg. intros l _. apply (P (fun c => IZR (entry m c l))).
  - intros c _. rewrite sum_swap. apply sum_ext. intros c' _. unfold inner. rewrite total_sum, <- sum_scal_r.
    apply sum_ext. intros. rewrite mult_IZR. reflexivity.
Qed.

Section Soundness.
Variable K : certificate.
Hypothesis ok : data_ok K = true.
Let k := length (sizes K).
Let N c := IZR (at_ (sizes K) c).
Let D := IZR (scale K).
Let tau := IZR (tau_num K) / IZR (tau_den K).

Let facts : 0 < IZR (tau_num K) /\ 0 < IZR (tau_den K) /\ 0 < IZR (lower_den K) /\ 0 < IZR (upper_den K) /\ 0 < D /\ forall c, (c < k)%nat -> 2 <= N c.
Proof.
  unfold data_ok in ok. rewrite !andb_true_iff, !Z.ltb_lt in ok. destruct ok as [[[[[[_ A] B] C] E] F] G].
  repeat (split; [apply IZR_lt; assumption|]). intros c L. apply IZR_le, Z.leb_le, (all_true _ _ G c L).
Qed.

Let tau_positive : 0 < tau.
Proof. apply Rdiv_lt_0_compat; apply facts. Qed.

Let scale_positive : (0 < scale K)%Z.
Proof. apply lt_IZR, facts. Qed.

Let P c c' := IZR (entry (p K) c c') / D.
Let log_above c c' := IZR (entry (log_p K) c c') / D.
Let co := class_coefficient N.

Let coefficient_real c c' : IZR (coefficient K c c') = co c c'.
Proof. unfold coefficient, co, class_coefficient, N. destruct (c' =? c)%nat; [apply minus_IZR | reflexivity]. Qed.

Let co_positive c c' : (c < k)%nat -> (c' < k)%nat -> 0 < co c c'.
Proof.
  intros L L'. destruct facts as (_ & _ & _ & _ & _ & S). unfold co, class_coefficient. pose proof (S c L). pose proof (S c' L').
  destruct (c' =? c)%nat; lra.
Qed.

Let log_sound x num : 0 < x -> x * D <= IZR (exp_below (scale K) (halvings K) (half_terms K) num (scale K)) -> ln x <= IZR num / D.
Proof.
  intros X E. destruct (exp_below_sound (scale K) (halvings K) (half_terms K) num (scale K) scale_positive scale_positive) as [_ S].
  fold D in S. destruct facts as (_ & _ & _ & _ & Dp & _). rewrite <- (ln_exp (IZR num / D)). apply ln_monotone; [exact X|].
  refine (Rle_trans _ _ _ _ S). apply (Rmult_le_reg_r D); [exact Dp|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
Qed.

Let row_sound B c : row_ok K c = true -> (c < k)%nat -> unit_diagonal k B ->
  sum k (fun c' => P c c' * (B c c' - 1)) / tau - sum k (fun c' => P c c' * log_above c c') <= ln (normaliser k N tau B c).
Proof.
  intros R L U. destruct facts as (_ & _ & _ & _ & Dp & _).
  unfold row_ok in R. apply andb_prop in R. destruct R as [One R]. apply Z.eqb_eq, (f_equal IZR) in One. rewrite total_sum in One. fold k D in One.
  assert (T : forall c', (c' < k)%nat -> 0 <= P c c' /\ (0 < P c c' -> ln (P c c' / co c c') <= log_above c c')).
  { intros c' L'. pose proof (all_true _ _ R c' L') as E. apply andb_prop in E. destruct E as [E F].
    apply Z.leb_le, IZR_le in E, F. rewrite mult_IZR, coefficient_real in F. pose proof (co_positive c c' L L'). split.
    - apply Rmult_le_pos; [exact E | left; apply Rinv_0_lt_compat; exact Dp].
    - intros Q. apply log_sound; [apply Rdiv_lt_0_compat; assumption|]. unfold P.
      apply (Rmult_le_reg_l (co c c')); [assumption|].
      replace (co c c' * (IZR (entry (p K) c c') / D / co c c' * D)) with (IZR (entry (p K) c c')) by (field; lra). exact F. }
  rewrite normaliser_row by exact L. fold co.
  pose proof (gibbs k (co c) (fun c' => (B c c' - B c c) / tau) (P c)) as G. simpl in G.
  refine (Rle_trans _ _ _ _ (G _ _ _ _)).
  - unfold Rdiv at 1. rewrite <- sum_scal_r, <- !sum_minus. apply sum_le. intros c' L'. rewrite (U c L).
    destruct (T c' L') as [T0 T1]. destruct T0 as [T0|T0].
    + pose proof (Rmult_le_compat_l _ _ _ (Rlt_le _ _ T0) (T1 T0)). unfold Rdiv in *. lra.
    + rewrite <- T0. lra.
  - intros c' L'. left. apply co_positive; assumption.
  - intros c' L'. apply T; exact L'.
  - intros c' L' E. pose proof (co_positive c c' L L'). lra.
  - unfold P, Rdiv. rewrite sum_scal_r, One. field. lra.
Qed.

Let price_sound B : correlation k B ->
  - (IZR (price K) / (D * D)) <= 2 * sum k (fun c => N c * sum k (fun c' => P c c' * B c c')).
Proof.
  intros F. destruct facts as (_ & _ & _ & _ & Dp & _).
  set (e := fun c c' => D * (N c * IZR (entry (p K) c c') + N c' * IZR (entry (p K) c' c)) - IZR (inner (factor K) c c')).
  assert (S : 2 * sum k (fun c => N c * sum k (fun c' => P c c' * B c c')) * (D * D)
    = sum k (fun c => sum k (fun c' => IZR (inner (factor K) c c') * B c c')) + sum k (fun c => sum k (fun c' => e c c' * B c c'))).
  { transitivity (D * (sum k (fun c => sum k (fun c' => N c * IZR (entry (p K) c c') * B c c'))
                 + sum k (fun c => sum k (fun c' => N c' * IZR (entry (p K) c' c) * B c c')))).
    - assert (Flip : sum k (fun c => sum k (fun c' => N c' * IZR (entry (p K) c' c) * B c c'))
        = sum k (fun c => sum k (fun c' => N c * IZR (entry (p K) c c') * B c c'))).
      { rewrite sum_swap. apply sum_ext. intros c L. apply sum_ext. intros c' L'. rewrite (proj1 F c' c) by assumption. reflexivity. }
      assert (Lin : D * sum k (fun c => N c * sum k (fun c' => P c c' * B c c'))
        = sum k (fun c => sum k (fun c' => N c * IZR (entry (p K) c c') * B c c'))).
      { rewrite <- sum_scal. apply sum_ext. intros c _. rewrite <- !sum_scal. apply sum_ext. intros c' _. unfold P. field. lra. }
      rewrite Flip, <- Lin. ring.
    - rewrite <- !sum_plus, <- sum_scal. apply sum_ext. intros c _. rewrite <- !sum_plus, <- sum_scal. apply sum_ext. intros.
      unfold e. ring. }
  assert (Q : - IZR (price K) <= sum k (fun c => sum k (fun c' => e c c' * B c c'))).
  { unfold price. rewrite total_sum. fold k.
    assert (Neg : forall n f, - sum n f = sum n (fun i => - f i)) by (intros; rewrite <- (Rmult_1_l (sum n f)), <- Ropp_mult_distr_l_reverse, <- sum_scal; apply sum_ext; intros; ring).
    rewrite Neg. apply sum_le. intros c L. rewrite total_sum, Neg. apply sum_le. intros c' L'.
    assert (E : IZR (scale K * (at_ (sizes K) c * entry (p K) c c' + at_ (sizes K) c' * entry (p K) c' c) - inner (factor K) c c') = e c c')
      by (unfold e, D, N; rewrite minus_IZR, mult_IZR, plus_IZR, !mult_IZR; reflexivity).
    destruct (Nat.eqb_spec c' c) as [->|Ne].
    - rewrite opp_IZR, E, (proj1 (proj2 F) c L). lra.
    - rewrite abs_IZR, E. pose proof (entry_bounds k B c c' F L L'). unfold Rabs. destruct (Rcase_abs (e c c')); nra. }
  pose proof (inner_psd k (factor K) B (proj2 (proj2 F))) as I.
  apply (Rmult_le_reg_r (D * D)); [nra|]. rewrite S.
  replace (- (IZR (price K) / (D * D)) * (D * D)) with (- IZR (price K)) by (field; lra). lra.
Qed.

(** The class-level lower bound. *)
Theorem lower_sound : lower_ok K = true ->
  forall B, correlation k B -> IZR (lower_num K) / IZR (lower_den K) <= class_loss k N tau B.
Proof.
  intros R B F. destruct facts as (Tn & Td & Ld & _ & Dp & Two). unfold lower_ok in R. apply andb_prop in R. destruct R as [Rows Fin].
  fold k in Rows, Fin. apply Z.leb_le, IZR_le in Fin.
  rewrite !mult_IZR, !minus_IZR, opp_IZR, !mult_IZR in Fin. fold D in Fin. rewrite (total_sum k (at_ (sizes K))) in Fin. fold N in Fin.
  assert (One : forall c, (c < k)%nat -> sum k (P c) = 1).
  { intros c L. pose proof (all_true _ _ Rows c L) as E. unfold row_ok in E. apply andb_prop in E. destruct E as [E _].
    apply Z.eqb_eq, (f_equal IZR) in E. rewrite total_sum in E. fold k D in E. unfold P, Rdiv. rewrite sum_scal_r, E. field. lra. }
  assert (Ent : IZR (entropy K) = D * D * sum k (fun c => N c * sum k (fun c' => P c c' * log_above c c'))).
  { unfold entropy. rewrite total_sum, <- sum_scal. apply sum_ext. intros c _. rewrite mult_IZR, total_sum. fold (N c) k.
    rewrite <- !sum_scal. apply sum_ext. intros c' _. rewrite mult_IZR. unfold P, log_above. field. lra. }
  set (linear := sum k (fun c => N c * sum k (fun c' => P c c' * B c c'))).
  set (logs := sum k (fun c => N c * sum k (fun c' => P c c' * log_above c c'))) in *.
  apply Rle_trans with ((linear - sum k N) / tau - logs).
  - pose proof (price_sound B F) as Pr. fold linear in Pr. rewrite Ent in Fin.
    apply (Rmult_le_compat_r (D * D)) in Pr; [|nra].
    replace (- (IZR (price K) / (D * D)) * (D * D)) with (- IZR (price K)) in Pr by (field; lra).
    unfold tau. apply (Rmult_le_reg_r (IZR (lower_den K) * (2 * IZR (tau_num K) * (D * D)))); [repeat apply Rmult_lt_0_compat; lra|].
    replace (IZR (lower_num K) / IZR (lower_den K) * (IZR (lower_den K) * (2 * IZR (tau_num K) * (D * D))))
      with (IZR (lower_num K) * (2 * IZR (tau_num K) * (D * D))) by (field; lra).
    refine (Rle_trans _ _ _ Fin _).
    replace (((linear - sum k N) / (IZR (tau_num K) / IZR (tau_den K)) - logs) * (IZR (lower_den K) * (2 * IZR (tau_num K) * (D * D))))
      with (IZR (lower_den K) * (IZR (tau_den K) * (2 * linear * (D * D)) - 2 * IZR (tau_den K) * (D * D) * sum k N - 2 * IZR (tau_num K) * (D * D * logs)))
      by (field; lra).
    apply Rmult_le_compat_l; [lra|]. apply (Rmult_le_compat_l (IZR (tau_den K))) in Pr; lra.
  - unfold class_loss, linear, logs. unfold Rdiv at 1. rewrite <- sum_minus, <- sum_scal_r, <- sum_minus. apply sum_le. intros c L.
    pose proof (row_sound B c (all_true _ _ Rows c L) L (proj1 (proj2 F))) as E.
    rewrite (sum_ext k (fun c' => P c c' * (B c c' - 1)) (fun c' => P c c' * B c c' - P c c')) in E by (intros; ring).
    rewrite sum_minus, (One c L) in E. apply (Rmult_le_compat_l (N c)) in E; [|pose proof (Two c L); lra]. unfold Rdiv in E. lra.
Qed.

Let norm c := sqrt (IZR (inner (means K) c c)).
Let cosine c c' := IZR (inner (means K) c c') / (norm c * norm c').
Let root c := IZR (at_ (roots K) c).

Let root_bounds c : upper_row_ok K c = true -> 0 < root c /\ root c <= norm c <= root c + 1.
Proof.
  unfold upper_row_ok. rewrite !andb_true_iff, Z.ltb_lt, !Z.leb_le. intros [[[[A B] C] _] _].
  apply IZR_lt in A. apply IZR_le in B, C. rewrite !mult_IZR in B, C. rewrite plus_IZR in C. fold (root c) in A, B, C.
  split; [exact A|]. unfold norm. split.
  - rewrite <- (sqrt_square (root c)) by lra. apply sqrt_le_1_alt. exact B.
  - rewrite <- (sqrt_square (root c + 1)) by lra. apply sqrt_le_1_alt. exact C.
Qed.

Let cosine_own c : upper_row_ok K c = true -> cosine c c = 1.
Proof.
  intros O. destruct (root_bounds c O) as [A [B _]].
  assert (S : 0 < IZR (inner (means K) c c)).
  { apply Rnot_le_lt. intros Z. unfold norm in B. rewrite sqrt_neg_0 in B by exact Z. lra. }
  unfold cosine, norm. rewrite sqrt_sqrt by lra. field. lra.
Qed.

Let cosine_le c c' : upper_row_ok K c = true -> upper_row_ok K c' = true ->
  let g := inner (means K) c c' in let r := norm_product K c c' g in
  0 < IZR r /\ cosine c c' <= IZR g / IZR r.
Proof.
  intros O O' g r. destruct (root_bounds c O) as [A [B C]]. destruct (root_bounds c' O') as [A' [B' C']].
  unfold cosine. fold g. unfold r, norm_product. destruct (Z.leb_spec 0 g) as [G|G].
  - apply IZR_le in G. rewrite mult_IZR. fold (root c) (root c').
    assert (0 < root c * root c') by (apply Rmult_lt_0_compat; assumption). split; [assumption|].
    apply Rmult_le_compat_l; [exact G|]. apply Rinv_le_contravar; [assumption|]. apply Rmult_le_compat; lra.
  - apply IZR_lt in G. rewrite mult_IZR, !plus_IZR. fold (root c) (root c').
    assert (0 < norm c * norm c') by (apply Rmult_lt_0_compat; lra). split; [apply Rmult_lt_0_compat; lra|].
    assert (/ ((root c + 1) * (root c' + 1)) <= / (norm c * norm c')) by
      (apply Rinv_le_contravar; [assumption | apply Rmult_le_compat; lra]).
    unfold Rdiv. apply Rmult_le_compat_neg_l; [lra | assumption].
Qed.

Let exponential_sound c c' : upper_row_ok K c = true -> upper_row_ok K c' = true -> (c' < k)%nat -> c' <> c ->
  exp ((cosine c c' - 1) / tau) <= IZR (entry (exponentials K) c c') / D.
Proof.
  intros O O' L Ne. destruct (cosine_le c c' O O') as [R C]. destruct facts as (Tn & Td & _ & _ & Dp & _).
  pose proof O as O2. unfold upper_row_ok in O2. rewrite !andb_true_iff in O2. destruct O2 as [[_ X] _].
  apply (fun E => all_true _ _ E c' L) in X. unfold exponential_ok in X. rewrite (proj2 (Nat.eqb_neq c' c) Ne) in X. simpl orb in X.
  apply Z.leb_le, IZR_le in X. rewrite !mult_IZR in X. fold D in X.
  set (g := inner (means K) c c') in *. set (r := norm_product K c c' g) in *. set (E := IZR (entry (exponentials K) c c')) in *.
  destruct (exp_below_sound (scale K) (halvings K) (half_terms K) (tau_den K * (r - g)) (tau_num K * r) scale_positive) as [B0 B].
  { apply lt_IZR. rewrite mult_IZR. apply Rmult_lt_0_compat; assumption. }
  set (b := IZR (exp_below _ _ _ _ _)) in *. apply IZR_le in B0. fold D b in B, B0.
  rewrite !mult_IZR, minus_IZR in B. set (a := IZR (tau_den K) * (IZR r - IZR g) / (IZR (tau_num K) * IZR r)) in *.
  assert (Bp : 0 < b).
  { destruct B0 as [B0|B0]; [exact B0|]. rewrite <- B0 in X. pose proof (Rmult_lt_0_compat _ _ Dp Dp). lra. }
  apply Rle_trans with (exp (- a)).
  - apply exp_monotone. replace (- a) with ((IZR g / IZR r - 1) / tau) by (unfold a, tau; field; lra).
    apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; exact tau_positive | lra].
  - rewrite exp_Ropp. apply Rle_trans with (/ (b / D)).
    + apply Rinv_le_contravar; [apply Rdiv_lt_0_compat; assumption | exact B].
    + apply (Rmult_le_reg_r (D * b)); [apply Rmult_lt_0_compat; assumption|].
      replace (/ (b / D) * (D * b)) with (D * D) by (field; lra). replace (E / D * (D * b)) with (E * b) by (field; lra). exact X.
Qed.

Let upper_class_loss : upper_ok K = true -> class_loss k N tau cosine <= IZR (upper_num K) / IZR (upper_den K).
Proof.
  intros U. destruct facts as (_ & _ & _ & Ud & Dp & Two). unfold upper_ok in U. apply andb_prop in U. destruct U as [Rows Fin].
  fold k in Rows, Fin. pose proof (all_true _ _ Rows) as Row. apply Z.leb_le, IZR_le in Fin. rewrite !mult_IZR, total_sum in Fin. fold D in Fin.
  apply Rle_trans with (sum k (fun c => N c * IZR (at_ (logs K) c)) / D).
  - unfold class_loss, Rdiv. rewrite <- sum_scal_r. apply sum_le. intros c L. rewrite Rmult_assoc. pose proof (Two c L).
    apply Rmult_le_compat_l; [lra|]. pose proof (Row c L) as O. unfold upper_row_ok in O. rewrite !andb_true_iff in O. destruct O as [_ O].
    pose proof (cosine_own c (Row c L)) as Own.
    assert (Above : normaliser k N tau cosine c * D <= IZR (normaliser_above K c)).
    { unfold normaliser, normaliser_above. rewrite plus_IZR, mult_IZR, minus_IZR, total_sum. fold k (N c) D.
      rewrite Rmult_plus_distr_r. apply Rplus_le_compat_l. rewrite <- sum_scal_r. apply sum_le. intros c' L'. unfold other.
      destruct (Nat.eqb_spec c' c) as [->|Ne]; simpl ind; [lra|]. rewrite mult_IZR, Rmult_1_l, Rmult_assoc. fold (N c').
      apply Rmult_le_compat_l; [pose proof (Two c' L'); lra|]. rewrite Own.
      pose proof (exponential_sound c c' (Row c L) (Row c' L') L' Ne) as E.
      apply (Rmult_le_compat_r D) in E; [|lra]. unfold Rdiv at 2 in E. rewrite (Rmult_assoc (IZR _)), Rinv_l in E by lra. lra. }
    apply log_sound.
    + assert (forall c', (c' < k)%nat -> 0 <= N c') as P0 by (intros c' L'; pose proof (Two c' L'); lra).
      pose proof (normaliser_part k N tau cosine c P0). lra.
    + apply Z.leb_le, IZR_le in O. lra.
  - apply (Rmult_le_reg_r (IZR (upper_den K) * D)); [apply Rmult_lt_0_compat; assumption|].
    rewrite (sum_ext k _ (fun c => N c * IZR (at_ (logs K) c))) in Fin by (intros; apply mult_IZR).
    set (s := sum k _) in *. replace (s / D * (IZR (upper_den K) * D)) with (IZR (upper_den K) * s) by (field; lra).
    replace (IZR (upper_num K) / IZR (upper_den K) * (IZR (upper_den K) * D)) with (IZR (upper_num K) * D) by (field; lra). exact Fin.
Qed.

(** Embeddings in as many dimensions as the means have, collapsed, with a loss of at most the claimed upper bound. *)
Theorem upper_sound n y : upper_ok K = true -> classes n k y -> (forall c, (c < k)%nat -> size n y c = N c) ->
  exists H, on_sphere n (width (means K)) H /\ supcon n y tau (gram (width (means K)) H) <= IZR (upper_num K) / IZR (upper_den K).
Proof.
  intros U C S. exists (fun i l => IZR (entry (means K) (y i) l) / norm (y i)).
  pose proof U as U2. unfold upper_ok in U2. apply andb_prop in U2. destruct U2 as [Rows _]. fold k in Rows.
  assert (Np : forall i, (i < n)%nat -> 0 < norm (y i)).
  { intros i L. destruct (root_bounds (y i) (all_true _ _ Rows (y i) (proj1 C i L))). lra. }
  assert (G : forall i j, (i < n)%nat -> (j < n)%nat ->
    gram (width (means K)) (fun i l => IZR (entry (means K) (y i) l) / norm (y i)) i j = cosine (y i) (y j)).
  { intros i j Li Lj. unfold gram, cosine, inner. rewrite total_sum. unfold Rdiv at 3. rewrite <- sum_scal_r. apply sum_ext. intros l _.
    rewrite mult_IZR. pose proof (Np i Li). pose proof (Np j Lj). field. lra. }
  split.
  - intros i L. rewrite G by assumption. apply cosine_own. exact (all_true _ _ Rows (y i) (proj1 C i L)).
  - rewrite (supcon_ext n y tau _ (fun i j => cosine (y i) (y j)) G), (collapsed_loss n k y C tau cosine tau_positive).
    rewrite (class_loss_sizes k (size n y) N tau cosine S). exact (upper_class_loss U).
Qed.

End Soundness.

(** What `check K = true` says of all labels with these class sizes: the lower bound holds in the ball of radius rho,
    its sphere included, in every dimension; the upper bound is attained on the sphere: both optima lie between them. *)
Definition optimum_between (K : certificate) : Prop :=
  forall n y,
  (forall i, (i < n)%nat -> (y i < length (sizes K))%nat) ->
  (forall c, (c < length (sizes K))%nat -> size n y c = IZR (nth c (sizes K) 0%Z)) ->
  let rho := IZR (rho_num K) / IZR (rho_den K) in
  let tau := IZR (tau_num K) / IZR (tau_den K) * (rho * rho) in
  (forall d H, in_ball rho n d H ->
    IZR (lower_num K) / IZR (lower_den K) / IZR (divisor K) <= supcon n y tau (gram d H) / IZR (divisor K)) /\
  (exists H, on_sphere_of rho n (width (means K)) H /\
    supcon n y tau (gram (width (means K)) H) / IZR (divisor K) <= IZR (upper_num K) / IZR (upper_den K) / IZR (divisor K)).

Theorem check_sound K : check K = true -> optimum_between K.
Proof.
  unfold check. rewrite !andb_true_iff. intros [[O L] U] n y labels S rho tau.
  pose proof O as O2. unfold data_ok in O2. rewrite !andb_true_iff, !Z.ltb_lt in O2.
  destruct O2 as [[[[[[[[Rn Rd] V] A] B] _] _] _] Two]. apply IZR_lt in Rn, Rd, V, A, B.
  set (unit := IZR (tau_num K) / IZR (tau_den K)) in *.
  assert (T : 0 < unit) by (apply Rdiv_lt_0_compat; assumption).
  assert (R : 0 < rho) by (apply Rdiv_lt_0_compat; assumption).
  assert (R2 : 0 < rho * rho) by (apply Rmult_lt_0_compat; assumption).
  assert (V' : 0 <= / IZR (divisor K)) by (left; apply Rinv_0_lt_compat; exact V).
  assert (C : classes n (length (sizes K)) y).
  { split; [exact labels|]. intros c Lc. rewrite S by exact Lc. apply IZR_le, Z.leb_le, (all_true _ _ Two c Lc). }
  split.
  - intros d H F. apply Rmult_le_compat_r; [exact V'|].
    set (H1 := fun i l => / rho * H i l).
    assert (G : forall i j, (i < n)%nat -> (j < n)%nat -> gram d H i j = rho * rho * gram d H1 i j).
    { intros i j _ _. unfold H1. rewrite gram_scaled. field. lra. }
    rewrite (supcon_ext n y tau _ _ G). unfold tau. rewrite supcon_scaled by assumption.
    apply (embeddings_bound n (length (sizes K)) y unit _ T C).
    + intros B' F'. rewrite (class_loss_sizes _ _ (fun c => IZR (at_ (sizes K) c)) unit B' S). exact (lower_sound K O L B' F').
    + intros i Li. apply (Rmult_le_reg_l (rho * rho)); [exact R2|]. rewrite <- G by assumption. pose proof (F i Li). lra.
  - destruct (upper_sound K O n y U C S) as [H [F E]]. exists (fun i l => rho * H i l). split.
    + intros i Li. rewrite gram_scaled, (F i Li). ring.
    + apply Rmult_le_compat_r; [exact V'|].
      rewrite (supcon_ext n y tau _ (fun i j => rho * rho * gram (width (means K)) H i j)) by (intros; apply gram_scaled).
      unfold tau. rewrite supcon_scaled by assumption. exact E.
Qed.
