const ones =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const digits = '零一二三四五六七八九';
const places: Record<string, bigint> = { 十: 10n, 百: 100n, 千: 1000n };

/** A whole number below a thousand (English) or ten thousand (Chinese) written in words. */
export function numberInWords(text: string): bigint | undefined {
  return /^[零〇一二两三四五六七八九十百千]+$/u.test(text) ? inChinese(text) : inEnglish(text);
}

function inEnglish(text: string): bigint | undefined {
  const words = text.split(/[\s-]+/).filter((word) => word !== 'and');
  let sum = 0;
  let isRead = false;
  for (const word of words) {
    const one = ones.indexOf(word);
    const ten = tens.indexOf(word);
    if (word === 'hundred' && sum > 0 && sum < 10) sum *= 100;
    else if (one >= 0 && sum % 10 === 0 && (sum % 100 === 0 || one < 10)) sum += one;
    else if (ten >= 0 && sum % 100 === 0) sum += (ten + 2) * 10;
    else return undefined;
    isRead = true;
  }
  return isRead ? BigInt(sum) : undefined;
}

function inChinese(text: string): bigint | undefined {
  let sum = 0n;
  let digit = 0n;
  let last = 10_000n;
  for (const [at, character] of [...text].entries()) {
    const place = places[character];
    if (place === undefined) {
      if (digit !== 0n) return undefined;
      digit = BigInt(Math.max(0, digits.indexOf(character === '两' ? '二' : character === '〇' ? '零' : character)));
    } else {
      if (place >= last) return undefined;
      sum += (digit === 0n && at === 0 ? 1n : digit) * place;
      last = place;
      digit = 0n;
    }
  }
  return sum + digit;
}

/** How many a word behind a number makes of it: "2.5 million", 3万. */
const multiples: readonly (readonly [RegExp, bigint])[] = [
  [/^hundred\b/, 100n],
  [/^thousand\b/, 1000n],
  [/^million\b/, 1_000_000n],
  [/^billion\b/, 1_000_000_000n],
  [/^trillion\b/, 1_000_000_000_000n],
  [/^dozens?\b|^打/, 12n],
  [/^百万/, 1_000_000n],
  [/^千万/, 10_000_000n],
  [/^万/, 10_000n],
  [/^亿/, 100_000_000n],
];

/** The multiple that a text begins with, and what stands behind it. */
export function findMultiple(text: string): { by: bigint; rest: string } | undefined {
  const plain = text.toLowerCase();
  for (const [word, by] of multiples) {
    const said = word.exec(plain)?.[0];
    if (said !== undefined) return { by, rest: text.slice(said.length).trim() };
  }
  return undefined;
}

const parts = 'half third quarter fifth sixth seventh eighth ninth tenth'.split(' ');

/** "thirds": how many make one whole. */
export function partInWords(word: string): bigint | undefined {
  if (word === 'halves') return 2n;
  if (/^fourths?$/.test(word)) return 4n;
  const at = parts.indexOf(word.replace(/s$/, ''));
  return at < 0 ? undefined : BigInt(at + 2);
}

/** Whether words hold one that tells a number, whole or not. */
export function hasNumberWord(text: string): boolean {
  if (/[零〇一二两三四五六七八九十百千万亿半双打]/.test(text)) return true;
  return text
    .toLowerCase()
    .split(/[\s-]+/)
    .some(
      (word) =>
        ones.includes(word) ||
        tens.includes(word) ||
        partInWords(word) !== undefined ||
        findMultiple(word) !== undefined ||
        /^(?:once|twice|thrice|double|triple|pair|couple|score|googol)$/.test(word),
    );
}
