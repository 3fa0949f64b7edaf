(** Closed optima for all sizes: balanced classes (T8), two classes (T9), non-negative embeddings (T12). *)

From Coq Require Import Reals Lra Lia Arith Bool.
From Scverify Require Import Sums Rows Loss Reduction.
Open Scope R_scope.

(** The simplex equiangular tight frame. *)
Definition simplex (k c c' : nat) : R := if (c =? c')%nat then 1 else - / (INR k - 1).

(** Its vectors in K = k - 1 dimensions, padded with zeros. *)
Definition simplex_vector (K c l : nat) : R :=
  if (l <? K)%nat then
    if (c <? K)%nat then sqrt (1 + / INR K) * ind (l =? c)%nat + (sqrt (/ INR K) - sqrt (1 + / INR K)) / INR K
    else - sqrt (/ INR K)
  else 0.

Lemma sum_padded K d f : (K <= d)%nat -> (forall l, (K <= l)%nat -> f l = 0) -> sum d f = sum K f.
Proof.
  intros L Z. replace d with (K + (d - K))%nat by lia. rewrite sum_split, (sum_zero (d - K)); [ring|].
  intros. apply Z. lia.
Qed.

Lemma simplex_gram K d c c' : (1 <= K)%nat -> (K <= d)%nat -> (c <= K)%nat -> (c' <= K)%nat ->
  sum d (fun l => simplex_vector K c l * simplex_vector K c' l) = simplex (S K) c c'.
Proof.
  intros P L Lc Lc'. rewrite (sum_padded K d) by
    (auto; intros l O; unfold simplex_vector; rewrite (proj2 (Nat.ltb_ge l K) O); ring).
  assert (1 <= INR K) by (change 1 with (INR 1); apply le_INR; exact P).
  assert (0 < / INR K) by (apply Rinv_0_lt_compat; lra).
  pose proof (sqrt_sqrt (/ INR K)) as G. pose proof (sqrt_sqrt (1 + / INR K)) as A.
  specialize (G ltac:(lra)). specialize (A ltac:(lra)).
  unfold simplex. rewrite S_INR. replace (INR K + 1 - 1) with (INR K) by ring.
  set (a := sqrt (1 + / INR K)) in *. set (g := sqrt (/ INR K)) in *. set (b := (g - a) / INR K).
  assert (Kb : INR K * b = g - a) by (unfold b; field; lra).
  assert (E : forall c, (c < K)%nat -> forall l, (l < K)%nat -> simplex_vector K c l = a * ind (l =? c)%nat + b).
  { intros u Lu l Ll. unfold simplex_vector. rewrite (proj2 (Nat.ltb_lt _ _) Lu), (proj2 (Nat.ltb_lt _ _) Ll). reflexivity. }
  assert (V : forall l, (l < K)%nat -> simplex_vector K K l = - g).
  { intros l Ll. unfold simplex_vector. rewrite (proj2 (Nat.ltb_lt _ _) Ll), Nat.ltb_irrefl. reflexivity. }
  assert (X : b * (a + g) = - / INR K).
  { apply (Rmult_eq_reg_l (INR K)); [|lra]. rewrite <- Rmult_assoc, Kb.
    replace ((g - a) * (a + g)) with (g * g - a * a) by ring. rewrite G, A. field. lra. }
  assert (M : forall c, (c < K)%nat -> sum K (fun l => simplex_vector K c l * - g) = - / INR K).
  { intros u Lu. rewrite (sum_ext K _ (fun l => ind (l =? u)%nat * (- g * a) + - g * b)).
    2:{ intros l Ll. rewrite E by assumption. ring. }
    rewrite sum_plus, sum_at, sum_const by exact Lu.
    replace (INR K * (- g * b)) with (- g * (INR K * b)) by ring. rewrite Kb.
    replace (- g * a + - g * (g - a)) with (- (g * g)) by ring. rewrite G. reflexivity. }
  destruct (Nat.eq_dec c K) as [->|D], (Nat.eq_dec c' K) as [->|D'].
  - rewrite Nat.eqb_refl, (sum_ext K _ (fun _ => g * g)) by (intros l Ll; rewrite V by exact Ll; ring).
    rewrite sum_const, G. field. lra.
  - rewrite (proj2 (Nat.eqb_neq K c')) by auto. rewrite <- (M c') by lia. apply sum_ext. intros l Ll. rewrite V by exact Ll. ring.
  - rewrite (proj2 (Nat.eqb_neq c K)) by auto. rewrite <- (M c) by lia. apply sum_ext. intros l Ll. rewrite V by exact Ll. ring.
  - rewrite (sum_ext K _ (fun l => ind (l =? c)%nat * (a * a * ind (l =? c')%nat + a * b) + ind (l =? c')%nat * (a * b) + b * b)).
    2:{ intros l Ll. rewrite !E by (assumption || lia). ring. }
    rewrite !sum_plus, !sum_at, sum_const by lia.
    replace (a * a * ind (c =? c')%nat + a * b + a * b + INR K * (b * b))
      with (a * a * ind (c =? c')%nat + b * (a + a + INR K * b)) by ring.
    rewrite Kb. replace (a + a + (g - a)) with (a + g) by ring. rewrite X, A.
    destruct (c =? c')%nat; simpl ind; ring.
Qed.

(** Every loss of a simplex is attained by embeddings in each dimension from k - 1 on. *)
Lemma simplex_attained n k y d : (2 <= k)%nat -> (forall i, (i < n)%nat -> (y i < k)%nat) -> (k - 1 <= d)%nat ->
  exists H, on_sphere n d H /\ forall i j, (i < n)%nat -> (j < n)%nat -> gram d H i j = simplex k (y i) (y j).
Proof.
  intros K2 labels L. exists (fun i l => simplex_vector (k - 1) (y i) l).
  assert (E : forall i j, (i < n)%nat -> (j < n)%nat ->
    sum d (fun l => simplex_vector (k - 1) (y i) l * simplex_vector (k - 1) (y j) l) = simplex k (y i) (y j)).
  { intros i j Li Lj. pose proof (labels i Li). pose proof (labels j Lj).
    rewrite simplex_gram by lia. replace (S (k - 1)) with k by lia. reflexivity. }
  split; [|exact E]. intros i Li. unfold gram. rewrite E by assumption. unfold simplex. rewrite Nat.eqb_refl. reflexivity.
Qed.

Section Balanced.
Variables (k : nat) (m tau : R).
Hypothesis K2 : (2 <= k)%nat.
Hypothesis M2 : 2 <= m.
Hypothesis tau_positive : 0 < tau.

Definition balanced_normaliser : R := (m - 1) + (INR k - 1) * (m * exp (- (1 + / (INR k - 1)) / tau)).

Let k_real : 1 <= INR k - 1.
Proof. assert (INR 2 <= INR k) by (apply le_INR; exact K2). simpl in H. lra. Qed.

Lemma simplex_normaliser c : (c < k)%nat -> normaliser k (fun _ => m) tau (simplex k) c = balanced_normaliser.
Proof.
  intros L. unfold normaliser, balanced_normaliser. f_equal.
  rewrite (sum_ext k _ (fun c' => other c c' * (m * exp (- (1 + / (INR k - 1)) / tau)))).
  - unfold other. rewrite (sum_except k c (fun _ => m * _)) by exact L. rewrite sum_const. ring.
  - intros c' _. unfold other, simplex. rewrite (Nat.eqb_refl c), (Nat.eqb_sym c c').
    destruct (c' =? c)%nat; simpl; [ring|]. do 4 f_equal. ring.
Qed.

Let normaliser_positive : 0 < balanced_normaliser.
Proof.
  unfold balanced_normaliser. assert (0 <= (INR k - 1) * (m * exp (- (1 + / (INR k - 1)) / tau))); [|lra].
  repeat apply Rmult_le_pos; try lra. left; apply exp_pos.
Qed.

Let weight := m * exp (- (1 + / (INR k - 1)) / tau) / balanced_normaliser / tau.

Let row_below B c : unit_diagonal k B -> (c < k)%nat ->
  ln balanced_normaliser + weight * sum k (fun c' => B c c' - simplex k c c') <= ln (normaliser k (fun _ => m) tau B c).
Proof.
  intros U L. rewrite (normaliser_row k (fun _ => m) tau B c L).
  pose proof (tangent k (class_coefficient (fun _ => m) c) (fun c' => (B c c' - B c c) / tau) (fun c' => (simplex k c c' - simplex k c c) / tau)) as T.
  simpl in T. rewrite <- (normaliser_row k (fun _ => m) tau (simplex k) c L), simplex_normaliser in T by exact L.
  refine (Rle_trans _ _ _ (Req_le _ _ _) (T _ normaliser_positive)).
  - f_equal. rewrite <- sum_scal. apply sum_ext. intros c' _. unfold class_coefficient, weight, simplex.
    rewrite (Nat.eqb_refl c), (Nat.eqb_sym c c'). rewrite (U c L). destruct (Nat.eqb_spec c' c) as [->|D].
    + rewrite (U c L). field. lra.
    + replace ((- / (INR k - 1) - 1) / tau) with (- (1 + / (INR k - 1)) / tau) by (field; lra). field. lra.
  - intros c' _. unfold class_coefficient. destruct (c' =? c)%nat; lra.
Qed.

(** T8 at class level: no correlation matrix lies below the simplex. *)
Theorem balanced_class_bound B : correlation k B -> INR k * (m * ln balanced_normaliser) <= class_loss k (fun _ => m) tau B.
Proof.
  intros [_ [U P]]. unfold class_loss.
  assert (W : 0 <= weight).
  { unfold weight, Rdiv. repeat apply Rmult_le_pos; try (left; apply Rinv_0_lt_compat; assumption); [lra | left; apply exp_pos]. }
  assert (Total : sum k (fun c => sum k (fun c' => B c c' - simplex k c c')) = quadratic k B (fun _ => 1)).
  { unfold quadratic. apply sum_ext. intros c L. rewrite sum_minus. rewrite (sum_ext k (simplex k c) (fun c' => ind (c' =? c)%nat * 1 + other c c' * - / (INR k - 1))).
    2:{ intros c' _. unfold simplex, other. rewrite (Nat.eqb_sym c c'). destruct (c' =? c)%nat; simpl; ring. }
    unfold other. rewrite sum_plus, sum_at, sum_except, sum_const by exact L.
    rewrite (sum_ext k (fun j => 1 * 1 * B c j) (B c)) by (intros; ring). field. lra. }
  apply Rle_trans with (sum k (fun c => m * (ln balanced_normaliser + weight * sum k (fun c' => B c c' - simplex k c c')))).
  - rewrite sum_scal, sum_plus, sum_const, sum_scal, Total. pose proof (P (fun _ => 1)) as Q.
    assert (0 <= m * (weight * quadratic k B (fun _ => 1))) by (apply Rmult_le_pos; [lra | apply Rmult_le_pos; assumption]).
    lra.
  - apply sum_le. intros c L. apply Rmult_le_compat_l; [lra | apply row_below; assumption].
Qed.

Theorem balanced_class_value : class_loss k (fun _ => m) tau (simplex k) = INR k * (m * ln balanced_normaliser).
Proof.
  unfold class_loss. rewrite <- sum_const. apply sum_ext. intros c L. rewrite simplex_normaliser by exact L. reflexivity.
Qed.

End Balanced.

Lemma simplex_value n k y d tau H :
  0 < tau -> classes n k y -> (forall i j, (i < n)%nat -> (j < n)%nat -> gram d H i j = simplex k (y i) (y j)) ->
  supcon n y tau (gram d H) = class_loss k (size n y) tau (simplex k).
Proof. intros T C E. rewrite <- (collapsed_loss n k y C tau (simplex k) T). apply supcon_ext. exact E. Qed.

(** T8. k >= 2 classes of m >= 2 samples: over all embeddings in the unit ball (its sphere included) the loss is at least k m log(m - 1 + (k - 1) m exp(-(1 + 1/(k-1))/tau)),
    and in every dimension d >= k - 1 the simplex attains it. *)
Theorem T8_balanced_simplex n k y m tau :
  (2 <= k)%nat -> 0 < tau -> classes n k y -> (forall c, (c < k)%nat -> size n y c = m) ->
  let optimum := INR k * (m * ln ((m - 1) + (INR k - 1) * (m * exp (- (1 + / (INR k - 1)) / tau)))) in
  (forall d H, in_ball 1 n d H -> optimum <= supcon n y tau (gram d H)) /\
  (forall d, (k - 1 <= d)%nat -> exists H, on_sphere n d H /\ supcon n y tau (gram d H) = optimum /\
     forall i j, (i < n)%nat -> (j < n)%nat -> gram d H i j = simplex k (y i) (y j)).
Proof.
  intros K2 T C E optimum.
  assert (M2 : 2 <= m) by (rewrite <- (E 0%nat) by lia; apply (proj2 C); lia).
  assert (S : forall B, class_loss k (size n y) tau B = class_loss k (fun _ => m) tau B) by (intros B; apply class_loss_sizes; exact E).
  split.
  - apply embeddings_bound with (k := k); [exact T | exact C |]. intros B F. rewrite S.
    apply (balanced_class_bound k m tau K2 M2 T B F).
  - intros d L. destruct (simplex_attained n k y d K2 (proj1 C) L) as [H [U X]]. exists H.
    split; [exact U | split; [|exact X]]. rewrite (simplex_value n k y d tau H T C X), S.
    apply (balanced_class_value k m tau); assumption.
Qed.

(** T9. Two classes of any sizes n_0, n_1 >= 2: the antipodal pair is optimal in the unit ball and on its sphere, in every dimension d >= 1. *)
Theorem T9_two_classes n y tau :
  0 < tau -> classes n 2 y ->
  let n0 := size n y 0 in let n1 := size n y 1 in
  let optimum := n0 * ln ((n0 - 1) + n1 * exp (- 2 / tau)) + n1 * ln ((n1 - 1) + n0 * exp (- 2 / tau)) in
  (forall d H, in_ball 1 n d H -> optimum <= supcon n y tau (gram d H)) /\
  (forall d, (1 <= d)%nat -> exists H, on_sphere n d H /\ supcon n y tau (gram d H) = optimum /\
     forall i j, (i < n)%nat -> (j < n)%nat -> gram d H i j = if (y i =? y j)%nat then 1 else -1).
Proof.
  intros T C n0 n1 optimum.
  assert (V : class_loss 2 (size n y) tau (simplex 2) = optimum).
  { unfold optimum, class_loss, normaliser, simplex, other; simpl; fold n0 n1.
    replace (- / (1 + 1 - 1) - 1) with (- 2) by field. f_equal; [rewrite Rplus_0_l|]; do 3 f_equal; ring. }
  split.
  - apply embeddings_bound with (k := 2%nat); [exact T | exact C |]. intros B F. rewrite <- V.
    apply class_loss_le; [exact T | exact (proj2 C) |]. intros c c' L L' D.
    rewrite (proj1 (proj2 F) c L). pose proof (entry_bounds 2 B c c' F L L').
    unfold simplex. rewrite Nat.eqb_refl, (proj2 (Nat.eqb_neq c c') D). simpl.
    replace (- / (1 + 1 - 1)) with (-1) by field. lra.
  - intros d L. destruct (simplex_attained n 2 y d (le_n 2) (proj1 C) L) as [H [U X]]. exists H.
    split; [exact U | split].
    + rewrite (simplex_value n 2 y d tau H T C X). exact V.
    + intros i j Li Lj. rewrite X by assumption. unfold simplex. destruct (y i =? y j)%nat; [reflexivity|]. simpl. field.
Qed.

(** T12. Non-negative embeddings, any class sizes >= 2: the orthogonal frame is optimal, in every dimension d >= k. *)
Theorem T12_orthogonal_frame n k y tau :
  0 < tau -> classes n k y ->
  let optimum := sum k (fun c => size n y c * ln ((size n y c - 1) + (INR n - size n y c) * exp (- 1 / tau))) in
  (forall d H, on_sphere n d H -> (forall i l, (i < n)%nat -> (l < d)%nat -> 0 <= H i l) -> optimum <= supcon n y tau (gram d H)) /\
  (forall d, (k <= d)%nat -> exists H, on_sphere n d H /\ (forall i l, (i < n)%nat -> (l < d)%nat -> 0 <= H i l) /\
     supcon n y tau (gram d H) = optimum /\
     forall i j, (i < n)%nat -> (j < n)%nat -> gram d H i j = if (y i =? y j)%nat then 1 else 0).
Proof.
  intros T C optimum. set (frame := fun c c' : nat => if (c =? c')%nat then 1 else 0).
  assert (V : class_loss k (size n y) tau frame = optimum).
  { apply sum_ext. intros c L. do 2 f_equal. unfold normaliser. f_equal.
    rewrite (sum_ext k _ (fun c' => other c c' * (size n y c' * exp (- 1 / tau)))).
    - unfold other. rewrite (sum_except k c (fun c' => size n y c' * _)) by exact L. rewrite sum_scal_r.
      replace (INR n) with (sum n (fun _ => 1)) by (rewrite sum_const; ring).
      rewrite (sum_labels n k y (proj1 C) (fun _ => 1)), (sum_scal_r k 1 (size n y)). ring.
    - intros c' _. unfold other, frame. rewrite Nat.eqb_refl, (Nat.eqb_sym c c').
      destruct (c' =? c)%nat; simpl; [ring|]. do 4 f_equal. ring. }
  split.
  - intros d H U P. destruct (reduction n k y tau (gram d H) T C (gram_correlation n d H U)) as [F E].
    refine (Rle_trans _ _ _ _ E). rewrite <- V. apply class_loss_le; [exact T | exact (proj2 C) |]. intros c c' L L' D.
    rewrite (proj1 (proj2 F) c L). unfold frame, class_average. rewrite Nat.eqb_refl, (proj2 (Nat.eqb_neq c c') D).
    apply Rplus_le_compat_r. unfold mean_entry, Rdiv.
    pose proof (proj2 C c L). pose proof (proj2 C c' L').
    apply Rmult_le_pos; [|left; apply Rinv_0_lt_compat, Rmult_lt_0_compat; lra].
    apply sum_nonneg. intros i Li. apply sum_nonneg. intros j Lj.
    repeat apply Rmult_le_pos; try apply ind_nonneg. apply sum_nonneg. intros l Ll. apply Rmult_le_pos; apply P; assumption.
  - intros d L. exists (fun i l => ind (l =? y i)%nat).
    assert (X : forall i j, (i < n)%nat -> (j < n)%nat -> gram d (fun i l => ind (l =? y i)%nat) i j = frame (y i) (y j)).
    { intros i j Li Lj. unfold gram. rewrite sum_at by (pose proof (proj1 C i Li); lia). reflexivity. }
    split; [|split; [|split]].
    + intros i Li. rewrite X by assumption. unfold frame. rewrite Nat.eqb_refl. reflexivity.
    + intros. apply ind_nonneg.
    + rewrite <- V, <- (collapsed_loss n k y C tau frame T). apply supcon_ext. exact X.
    + exact X.
Qed.
