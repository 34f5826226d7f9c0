/** What these models are asked: to make a number of three of some numbers. */
export interface Puzzle {
  numbers: number[];
  target: number;
}

/** Why a text is no puzzle for them; `unread`: nothing like one was found in it. */
export type PuzzleFault = 'unread' | 'count' | 'twice' | 'range' | 'target';

export const largestNumber = 12;
export const largestTarget = 99;

const words =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const digits = '零一二三四五六七八九';

/** A longer text is more than a puzzle. */
const longest = 300;

/** Stands between the numbers and what they are to make. */
const makes =
  /\b(?:make|makes|making|get|gets|reach|reaches|give|gives|become|becomes|equal|equals|into|to|for|is|target|goal|result)\b|=|→|⇒|->|得|等于|变成|凑|成|出|为|是/;
/** Stands between what is to be made and the numbers. */
const from = /\b(?:from|using|use|with|out of|of|by)\b|←|<-|用|由|从/;

/** Reads a puzzle as a person may put it, in English or Chinese, the numbers in digits or in words. */
export function readPuzzle(text: string): Puzzle | PuzzleFault {
  if (text.length > longest) return 'unread';
  const plain = inDigits(text.normalize('NFKC').toLowerCase());
  const found = [...plain.matchAll(/(?<![\d.])-?\d+(?:\.\d+)?(?![\d])/g)];
  const values = found.map(([written]) => Number(written));
  const target = findTarget(plain, found);
  if (target === undefined) return 'unread';
  const numbers = values.filter((_, at) => at !== target);
  const made = values[target] ?? Number.NaN;
  if (numbers.length < 3 || numbers.length > 4) return 'count';
  if (numbers.some((value) => !Number.isInteger(value) || value < 1 || value > largestNumber)) return 'range';
  if (new Set(numbers).size < numbers.length) return 'twice';
  if (!Number.isInteger(made) || made < 0 || made > largestTarget) return 'target';
  return { numbers, target: made };
}

/** The puzzle in the words the models were trained on; each with the space before it. */
export function writePuzzle({ numbers, target }: Puzzle): string {
  return ` Use ${numbers.join(' ')} to make ${target} .`;
}

/** Which of the numbers is to be made: the last, where words say so before it, or the first, where they say so behind it. */
function findTarget(text: string, found: readonly RegExpExecArray[]): number | undefined {
  const [first, second] = found;
  const last = found.at(-1);
  const beforeLast = found.at(-2);
  if (!first || !second || !last || !beforeLast) return undefined;
  const between = (a: RegExpExecArray, b: RegExpExecArray) => text.slice(a.index + a[0].length, b.index);
  if (makes.test(between(beforeLast, last))) return found.length - 1;
  if (from.test(between(first, second))) return 0;
  return undefined;
}

/** Numbers in words as digits: English to ninety-nine, Chinese to 九十九. */
function inDigits(text: string): string {
  const unit = `(?:${words.slice(1, 10).join('|')})`;
  const english = new RegExp(`\\b(?:(${tens.join('|')})(?:[- ](${unit}))?|(${words.join('|')}))\\b`, 'g');
  return text
    .replace(english, (_, ten?: string, one?: string, small?: string) =>
      String(
        small === undefined ? 20 + 10 * tens.indexOf(ten ?? '') + (one ? words.indexOf(one) : 0) : words.indexOf(small),
      ),
    )
    .replace(
      /([一二三四五六七八九])?十([一二三四五六七八九])?|[零一二三四五六七八九]/g,
      (whole, ten?: string, one?: string) => {
        if (!whole.includes('十')) return ` ${digits.indexOf(whole)} `;
        return ` ${10 * (ten ? digits.indexOf(ten) : 1) + (one ? digits.indexOf(one) : 0)} `;
      },
    );
}
