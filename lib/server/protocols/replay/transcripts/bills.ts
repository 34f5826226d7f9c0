import type { Transcript } from '../transcript.ts';

const r1 = {
  reasoning: String.raw`Okay, 14 bills, each $5 or $10, and the total is $95. How many of each?

Let f be the number of $5 bills and t the number of $10 bills. Then f + t = 14 and 5f + 10t = 95.

Divide the second equation by 5: f + 2t = 19. Subtract the first one: t = 19 − 14 = 5. Then f = 14 − 5 = 9.

Check: nine $5 bills are $45, five $10 bills are $50, and 45 + 50 = 95. And 9 + 5 = 14 bills. Good.

There is also a way to see it without equations: if all 14 were $5 bills, that would be $70. We're $25 short, and each swap of a $5 bill for a $10 bill adds $5, so 25/5 = 5 swaps. Same result. I like this one, I could show both briefly.`,
  answer: String.raw`You have **nine $5 bills and five $10 bills**.

**Without equations.** If all 14 bills were $5 bills, you would have $70, which is $25 too little. Each $5 bill you swap for a $10 bill adds $5, so you need \( 25 \div 5 = 5 \) swaps.

**With equations.** Let \( f \) and \( t \) be the numbers of fives and tens.

$$
\begin{aligned}
f + t &= 14 \\
5f + 10t &= 95
\end{aligned}
$$

Dividing the second line by 5 gives \( f + 2t = 19 \); subtracting the first leaves \( t = 5 \), and so \( f = 9 \).

**Check:** $45 in fives and $50 in tens make $95.`,
};

const v3 = {
  reasoning: '',
  answer: String.raw`Let \( x \) be the number of $5 bills and \( y \) the number of $10 bills.

1. The number of bills: \( x + y = 14 \)
2. Their value: \( 5x + 10y = 95 \)

From the first equation \( x = 14 - y \). Put this into the second:

$$
5(14 - y) + 10y = 95 \quad\Rightarrow\quad 70 + 5y = 95 \quad\Rightarrow\quad y = 5
$$

Then \( x = 14 - 5 = 9 \).

You have **9 bills of $5** (worth $45) and **5 bills of $10** (worth $50), together $95.`,
};

export const bills: Transcript = { question: 'bills', recordings: { r1, 'r1-field': r1, v3 } };
