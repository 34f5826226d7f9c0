import type { Transcript } from '../transcript.ts';

const r1 = {
  reasoning: String.raw`Okay, I need to prove that the sum of the first n cubes equals (n(n+1)/2)². Induction is the natural way. Let me first test it on small numbers, so that I know what I'm proving.

n = 1: left 1, right (1 × 2/2)² = 1. OK.
n = 2: 1 + 8 = 9, and (2 × 3/2)² = 9. OK.
n = 3: 1 + 8 + 27 = 36, and (3 × 4/2)² = 36. OK.
n = 4: 36 + 64 = 100, and (4 × 5/2)² = 100. Nice.

Now the induction step. Assume S(n) = (n(n+1)/2)² = n²(n+1)²/4. Then

S(n+1) = n²(n+1)²/4 + (n+1)³.

Factor out (n+1)²/4. The first term gives n². The second term: (n+1)³ = (n+1)²/4 · 4(n+1). So

S(n+1) = (n+1)²/4 · (n² + 4(n+1)) = (n+1)²/4 · (n² + 4n + 4) = (n+1)²/4 · (n+2)².

And that is ((n+1)(n+2)/2)², which is exactly the claim for n + 1. 

So the proof works. Is there also a picture or a more direct reason? Let T(n) = n(n+1)/2, the nth triangular number. Then T(n)² − T(n−1)² = (T(n) − T(n−1))(T(n) + T(n−1)). The first factor is n. The second one: n(n+1)/2 + n(n−1)/2 = n(n + 1 + n − 1)/2 = n · 2n/2 = n². So the difference is n · n² = n³. Oh, that's nice: the squares of the triangular numbers differ by exactly the cubes. So the sum telescopes: T(n)² − T(0)² = sum of the cubes, with T(0) = 0. That's a second proof, and it explains where the square comes from.

Let me check with n = 4: T(4) = 10, T(3) = 6, 100 − 36 = 64 = 4³. Yes.

I'll give the induction carefully as the main proof with aligned steps, and the telescoping one as a short remark. The base case must be stated. I should also say where the hypothesis is used.`,
  answer: String.raw`Write \( S(n) = 1^3 + 2^3 + \dots + n^3 \). The claim is \( S(n) = \left(\dfrac{n(n+1)}{2}\right)^2 \). We use induction on \( n \).

**Base case.** For \( n = 1 \) both sides are 1, since \( \left(\frac{1 \cdot 2}{2}\right)^2 = 1 \).

**Induction step.** Let the claim hold for some \( n \ge 1 \). Then

$$
\begin{aligned}
S(n+1) &= S(n) + (n+1)^3 \\
&= \frac{n^2(n+1)^2}{4} + (n+1)^3 && \text{by the hypothesis} \\
&= \frac{(n+1)^2}{4}\,\bigl(n^2 + 4(n+1)\bigr) \\
&= \frac{(n+1)^2}{4}\,(n+2)^2 \\
&= \left(\frac{(n+1)(n+2)}{2}\right)^2,
\end{aligned}
$$

which is the claim for \( n + 1 \). By induction it holds for every positive integer. \( \blacksquare \)

**Why a square?** With the triangular numbers \( T_n = \frac{n(n+1)}{2} \), the difference of two neighbouring squares is a cube:

$$
T_n^2 - T_{n-1}^2 = (T_n - T_{n-1})(T_n + T_{n-1}) = n \cdot n^2 = n^3 .
$$

Adding these up from 1 to \( n \), everything cancels but \( T_n^2 \). For example \( 1 + 8 + 27 + 64 = 100 = 10^2 \).`,
};

const v3 = {
  reasoning: '',
  answer: String.raw`We prove the statement by **mathematical induction**.

**Base case** \( (n = 1) \): the left side is \( 1^3 = 1 \), the right side is \( \left(\frac{1 \cdot 2}{2}\right)^2 = 1 \). ✓

**Inductive step**: assume that \( \sum_{k=1}^{n} k^3 = \left(\frac{n(n+1)}{2}\right)^2 \). Then

$$
\begin{aligned}
\sum_{k=1}^{n+1} k^3 &= \left(\frac{n(n+1)}{2}\right)^2 + (n+1)^3 \\
&= (n+1)^2 \left(\frac{n^2}{4} + n + 1\right) \\
&= (n+1)^2 \cdot \frac{(n+2)^2}{4} \\
&= \left(\frac{(n+1)(n+2)}{2}\right)^2 .
\end{aligned}
$$

This is the formula for \( n + 1 \), so it holds for all positive integers \( n \). \( \blacksquare \)`,
};

export const cubes: Transcript = { question: 'cubes', recordings: { r1, 'r1-field': r1, v3 } };
