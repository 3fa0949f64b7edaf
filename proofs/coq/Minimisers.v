(** What every global minimiser is like: collapsed in every dimension (N1, T4), the same for both forms of the loss (N12), unique (T5). *)

From Coq Require Import Reals Lra Lia Arith Bool.
From Scverify Require Import Sums Rows Loss Convexity Gradient PairLemma Ball Collapse.
Open Scope R_scope.

(** Sets of embeddings that a choice of representatives does not leave: the sphere, and its part with H >= 0. *)
Definition keeps_representatives (n : nat) (y : nat -> nat) (K : (nat -> nat -> R) -> Prop) : Prop :=
  forall H r, (forall a, (a < n)%nat -> (r a < n)%nat /\ y (r a) = y a) -> K H -> K (fun i l => H (r i) l).

Definition minimises {A : Type} (K : A -> Prop) (f : A -> R) (x : A) : Prop := K x /\ forall z, K z -> f x <= f z.

Lemma entries_le_one n G : correlation n G -> forall i j, (i < n)%nat -> (j < n)%nat -> G i j <= 1.
Proof. intros F i j Li Lj. apply (entry_bounds n G i j F Li Lj). Qed.

(** Below each correlation matrix lies one that repeats its own entries, with one representative a class; strictly, also under the in form, if a positive pair is not at 1. *)
Lemma below_by_representatives n k y tau G : 0 < tau -> classes n k y -> several n y -> correlation n G ->
  exists r : nat -> nat, (forall a, (a < n)%nat -> (r a < n)%nat /\ y (r a) = y a) /\ (forall a b, (a < n)%nat -> (b < n)%nat -> y a = y b -> r a = r b) /\
    correlation n (moved r G) /\ supcon n y tau (moved r G) = raised n y tau (moved r G) /\
    supcon n y tau (moved r G) <= supcon_in n y tau G /\
    (forall i j, (i < n)%nat -> (j < n)%nat -> i <> j -> y i = y j -> G i j < 1 -> supcon n y tau (moved r G) < supcon_in n y tau G).
Proof.
  intros T C V F. destruct (representatives n k y tau G C) as [r [R [S M]]].
  pose proof (moved_correlation n r G (fun a La => proj1 (R a La)) F) as F'.
  assert (E : supcon n y tau (moved r G) = raised n y tau (moved r G)).
  { apply (raised_collapsed n k y tau (moved r G) T C). intros i j Li Lj _ Eij. unfold moved.
    rewrite (S i j Li Lj Eij). apply F. apply R. exact Lj. }
  exists r. split; [exact R | split; [exact S | split; [exact F' | split; [exact E | split]]]].
  - pose proof (raised_le_in n k y tau G T C (entries_le_one n G F)). lra.
  - intros i j Li Lj D Eij Q. pose proof (raised_lt_in n k y tau G T C (entries_le_one n G F) i j V Li Lj D Eij Q). lra.
Qed.

(** T4, the relaxation: a minimiser of L over all correlation matrices has G_ij = 1 within classes. *)
Theorem T4_collapsed_minimiser n k y tau G : 0 < tau -> classes n k y -> several n y ->
  minimises (correlation n) (supcon n y tau) G -> within n y G (fun x => x = 1).
Proof.
  intros T C V [F M] i j Li Lj D E. pose proof (entries_le_one n G F i j Li Lj).
  destruct (Rle_lt_or_eq_dec _ _ H) as [Q|Q]; [exfalso | exact Q].
  destruct (below_by_representatives n k y tau G T C V F) as [r [_ [_ [F' [_ [_ S]]]]]].
  pose proof (S i j Li Lj D E Q). pose proof (M _ F'). pose proof (in_le_out n k y tau G C). lra.
Qed.

Section Embeddings.
Variables (n k : nat) (y : nat -> nat) (tau : R) (d : nat) (K : (nat -> nat -> R) -> Prop).
Hypothesis tau_positive : 0 < tau.
Hypothesis C : classes n k y.
Hypothesis V : several n y.
Hypothesis sphere : forall H, K H -> on_sphere n d H.
Hypothesis closed : keeps_representatives n y K.

Lemma closed_below H : K H -> exists H', K H' /\ collapsed n y d H' /\
  supcon_in n y tau (gram d H') = supcon n y tau (gram d H') /\ supcon n y tau (gram d H') <= supcon_in n y tau (gram d H) /\
  (collapsed n y d H \/ supcon n y tau (gram d H') < supcon_in n y tau (gram d H)).
Proof.
  intros KH. pose proof (gram_correlation n d H (sphere H KH)) as F.
  destruct (below_by_representatives n k y tau (gram d H) tau_positive C V F) as [r [R [S [F' [E [L Strict]]]]]].
  exists (fun i l => H (r i) l). change (gram d (fun i l => H (r i) l)) with (moved r (gram d H)).
  split; [apply closed; assumption | split; [|split; [|split; [exact L|]]]].
  - intros i j Li Lj Eij l _. rewrite (S i j Li Lj Eij). reflexivity.
  - apply Rle_antisym; [apply (in_le_out n k); exact C | rewrite E; apply (raised_le_in n k); try assumption; apply entries_le_one; exact F'].
  - destruct (Classical_Prop.classic (collapsed n y d H)) as [A|N]; [left; exact A | right].
    destruct (Classical_Prop.classic (exists i j, (i < n)%nat /\ (j < n)%nat /\ i <> j /\ y i = y j /\ gram d H i j < 1)) as [[i [j [Li [Lj [D [Eij Q]]]]]]|M].
    + apply (Strict i j); assumption.
    + exfalso. apply N. apply collapsed_at. intros i j Li Lj D Eij P. apply M. exists i, j. repeat split; try assumption.
      rewrite distance2_gram, (proj1 (proj2 F) i Li), (proj1 (proj2 F) j Lj) in P. lra.
Qed.

Lemma minimiser_collapsed H : minimises K (fun H => supcon n y tau (gram d H)) H -> collapsed n y d H.
Proof.
  intros [KH M]. destruct (closed_below H KH) as [H' [K' [_ [_ [_ [A|Q]]]]]]; [exact A | exfalso].
  pose proof (M H' K'). pose proof (in_le_out n k y tau (gram d H) C). lra.
Qed.

Lemma minimiser_in_collapsed H : minimises K (fun H => supcon_in n y tau (gram d H)) H -> collapsed n y d H.
Proof.
  intros [KH M]. destruct (closed_below H KH) as [H' [K' [_ [E [_ [A|Q]]]]]]; [exact A | exfalso]. pose proof (M H' K'). simpl in *. lra.
Qed.

Lemma same_at_collapse H : K H -> collapsed n y d H -> supcon_in n y tau (gram d H) = supcon n y tau (gram d H).
Proof.
  intros KH A. pose proof (gram_correlation n d H (sphere H KH)) as F. apply Rle_antisym; [apply (in_le_out n k); exact C|].
  rewrite (raised_collapsed n k y tau (gram d H)); try assumption.
  - apply (raised_le_in n k); try assumption. apply entries_le_one. exact F.
  - intros i j Li Lj _ Eij. rewrite (same_gram d H i j j (A i j Li Lj Eij)). apply F. exact Lj.
Qed.

Lemma same_minimisers H : minimises K (fun H => supcon_in n y tau (gram d H)) H <-> minimises K (fun H => supcon n y tau (gram d H)) H.
Proof.
  split; intros M; pose proof M as [KH Min]; (split; [exact KH|]); intros H1 K1.
  - rewrite <- (same_at_collapse H KH (minimiser_in_collapsed H M)). pose proof (Min H1 K1). pose proof (in_le_out n k y tau (gram d H1) C). simpl in *. lra.
  - rewrite (same_at_collapse H KH (minimiser_collapsed H M)). destruct (closed_below H1 K1) as [H' [K' [_ [_ [L _]]]]].
    pose proof (Min H' K'). simpl in *. lra.
Qed.

End Embeddings.

Lemma sphere_keeps n y d : keeps_representatives n y (on_sphere n d).
Proof. intros H r R U i Li. apply (U (r i)). apply R. exact Li. Qed.

Definition nonnegative_sphere (n d : nat) (H : nat -> nat -> R) : Prop :=
  on_sphere n d H /\ forall i l, (i < n)%nat -> (l < d)%nat -> 0 <= H i l.

Lemma nonnegative_keeps n y d : keeps_representatives n y (nonnegative_sphere n d).
Proof.
  intros H r R [U P]. split; [apply (sphere_keeps n y d H r R U)|]. intros i l Li Ll. apply P; [apply R; exact Li | exact Ll].
Qed.

(** N1. On the sphere, in every dimension d, for all sizes and every temperature: each global minimiser of the loss is collapsed within classes. *)
Theorem N1_collapse_in_every_dimension n k y tau d H : 0 < tau -> classes n k y -> several n y ->
  minimises (on_sphere n d) (fun H => supcon n y tau (gram d H)) H -> collapsed n y d H.
Proof. intros T C V. apply (minimiser_collapsed n k y tau d (on_sphere n d)); auto using sphere_keeps. Qed.

(** N1 with H >= 0 (the model after a ReLU). *)
Theorem N1_collapse_nonnegative n k y tau d H : 0 < tau -> classes n k y -> several n y ->
  minimises (nonnegative_sphere n d) (fun H => supcon n y tau (gram d H)) H -> collapsed n y d H.
Proof.
  intros T C V. apply (minimiser_collapsed n k y tau d (nonnegative_sphere n d)); auto using nonnegative_keeps.
  intros H' P. apply P.
Qed.

(** N12. On the sphere, in every dimension, the "in" form and the "out" form of the loss have the same global minimisers, *)
Theorem N12_same_minimisers n k y tau d H : 0 < tau -> classes n k y -> several n y ->
  minimises (on_sphere n d) (fun H => supcon_in n y tau (gram d H)) H <-> minimises (on_sphere n d) (fun H => supcon n y tau (gram d H)) H.
Proof. intros T C V. apply (same_minimisers n k y tau d (on_sphere n d)); auto using sphere_keeps. Qed.

(** and the same lower bounds, hence the same infimum. *)
Theorem N12_same_bounds n k y tau d bound : 0 < tau -> classes n k y -> several n y ->
  (forall H, on_sphere n d H -> bound <= supcon_in n y tau (gram d H)) <-> (forall H, on_sphere n d H -> bound <= supcon n y tau (gram d H)).
Proof.
  intros T C V. split; intros B H U.
  - pose proof (B H U). pose proof (in_le_out n k y tau (gram d H) C). lra.
  - destruct (closed_below n k y tau d (on_sphere n d) T C V (fun H P => P) (sphere_keeps n y d) H U) as [H' [U' [_ [_ [L _]]]]].
    pose proof (B H' U'). lra.
Qed.

Lemma mixed_correlation n t A B : 0 <= t <= 1 -> correlation n A -> correlation n B -> correlation n (mixed t A B).
Proof.
  intros T [Sa [Ua Pa]] [Sb [Ub Pb]]. split; [|split].
  - intros i j Li Lj. unfold mixed. rewrite (Sa i j), (Sb i j) by assumption. reflexivity.
  - intros i Li. unfold mixed. rewrite Ua, Ub by exact Li. ring.
  - intros x. replace (quadratic n (mixed t A B) x) with ((1 - t) * quadratic n A x + t * quadratic n B x).
    + pose proof (Pa x). pose proof (Pb x). apply Rplus_le_le_0_compat; apply Rmult_le_pos; lra.
    + unfold quadratic. rewrite <- !sum_scal, <- sum_plus. apply sum_ext. intros i _. rewrite <- !sum_scal, <- sum_plus.
      apply sum_ext. intros j _. unfold mixed. ring.
Qed.

(** T5, class level: the class loss has at most one minimiser over the correlation matrices of the classes: it is strictly convex off the diagonal. *)
Theorem T5_unique_class_matrix k N tau A B : 0 < tau -> (forall c, (c < k)%nat -> 2 <= N c) ->
  minimises (correlation k) (class_loss k N tau) A -> minimises (correlation k) (class_loss k N tau) B ->
  forall c c', (c < k)%nat -> (c' < k)%nat -> A c c' = B c c'.
Proof.
  intros T P [FA MA] [FB MB] c c' L L'. destruct (Req_dec (A c c') (B c c')) as [E|D]; [exact E | exfalso].
  pose proof (mixed_correlation k (/ 2) A B ltac:(lra) FA FB) as F. pose proof (MA _ F) as Low. pose proof (MA _ FB). pose proof (MB _ FA).
  assert (Row : forall M e, (e < k)%nat -> normaliser k N tau M e = sum k (fun f => class_coefficient N e f * exp ((M e f - M e e) / tau))) by (intros; apply normaliser_row; assumption).
  assert (Pos : forall e f, (e < k)%nat -> (f < k)%nat -> 0 < class_coefficient N e f).
  { intros e f Le Lf. unfold class_coefficient. pose proof (P e Le). pose proof (P f Lf). destruct (f =? e)%nat; lra. }
  assert (Half : forall e f, (mixed (/ 2) A B e f - mixed (/ 2) A B e e) / tau = (1 - / 2) * ((A e f - A e e) / tau) + / 2 * ((B e f - B e e) / tau))
    by (intros; unfold mixed; field; lra).
  assert (Q : class_loss k N tau (mixed (/ 2) A B) < (1 - / 2) * class_loss k N tau A + / 2 * class_loss k N tau B); [|lra].
  unfold class_loss. rewrite <- !sum_scal, <- sum_plus. apply (sum_lt k c); [exact L | |].
  - intros e Le. rewrite !Row by exact Le. rewrite (sum_ext k _ (fun f => class_coefficient N e f * exp ((1 - / 2) * ((A e f - A e e) / tau) + / 2 * ((B e f - B e e) / tau)))) by (intros; rewrite Half; reflexivity).
    pose proof (T1_row_convex k (class_coefficient N e) (fun f => (A e f - A e e) / tau) (fun f => (B e f - B e e) / tau) (/ 2) (fun f Lf => Rlt_le _ _ (Pos e f Le Lf)) ltac:(lra)) as V.
    simpl in V. apply (Rmult_le_compat_l (N e)) in V; [|pose proof (P e Le); lra]. lra.
  - rewrite !Row by exact L. rewrite (sum_ext k _ (fun f => class_coefficient N c f * exp ((1 - / 2) * ((A c f - A c c) / tau) + / 2 * ((B c f - B c c) / tau)))) by (intros; rewrite Half; reflexivity).
    assert (V : ln (sum k (fun f => class_coefficient N c f * exp ((1 - / 2) * ((A c f - A c c) / tau) + / 2 * ((B c f - B c c) / tau))))
      < (1 - / 2) * ln (sum k (fun f => class_coefficient N c f * exp ((A c f - A c c) / tau))) + / 2 * ln (sum k (fun f => class_coefficient N c f * exp ((B c f - B c c) / tau)))).
    { apply (T1_row_strictly_convex k (class_coefficient N c) (fun f => (A c f - A c c) / tau) (fun f => (B c f - B c c) / tau) (/ 2) c' c);
        auto; [intros; left; auto | | lra].
      rewrite (proj1 (proj2 FA) c L), (proj1 (proj2 FB) c L). intros Z. apply D.
      apply (Rmult_eq_compat_r tau) in Z. unfold Rdiv in Z. rewrite !Rmult_minus_distr_r, !Rmult_assoc, Rinv_l in Z by lra. lra. }
    apply (Rmult_lt_compat_l (N c)) in V; [|pose proof (P c L); lra]. lra.
Qed.

(** T5, samples: the relaxation has at most one minimiser, for all sizes and every temperature. *)
Theorem T5_unique_gram_matrix n k y tau A B : 0 < tau -> classes n k y -> several n y ->
  minimises (correlation n) (supcon n y tau) A -> minimises (correlation n) (supcon n y tau) B ->
  forall i a, (i < n)%nat -> (a < n)%nat -> A i a = B i a.
Proof.
  intros T C V MA MB i a Li La. pose proof (T4_collapsed_minimiser n k y tau A T C V MA) as CA.
  pose proof (T4_collapsed_minimiser n k y tau B T C V MB) as CB. destruct MA as [FA MA], MB as [FB MB].
  destruct (Req_dec (A i a) (B i a)) as [E|D]; [exact E | exfalso].
  assert (Nai : a <> i) by (intros ->; rewrite (proj1 (proj2 FA) i Li), (proj1 (proj2 FB) i Li) in D; lra).
  pose proof (MA _ FB). pose proof (MB _ FA). pose proof (MA _ (mixed_correlation n (/ 2) A B ltac:(lra) FA FB)) as Low.
  (* a positive of i, at similarity 1 in both *)
  assert (J : exists j, (j < n)%nat /\ j <> i /\ y j = y i).
  { destruct (Classical_Prop.classic (exists j, (j < n)%nat /\ j <> i /\ y j = y i)) as [X|None]; [exact X | exfalso].
    pose proof (count_positives n y i 1 Li) as Count. pose proof (proj2 C (y i) (proj1 C i Li)).
    rewrite (sum_zero n) in Count; [lra|]. intros j Lj. unfold positive_pair.
    destruct (Nat.eqb_spec (y j) (y i)) as [Ej|Ej], (Nat.eqb_spec j i) as [Ei|Ei]; simpl; try ring. exfalso. apply None. eauto. }
  destruct J as [j [Lj [Nj Ej]]].
  assert (Strict : supcon n y tau (mixed (/ 2) A B) < (1 - / 2) * supcon n y tau A + / 2 * supcon n y tau B); [|lra].
  assert (Half : forall e f g, (mixed (/ 2) A B e f - mixed (/ 2) A B e g) / tau = (1 - / 2) * ((A e f - A e g) / tau) + / 2 * ((B e f - B e g) / tau))
    by (intros; unfold mixed; field; lra).
  assert (Term : forall e f, ln (sum n (fun x => other e x * exp ((mixed (/ 2) A B e x - mixed (/ 2) A B e f) / tau)))
    <= (1 - / 2) * ln (sum n (fun x => other e x * exp ((A e x - A e f) / tau))) + / 2 * ln (sum n (fun x => other e x * exp ((B e x - B e f) / tau)))).
  { intros e f. rewrite (sum_ext n _ (fun x => other e x * exp ((1 - / 2) * ((A e x - A e f) / tau) + / 2 * ((B e x - B e f) / tau)))) by (intros; rewrite Half; reflexivity).
    apply (T1_row_convex n (other e) (fun x => (A e x - A e f) / tau) (fun x => (B e x - B e f) / tau) (/ 2)); [intros; apply ind_nonneg | lra]. }
  assert (Term' : ln (sum n (fun x => other i x * exp ((mixed (/ 2) A B i x - mixed (/ 2) A B i j) / tau)))
    < (1 - / 2) * ln (sum n (fun x => other i x * exp ((A i x - A i j) / tau))) + / 2 * ln (sum n (fun x => other i x * exp ((B i x - B i j) / tau)))).
  { rewrite (sum_ext n _ (fun x => other i x * exp ((1 - / 2) * ((A i x - A i j) / tau) + / 2 * ((B i x - B i j) / tau)))) by (intros; rewrite Half; reflexivity).
    apply (T1_row_strictly_convex n (other i) (fun x => (A i x - A i j) / tau) (fun x => (B i x - B i j) / tau) (/ 2) a j);
      auto; [intros; apply ind_nonneg | rewrite other_one by auto; lra | rewrite other_one by auto; lra | | lra].
    rewrite (CA i j), (CB i j) by auto. intros Z. apply D.
    apply (Rmult_eq_compat_r tau) in Z. unfold Rdiv in Z. rewrite !Rmult_minus_distr_r, !Rmult_assoc, Rinv_l in Z by lra. lra. }
  assert (Weight : forall e, (e < n)%nat -> 0 < / (size n y (y e) - 1)).
  { intros e Le. pose proof (proj2 C (y e) (proj1 C e Le)). apply Rinv_0_lt_compat. lra. }
  unfold supcon. rewrite <- !sum_scal, <- sum_plus. apply (sum_lt n i); [exact Li | |].
  - intros e Le. pose proof (Weight e Le).
    match goal with |- _ <= (1 - / 2) * (?x * ?u) + / 2 * (?x * ?v) => replace ((1 - / 2) * (x * u) + / 2 * (x * v)) with (x * ((1 - / 2) * u + / 2 * v)) by ring end.
    apply Rmult_le_compat_l; [lra|]. rewrite <- !sum_scal, <- sum_plus. apply sum_le. intros f _. pose proof (Term e f).
    unfold positive_pair. destruct ((y f =? y e)%nat && negb (f =? e)%nat); simpl ind; lra.
  - pose proof (Weight i Li).
    match goal with |- _ < (1 - / 2) * (?x * ?u) + / 2 * (?x * ?v) => replace ((1 - / 2) * (x * u) + / 2 * (x * v)) with (x * ((1 - / 2) * u + / 2 * v)) by ring end.
    apply Rmult_lt_compat_l; [assumption|]. rewrite <- !sum_scal, <- sum_plus. apply (sum_lt n j); [exact Lj | |].
    + intros f _. pose proof (Term i f). unfold positive_pair. destruct ((y f =? y i)%nat && negb (f =? i)%nat); simpl ind; lra.
    + rewrite positive_one by assumption. lra.
Qed.
