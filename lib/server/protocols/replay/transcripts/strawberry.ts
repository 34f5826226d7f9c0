import type { Transcript } from '../transcript.ts';

const r1 = {
  reasoning: String.raw`Okay, how many times is the letter r in "strawberry"? I'll spell it out, because I see words in pieces rather than letter by letter, and this is easy to get wrong.

S-T-R-A-W-B-E-R-R-Y.

Let me number the letters:
1. s
2. t
3. r
4. a
5. w
6. b
7. e
8. r
9. r
10. y

So r is at positions 3, 8 and 9. That's three.

Wait, is it really a double r at the end? "berry" is spelled b-e-r-r-y, yes, with two r's. And "straw" is s-t-r-a-w with one r. So 1 + 2 = 3.

Is it possible that I skipped a letter? "straw" has 5 letters and "berry" has 5 letters, 5 + 5 = 10, and my list has 10. Good. Three it is.`,
  answer: String.raw`The letter **r** appears **3 times** in “strawberry”:

st**r**awbe**rr**y

One is in “straw”, and two are in “berry” (letters 3, 8 and 9 of 10).`,
};

const zero = {
  reasoning: String.raw`We need to count the letter r in the word strawberry. Split the word: straw + berry.

straw: s, t, r, a, w → 1
berry: b, e, r, r, y → 2

So \( 1 + 2 = 3 \).

Let me check by counting the other letters: s 1, t 1, a 1, w 1, b 1, e 1, y 1. That makes 7 letters which are not r. The word has 10 letters, \( 10 - 7 = 3 \). It is the same. 答案是 3. The answer is 3.`,
  answer: String.raw`\( \boxed{3} \)`,
};

const v3 = {
  reasoning: '',
  answer: String.raw`The word “strawberry” contains **3** r’s: s-t-**r**-a-w-b-e-**r**-**r**-y.`,
};

export const strawberry: Transcript = {
  question: 'strawberry',
  recordings: { r1, 'r1-field': r1, 'r1-zero': zero, v3 },
};
