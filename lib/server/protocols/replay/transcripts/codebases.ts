import type { Transcript } from '../transcript.ts';

const r1 = {
  reasoning: String.raw`Okay, so one person understands a codebase in 1.5 hours, an intern needs 8 hours for one, and the question is how long the two of them take for three codebases together. This looks like a classic work-rate problem, but let me go through it carefully.

First the rates. If I need 1.5 hours per codebase, then in one hour I get through 1/1.5 of a codebase. Since 1.5 is 3/2, that is 2/3 of a codebase per hour. The intern needs 8 hours, so the intern's rate is 1/8 of a codebase per hour.

Together the rates add up: 2/3 + 1/8. Common denominator 24: 2/3 = 16/24 and 1/8 = 3/24, so 16/24 + 3/24 = 19/24. So 19/24 of a codebase per hour.

Now the work is 3 codebases. Time = work divided by rate = 3 ÷ (19/24) = 3 × 24/19 = 72/19 hours.

Let me turn that into something readable. 19 × 3 = 57, and 72 − 57 = 15, so it is 3 and 15/19 hours. 15/19 ≈ 0.789, so about 3.79 hours. In minutes: 15/19 × 60 = 900/19 ≈ 47.4. So roughly 3 hours and 47 minutes.

Wait, maybe I should check whether adding the rates is legitimate at all. It assumes that the two can work on the same codebase at the same time and that no understanding gets lost between them. If each codebase had to be understood by one person alone, it would be different: I would finish my third codebase after 3 × 1.5 = 4.5 hours, and the intern would still be in the middle of the first one. Then the intern wouldn't help at all, and the answer would be 4.5 hours. But "how long do three codebases take us together" sounds like the usual combined-rate reading. I'll answer that one and mention the assumption.

Let me verify the result by plugging it back in. In 72/19 hours I do 2/3 × 72/19 = 48/19 of a codebase, and the intern does 1/8 × 72/19 = 9/19. The sum is 48/19 + 9/19 = 57/19 = 3. Good, that's exactly three codebases.

And a sanity check on the size: alone I'd need 4.5 hours, so with a bit of help 3.79 hours is plausible. The intern saves about 4.5 − 3.79 = 0.71 hours, which is some 43 minutes. The intern contributes 9/19 of one codebase out of three, so a bit less than a sixth of the work, because 3/19 ≈ 0.158. That fits the ratio of the rates, 3 to 16.

So the answer: 72/19 hours, about 3.79 hours, about 3 h 47 min.`,
  answer: String.raw`Add the **rates** of work, not the times.

**1. Rate of each person, in codebases per hour**

- You: \( \dfrac{1}{1.5} = \dfrac{2}{3} \)
- Intern: \( \dfrac{1}{8} \)

**2. Rate together**

$$
\frac{2}{3} + \frac{1}{8} = \frac{16}{24} + \frac{3}{24} = \frac{19}{24}
$$

**3. Time for three codebases**

$$
t = \frac{3}{19/24} = \frac{72}{19} \approx 3.79 \text{ hours}
$$

The fraction of an hour is \( \frac{15}{19} \times 60 \approx 47 \) minutes, so this is about **3 hours 47 minutes**.

**Check:** in that time you get through \( \frac{2}{3} \times \frac{72}{19} = \frac{48}{19} \) and the intern through \( \frac{1}{8} \times \frac{72}{19} = \frac{9}{19} \) of a codebase, and \( \frac{48}{19} + \frac{9}{19} = 3 \).

$$
\boxed{\dfrac{72}{19} \approx 3.79 \text{ hours}}
$$

This assumes that you can share one codebase without losing time. If each codebase had to be understood by one person alone, you would be done after 4.5 hours, with the intern still on the first.`,
};

const field = {
  reasoning: String.raw`We need the time for two people with different speeds to finish three units of work together.

Rates: me 1/1.5 = 2/3 codebase per hour, intern 1/8 codebase per hour. Combined: 2/3 + 1/8 = 16/24 + 3/24 = 19/24.

Time for 3: 3 × 24/19 = 72/19 ≈ 3.79 h. Minutes: 72/19 × 60 = 4320/19 ≈ 227.4 min, and 227 = 3 × 60 + 47. So 3 h 47 min.

Alternative reading: one codebase each and no sharing. Then I do all three in 4.5 h, and the intern, at 8 h per codebase, never finishes one in time. So the minimum is 4.5 h. "Together" with a time per codebase is the standard rate problem, so the main answer is 72/19. The other reading is worth one sentence, since real codebases don't divide like that.

Check: 19/24 × 72/19 = 72/24 = 3. Correct.

Format: short derivation, boxed result.`,
  answer: String.raw`Working together, you take **about 3 hours 47 minutes**.

| | time for one codebase | rate, codebases per hour |
|---|---|---|
| You | 1.5 h | \( \frac{2}{3} = \frac{16}{24} \) |
| Intern | 8 h | \( \frac{1}{8} = \frac{3}{24} \) |
| Together | | \( \frac{19}{24} \) |

Time is work divided by rate:

$$
t = 3 \div \frac{19}{24} = \frac{3 \times 24}{19} = \frac{72}{19} \approx 3.79 \text{ h}
$$

$$
\boxed{t = \tfrac{72}{19} \text{ h} \approx 3 \text{ h } 47 \text{ min}}
$$

The formula lets both of you work on the same codebase at full speed. If a codebase cannot be shared, you are faster doing all three yourself: \( 3 \times 1.5 = 4.5 \) hours.`,
};

const zero = {
  reasoning: String.raw`To solve this, I have to find how long two workers need together. Let me set this up.

### Setting up

Me: 1.5 hours for one codebase. Intern: 8 hours for one codebase. Work: 3 codebases.

A first idea is the average of the two times, \( (1.5 + 8)/2 = 4.75 \) hours per codebase, and then times three, \( 3 \times 4.75 = 14.25 \) hours.

Hmm. But alone I need only \( 3 \times 1.5 = 4.5 \) hours. With help it cannot take longer than without help. So the average is wrong. Wait. Stop. Let me think about this again.

Aha! The times must not be averaged. What adds up when two people work side by side is how much gets done in one hour. So I must use **rates**.

### Rates

\[ r_{\text{me}} = \frac{1}{1.5} = \frac{2}{3} \]

\[ r_{\text{intern}} = \frac{1}{8} \]

\[ r = \frac{2}{3} + \frac{1}{8} = \frac{16 + 3}{24} = \frac{19}{24} \]

### Time

所以三个代码库需要的时间是工作量除以速度：

\[ t = \frac{3}{19/24} = \frac{3 \times 24}{19} = \frac{72}{19} \]

72 除以 19，商 3，余数是 15。小数部分 15/19 ≈ 0.789，所以 t 大约是 3.79 小时。换成分钟：\( 0.789 \times 60 \approx 47.3 \)，也就是 about 47 minutes. So t is 3 hours and 47 minutes.

### Verification

Let me verify, since I made a mistake before.

- codebases done by me: \( \frac{2}{3} \times \frac{72}{19} = \frac{144}{57} = \frac{48}{19} \)
- codebases done by the intern: \( \frac{1}{8} \times \frac{72}{19} = \frac{72}{152} = \frac{9}{19} \)
- sum: \( \frac{48}{19} + \frac{9}{19} = \frac{57}{19} = 3 \) ✓

The sum is 3. And \( 3.79 < 4.5 \), so help does help. Let me verify one more time in decimals: \( 0.6667 + 0.125 = 0.7917 \) and \( 3/0.7917 \approx 3.79 \). Same. So the answer is \( \frac{72}{19} \).`,
  answer: String.raw`The rates add up: \( \frac{2}{3} + \frac{1}{8} = \frac{19}{24} \) codebases per hour. Three codebases take

\[ \boxed{\frac{72}{19} \approx 3.79 \text{ hours}} \]

which is about 3 hours and 47 minutes.`,
};

const v3 = {
  reasoning: '',
  answer: String.raw`To find how long it takes you and the intern to understand three codebases together, combine your work rates.

### Step 1: Individual rates

- **You:** 1 codebase in 1.5 hours, which is \( \frac{1}{1.5} = \frac{2}{3} \) codebase per hour
- **Intern:** 1 codebase in 8 hours, which is \( \frac{1}{8} \) codebase per hour

### Step 2: Combined rate

$$
\frac{2}{3} + \frac{1}{8} = \frac{16}{24} + \frac{3}{24} = \frac{19}{24} \text{ codebases per hour}
$$

### Step 3: Time for 3 codebases

$$
\text{Time} = \frac{3}{\frac{19}{24}} = 3 \times \frac{24}{19} = \frac{72}{19} \approx 3.79 \text{ hours}
$$

### Final answer

$$
\boxed{\frac{72}{19} \approx 3.79 \text{ hours}}
$$

Together you need about **3 hours and 47 minutes**.`,
};

export const codebases: Transcript = {
  question: 'codebases',
  recordings: { r1, 'r1-field': field, 'r1-zero': zero, v3 },
};
