import type { Transcript } from '../transcript.ts';

const tick = '`';
const fence = '```';

const r1 = {
  reasoning: String.raw`We need to write a JavaScript function that finds two numbers in an array which add up to a target, and say how fast it is. 

What should it return? The question says "finds two numbers". Usually one returns the indices, and from the indices you get the numbers anyway. I'll return a pair of indices, or null if there is no such pair. I should say so.

The simple way: two nested loops, check every pair. For n numbers that's n(n−1)/2 pairs, so quadratic time, no extra memory.

The better way: go through the array once and remember in a Map where each number was seen. For the number x at index i, the partner must be target − x. If the partner is already in the Map, done. Otherwise store x. That is one pass, and Map lookups are constant time on average, so linear time, at the price of linear memory.

Order matters: look first, then store. If I stored first, then for target 8 the number 4 would find itself. With look-first, [4, 4] and target 8 still works, because the second 4 finds the first one. Good.

Another way: sort and move two pointers inwards. n log n, but sorting loses the original indices, and it needs a comparison function in JavaScript, because the default sort compares as strings. So the Map is better here.

Let me trace the example [2, 7, 11, 15] with target 26:
i = 0, x = 2, partner 26 − 2 = 24, not seen. Store 2.
i = 1, x = 7, partner 26 − 7 = 19, not seen. Store 7.
i = 2, x = 11, partner 26 − 11 = 15, not seen yet. Store 11.
i = 3, x = 15, partner 26 − 15 = 11, seen at 2. Return [2, 3]. And 11 + 15 = 26. Correct.

Edge cases: empty array → the loop doesn't run → null. A single number → null. Negative numbers work. Numbers with fractions: 0.1 + 0.2 isn't exactly 0.3, so exact equality fails there, worth a short remark? The partner of 0.1 for target 0.3 would be 0.3 − 0.1, which is 0.19999999999999998 in floating point, so it wouldn't be found. Yes, one line about that.

How big is the difference? For 10,000 numbers, the pairs are 10000 × 9999/2 = 49995000, so about 50 million comparisons in the worst case against 10 thousand lookups.

I'll write the code, a table, and the trace.`,
  answer: String.raw`Go through the array once and remember where each number was seen. For every number, its partner is ${tick}target - x${tick}; if the partner has been seen before, you are done.

${fence}js
/** Indices of two numbers that add up to target, or null if there are none. */
function twoSum(numbers, target) {
  const seenAt = new Map(); // number → its index
  for (let i = 0; i < numbers.length; i++) {
    const partner = target - numbers[i];
    if (seenAt.has(partner)) return [seenAt.get(partner), i];
    seenAt.set(numbers[i], i); // after the look-up, so that no number pairs with itself
  }
  return null;
}

console.log(twoSum([2, 7, 11, 15], 26)); // [2, 3], because 11 + 15 = 26
${fence}

What happens in the example:

| index | number | partner | seen before? |
|---:|---:|---:|---|
| 0 | 2 | 24 | no |
| 1 | 7 | 19 | no |
| 2 | 11 | 15 | no |
| 3 | 15 | 11 | yes, at index 2 |

**How fast is it?** One pass, and each look-up in a ${tick}Map${tick} takes constant time on average:

| method | time | extra memory | for 10,000 numbers, at most |
|---|---|---|---|
| try every pair | \( O(n^2) \) | \( O(1) \) | 49,995,000 pairs |
| one pass with a ${tick}Map${tick} | \( O(n) \) | \( O(n) \) | 10,000 look-ups |

Two things to know: equal numbers work (${tick}twoSum([4, 4], 8)${tick} gives ${tick}[0, 1]${tick}), and fractions may not, because in floating point ${tick}0.3 - 0.1${tick} is not exactly ${tick}0.2${tick}.`,
};

const v3 = {
  reasoning: '',
  answer: String.raw`Here is a solution that uses a hash map:

${fence}js
function twoSum(nums, target) {
  const map = new Map();
  for (let i = 0; i < nums.length; i++) {
    const complement = target - nums[i];
    if (map.has(complement)) {
      return [map.get(complement), i];
    }
    map.set(nums[i], i);
  }
  return null; // no pair found
}

console.log(twoSum([2, 7, 11, 15], 26)); // [2, 3]
${fence}

**Complexity**

- **Time:** \( O(n) \): each element is visited once, and a ${tick}Map${tick} look-up is \( O(1) \) on average.
- **Space:** \( O(n) \) for the map.

The brute-force version with two nested loops takes \( O(n^2) \) time but needs no extra space.`,
};

export const twoSum: Transcript = { question: 'twoSum', recordings: { r1, 'r1-field': r1, v3 } };
