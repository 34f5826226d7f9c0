import type { Fraction } from './fraction.ts';

/** A unit by what it measures and how many of the base unit it is; both undefined for a word such as "apples". */
export interface Unit {
  name: string;
  of?: string;
  size?: Fraction;
}

const size = (n: number | bigint, d: number | bigint = 1): Fraction => ({ n: BigInt(n), d: BigInt(d) });

/** One line a unit: its names, what it measures, its size. */
const known: readonly (readonly [names: string, of: string, size: Fraction])[] = [
  ['mm millimeter millimetre 毫米', 'length', size(1, 1000)],
  ['cm centimeter centimetre 厘米', 'length', size(1, 100)],
  ['dm decimeter decimetre 分米', 'length', size(1, 10)],
  ['m meter metre 米', 'length', size(1)],
  ['km kilometer kilometre 千米 公里', 'length', size(1000)],
  ['in inch inches', 'length', size(254, 10000)],
  ['ft foot feet', 'length', size(3048, 10000)],
  ['yd yard', 'length', size(9144, 10000)],
  ['mi mile', 'length', size(1609344, 1000)],
  ['mg milligram 毫克', 'mass', size(1, 1000)],
  ['g gram 克', 'mass', size(1)],
  ['kg kilogram 千克 公斤', 'mass', size(1000)],
  ['t ton tonne 吨', 'mass', size(1_000_000)],
  ['lb pound', 'mass', size(45359237, 100000)],
  ['ms millisecond 毫秒', 'time', size(1, 1000)],
  ['s sec second 秒', 'time', size(1)],
  ['min minute 分钟 分', 'time', size(60)],
  ['h hr hour 小时 时', 'time', size(3600)],
  ['d day 天 日', 'time', size(86400)],
  ['week 周 星期', 'time', size(604800)],
  ['ml milliliter millilitre 毫升', 'volume', size(1, 1000)],
  ['l liter litre 升', 'volume', size(1)],
  ['cent cents ¢ 分钱', 'money', size(1, 100)],
  ['dollar usd $ 美元', 'money', size(1)],
  ['euro eur €', 'euro', size(1)],
  ['yuan rmb cny ¥ 元', 'yuan', size(1)],
  ['% percent 百分', 'share', size(1, 100)],
  ['degree deg 度', 'angle', size(1)],
  ['radian rad', 'radian', size(1)],
];

const byName = new Map<string, Unit>(
  known.flatMap(([names, of, of1]) => names.split(' ').map((name) => [name, { name, of, size: of1 }] as const)),
);

/** A unit by its name, powers and quotients of it as a name only (`km/h`, `cm^2`). */
export function unitOf(text: string): Unit {
  if (isMega.test(text.trim())) return { name: text.trim() };
  const name = text
    .toLowerCase()
    .replace(/\^\{?(-?\d)\}?/g, '^$1')
    .replace(/²/g, '^2')
    .replace(/³/g, '^3')
    .replace(/\bper\b/g, '/')
    .replace(/\bsquare ([a-z]+)\b/g, '$1^2')
    .replace(/\bcubic ([a-z]+)\b/g, '$1^3')
    .replace(/[\s.*]+/g, ' ')
    .replace(/ ?\/ ?/g, '/')
    .trim();
  const single = (word: string): Unit | undefined => byName.get(word) ?? byName.get(word.replace(/(?:e?s)$/, ''));
  const simple = single(name) ?? byName.get(name.replace(/s$/, ''));
  if (simple) return simple;
  // of the parts of a product or a quotient each by its first name, so that "meters/second" is "m/s"
  const parts = name
    .split(/([ /]|\^-?\d)/)
    .map((part) => firstNames.get(single(part) ?? nothing) ?? part.replace(/s$/, ''));
  return { name: parts.join('') };
}

/** A capital M is a million, and no thousandth: MW is not mW. */
const isMega = /^M(?:[A-Za-z]?|Hz|Pa|eV)$/;

const nothing: Unit = { name: '' };
const firstNames = new Map<Unit, string>();
for (const [names] of known) {
  const [first = ''] = names.split(' ');
  for (const name of names.split(' ')) {
    const unit = byName.get(name);
    if (unit) firstNames.set(unit, first);
  }
}

/** Whether the text is a known unit. */
export function isUnit(text: string): boolean {
  return byName.has(text) || byName.has(text.toLowerCase());
}
