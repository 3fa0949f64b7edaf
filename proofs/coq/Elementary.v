(** Calculus that the proofs by steps rest on: a function whose derivative has a sign, and Gibbs's inequality for log(1 + e^x). *)

From Coq Require Import Reals Lra Lia.
From Scverify Require Import Sums Rows.
Open Scope R_scope.

(** A differentiable function with non-negative derivative does not fall. *)
Theorem rises f f' a b : a <= b ->
  (forall t, a <= t <= b -> derivable_pt_lim f t (f' t)) -> (forall t, a < t < b -> 0 <= f' t) -> f a <= f b.
Proof.
  intros [L| ->] D P; [|lra]. destruct (MVT_cor2 f f' a b L D) as [t [E I]].
  assert (0 <= f' t * (b - a)) by (apply Rmult_le_pos; [apply P; exact I | lra]). lra.
Qed.

(** With a positive derivative it rises. *)
Theorem rises_strictly f f' a b : a < b ->
  (forall t, a <= t <= b -> derivable_pt_lim f t (f' t)) -> (forall t, a < t < b -> 0 < f' t) -> f a < f b.
Proof.
  intros L D P. destruct (MVT_cor2 f f' a b L D) as [t [E I]].
  assert (0 < f' t * (b - a)) by (apply Rmult_lt_0_compat; [apply P; exact I | lra]). lra.
Qed.

(** log(1 + e^x) >= p x + H(p) for every probability p: the sigmoid's twin of `Rows.gibbs`. *)
Theorem softplus_gibbs p x : 0 < p < 1 -> p * x - p * ln p - (1 - p) * ln (1 - p) <= ln (1 + exp x).
Proof.
  intros P. pose proof (gibbs 2 (fun _ => 1) (fun a => match a with O => 0 | _ => x end) (fun a => match a with O => 1 - p | _ => p end)) as G.
  simpl in G. rewrite exp_0 in G.
  replace (0 + 1 * 1 + 1 * exp x) with (1 + exp x) in G by ring.
  replace ((1 - p) / 1) with (1 - p) in G by field. replace (p / 1) with p in G by field.
  assert (A : forall a, (a < 2)%nat -> 0 <= match a with O => 1 - p | _ => p end) by (intros [|a] _; lra).
  specialize (G (fun _ _ => Rle_0_1) A). assert (B : forall a, (a < 2)%nat -> 1 = 0 -> match a with O => 1 - p | _ => p end = 0) by (intros; lra).
  specialize (G B ltac:(ring)). lra.
Qed.
