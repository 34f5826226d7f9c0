import type { Transcript } from '../transcript.ts';

const zero = {
  reasoning: String.raw`We have to solve \( \sqrt{x+7} = x - 5 \). I will square both sides to remove the root.

**Squaring:**

\[ x + 7 = (x - 5)^2 = x^2 - 10x + 25 \]

\[ x^2 - 11x + 18 = 0 \]

**Discriminant:** \( 121 - 4 \times 18 = 121 - 72 = 49 \), and the root of 49 is 7.

\[ x = \frac{11 \pm 7}{2} \]

So \( x = 9 \) or \( x = 2 \). Two solutions, x = 9 and x = 2.

Let me verify. For \( x = 9 \): left side \( \sqrt{16} \), that is 4, right side \( 9 - 5 = 4 \). OK.

For \( x = 2 \): left side \( \sqrt{9} \), that is 3. Right side \( 2 - 5 = -3 \).

Hmm. 3 and −3. These are not the same.

Wait, wait. Did I make an arithmetic mistake? Put \( x = 2 \) into the quadratic: \( 4 - 22 + 18 = 0 \). It is a root of the quadratic. So the quadratic says yes and the original equation says no. How can that be?

Let me look at each step again. From the first line to the second I squared. 平方之前，左边是非负的，因为根号的值总是大于或等于零。右边 x − 5 却可以是负数。3 和 −3 不相等，但是它们的平方相等，都是 9。

Aha, so here it is! Squaring is a road in one direction. From \( a = b \) follows \( a^2 = b^2 \), but from \( a^2 = b^2 \) follows only \( a = b \) **or** \( a = -b \). The value \( x = 2 \) solves the other equation, \( \sqrt{x+7} = -(x - 5) \). It came in through the squaring and does not belong to the equation I was given.

So I need the condition \( x - 5 \ge 0 \), that is \( x \ge 5 \). With it, squaring is allowed in both directions. 9 is at least 5, so it stays. 2 is less than 5, so it goes out.

Let me re-check \( x = 9 \) once more, slowly: \( 9 + 7 = 16 \), the root is 4, and \( 9 - 5 = 4 \). Correct. Only one solution.`,
  answer: String.raw`Squaring gives \( x^2 - 11x + 18 = 0 \), so \( x = 9 \) or \( x = 2 \). The root on the left is never negative, so \( x - 5 \ge 0 \) is needed and \( x = 2 \) falls away (the sides would be \( 3 \) and \( -3 \)).

\[ \boxed{x = 9} \]`,
};

const r1 = {
  reasoning: String.raw`Okay, solve √(x + 7) = x − 5. Before squaring, let me note the conditions: the root needs x ≥ −7, and since the left side is never negative, x − 5 must be ≥ 0, so x ≥ 5. That second one is the important one.

Square: x + 7 = x² − 10x + 25, so x² − 11x + 18 = 0. Two numbers with sum 11 and product 18: 9 and 2, because 9 + 2 = 11 and 9 × 2 = 18. So x = 9 or x = 2.

x = 2 violates x ≥ 5. Check anyway: the left side is the root of 9, which is 3, the right side is 2 − 5 = −3. Not equal, so it's extraneous.

x = 9: the root of 16 is 4, and 9 − 5 = 4. Works.

So x = 9 is the only solution.`,
  answer: String.raw`The left side is never negative, so a solution must have \( x \ge 5 \). Under that condition both sides can be squared:

$$
\begin{aligned}
x + 7 &= (x - 5)^2 \\
x + 7 &= x^2 - 10x + 25 \\
0 &= x^2 - 11x + 18 = (x - 9)(x - 2)
\end{aligned}
$$

- \( x = 9 \) is allowed, and it works: \( \sqrt{16} = 4 = 9 - 5 \).
- \( x = 2 \) is not allowed: the left side is \( 3 \), the right side \( -3 \). Squaring brought it in.

$$
\boxed{x = 9}
$$`,
};

const v3 = {
  reasoning: '',
  answer: String.raw`Square both sides:

$$
x + 7 = (x - 5)^2 = x^2 - 10x + 25 \quad\Rightarrow\quad x^2 - 11x + 18 = 0 \quad\Rightarrow\quad (x - 9)(x - 2) = 0
$$

The candidates are \( x = 9 \) and \( x = 2 \). Since squaring can add solutions, check both in the original equation:

- \( x = 9 \): \( \sqrt{16} = 4 \) and \( 9 - 5 = 4 \) ✓
- \( x = 2 \): \( \sqrt{9} = 3 \) but \( 2 - 5 = -3 \) ✗

$$
\boxed{x = 9}
$$`,
};

export const root: Transcript = { question: 'root', recordings: { r1, 'r1-field': r1, 'r1-zero': zero, v3 } };
