import type { Transcript } from '../transcript.ts';

const r1 = {
  reasoning: String.raw`Okay, I need the last two digits of 7^2026, which means 7^2026 mod 100. The number itself is far too large to write down, so let me look for a pattern in the powers of 7.

7^1 = 7, so 07.
7^2 = 49.
7^3 = 343, so 43.
7^4 = 2401, so 01.

Oh nice, 7^4 ends in 01. So from there on the last two digits repeat: multiplying by something that ends in 01 doesn't change the last two digits. Let me make sure of that. If a number is 100k + 1 and I multiply it by m, I get 100km + m, so the last two digits are those of m. Yes.

So the pattern has length 4: 07, 49, 43, 01, and then again 07, 49, 43, 01.

Let me check with the next ones, just to be safe. 7^5 = 7 × 2401 = 16807, which ends in 07. 7^6 = 7 × 16807 = 117649, which ends in 49. Good, the pattern holds.

Now I need 2026 mod 4. 2024 is divisible by 4, since 2024 = 4 × 506. So 2026 = 4 × 506 + 2, and the remainder is 2.

So 7^2026 = (7^4)^506 · 7^2, which ends in the same two digits as 1 · 49, so 49.

Wait, let me double-check by another route. Euler: φ(100) = 40, and 7 and 100 have no common factor, so 7^40 ends in 01. 2026 = 40 × 50 + 26. So I need 7^26, and 26 = 4 × 6 + 2, so again 49. It agrees.

A third check through the Chinese remainder theorem. Mod 4: 7 leaves remainder 3, that is −1, and an even power of −1 is 1. So the result leaves remainder 1 when divided by 4. Mod 25: 7^2 = 49 = 2 × 25 − 1, so 7^2 is −1 mod 25. Then 7^2026 = (7^2)^1013, and 1013 is odd, so it is −1, that is 24 mod 25. Which numbers below 100 leave 24 mod 25? 24, 49, 74, 99. Of those, which leave 1 mod 4? 24 leaves 0, 49 leaves 1, 74 leaves 2, 99 leaves 3. So 49. All three ways agree.

The answer is 49.`,
  answer: String.raw`The last two digits of the powers of 7 repeat, because \( 7^4 = 2401 \) ends in 01, and multiplying by such a number leaves the last two digits as they are:

| power | \( 7^1 \) | \( 7^2 \) | \( 7^3 \) | \( 7^4 \) | \( 7^5 \) |
|---|---|---|---|---|---|
| last two digits | 07 | 49 | 43 | 01 | 07 |

The cycle has length 4, and \( 2026 = 4 \times 506 + 2 \). Therefore

$$
7^{2026} = (7^4)^{506} \cdot 7^2 \equiv 1 \cdot 49 \equiv 49 \pmod{100}
$$

$$
\boxed{49}
$$`,
};

export const power: Transcript = { question: 'power', recordings: { r1, 'r1-field': r1 } };
