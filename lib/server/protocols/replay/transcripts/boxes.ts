import type { Transcript } from '../transcript.ts';

const r1 = {
  reasoning: String.raw`Hmm, I know this kind of puzzle. Three boxes: one has only apples, one has only oranges, one has both. The labels say Apples, Oranges, Mixed, and every single label is wrong. I may take one fruit from one box, without looking at the rest, and then I should know everything.

Let's see which box tells me the most.

Suppose I take a fruit from the box labelled Apples. Since the label is wrong, that box holds either oranges only or the mix. If I draw an apple, then it must be the mix, because it can't be apples only. Fine. But if I draw an orange, it could be oranges only or it could be the mix. So that draw might leave me stuck. Not good enough, because I need a way that always works.

The same for the box labelled Oranges, just with the fruits swapped.

Now the box labelled Mixed. Its label is wrong too, so it does not hold a mix. So it holds only apples or only oranges. Whatever I draw from it, that is what the whole box holds. One fruit decides it. 

Say I draw an apple. Then the box labelled Mixed holds apples. Left are oranges-only and the mix, for the boxes labelled Apples and Oranges. The box labelled Oranges can't hold oranges only, so it must be the mix. Then the box labelled Apples gets oranges only. Check: Apples label → oranges, wrong label, ok. Oranges label → mix, wrong label, ok. Mixed label → apples, wrong label, ok.

If I draw an orange, it is the mirror image: Mixed → oranges, Apples → mix, Oranges → apples. All labels wrong again, ok.

Wait, let me count how many arrangements there are at all in which every label is wrong. Permutations of three things without a fixed point: there are 2 of them. They are exactly the two I found. So there are two possibilities, and one draw from the Mixed box tells them apart. And from another box? In the first arrangement the Apples box has oranges, in the second it has the mix, so drawing an orange there doesn't tell them apart. That confirms that only the Mixed box is always enough.`,
  answer: String.raw`Take one fruit from the box labelled **Mixed**.

That label is wrong like the others, so this box holds *only* apples or *only* oranges, and a single fruit tells you which. Everything else follows:

| you draw | box labelled Mixed | box labelled Apples | box labelled Oranges |
|---|---|---|---|
| an apple | apples | oranges | mixed |
| an orange | oranges | mixed | apples |

For example, if you draw an apple, the box labelled Oranges cannot hold apples (they are in the other box) and cannot hold oranges (its label is wrong), so it is the mixed one. The box labelled Apples is left with the oranges.

**Why no other box will do:** there are only two ways to make all three labels wrong, the two rows above. An orange from the box labelled Apples would fit both of them.`,
};

export const boxes: Transcript = { question: 'boxes', recordings: { r1, 'r1-field': r1 } };
