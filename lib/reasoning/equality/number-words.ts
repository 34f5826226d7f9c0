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
