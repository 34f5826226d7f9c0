import type { Transcript } from '../transcript.ts';

const r1 = {
  reasoning: String.raw`嗯，这是经典的鸡兔同笼问题。一共有 35 个头，94 只脚，求鸡和兔各有多少只。

先设鸡有 x 只，兔有 y 只。每只动物都有一个头，所以 x + y = 35。鸡有 2 只脚，兔有 4 只脚，所以 2x + 4y = 94。

把第二个方程除以 2，得到 x + 2y = 47。减去第一个方程：y = 47 − 35 = 12。那么 x = 35 − 12 = 23。

验证一下：23 只鸡有 23 × 2 = 46 只脚，12 只兔有 12 × 4 = 48 只脚，46 + 48 = 94，正确。头数 23 + 12 = 35，也对。

也可以用假设法：假设 35 只全是鸡，那么应该有 35 × 2 = 70 只脚，比实际少 94 − 70 = 24 只。每把一只鸡换成兔，就多 2 只脚，所以兔有 24 ÷ 2 = 12 只。结果一致。

等一下，提问的人可能是小学生，所以我应该先讲假设法，因为它不需要方程，然后再给出方程的解法，最后验算。`,
  answer: String.raw`**鸡有 23 只，兔有 12 只。**

**方法一：假设法**

1. 假设 35 只全是鸡，应有 \( 35 \times 2 = 70 \) 只脚。
2. 实际有 94 只脚，多出 \( 94 - 70 = 24 \) 只。
3. 每把一只鸡换成一只兔，脚就多 2 只，所以兔有 \( 24 \div 2 = 12 \) 只。
4. 鸡有 \( 35 - 12 = 23 \) 只。

**方法二：列方程**

设鸡有 \( x \) 只，兔有 \( y \) 只：

$$
\begin{cases}
x + y = 35 \\
2x + 4y = 94
\end{cases}
\quad\Rightarrow\quad
\boxed{x = 23,\; y = 12}
$$

**验算：** \( 23 \times 2 + 12 \times 4 = 46 + 48 = 94 \)，脚数正确。`,
};

const zero = {
  reasoning: String.raw`设鸡 \( x \) 只，兔 \( y \) 只。

\[ x + y = 35 \]
\[ 2x + 4y = 94 \]

From the first equation \( x = 35 - y \). Substitute into the second: \( 2(35 - y) + 4y = 94 \), so \( 70 + 2y = 94 \), so \( 2y = 24 \), \( y = 12 \). 于是 \( x = 35 - 12 = 23 \)。

### 验证

Heads: \( 23 + 12 = 35 \) ✓. 脚：\( 46 + 48 = 94 \) ✓。

Wait, let me check again that I did not exchange the two animals. x is chickens, 鸡有两只脚，\( 23 \times 2 = 46 \)。y is rabbits, 兔有四只脚，\( 12 \times 4 = 48 \)。Not exchanged. 没有问题。`,
  answer: String.raw`鸡 \( \boxed{23} \) 只，兔 \( \boxed{12} \) 只。`,
};

const v3 = {
  reasoning: '',
  answer: String.raw`设鸡有 \( x \) 只，兔有 \( y \) 只，则

$$
x + y = 35, \qquad 2x + 4y = 94 .
$$

第二式除以 2 再减去第一式，得 \( y = 47 - 35 = 12 \)，从而 \( x = 35 - 12 = 23 \)。

所以笼子里有 **23 只鸡**和 **12 只兔**。验算：\( 46 + 48 = 94 \)。`,
};

export const chickens: Transcript = { question: 'chickens', recordings: { r1, 'r1-field': r1, 'r1-zero': zero, v3 } };
