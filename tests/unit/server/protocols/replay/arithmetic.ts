/** A chain such as `3 × 24/19 = 72/19 ≈ 3.79`, as found in a text, with the neighbours that do not agree. */
export interface Chain {
  text: string;
  comparisons: number;
  wrong: string[];
}

type Token = { kind: 'number' | 'sign' | 'relation' | 'other'; text: string; glued: boolean };

const tokenPattern =
  /(?<number>\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?)|(?<sign>[-+*/^()])|(?<relation>=|≈|<|>|≥|≤)|(?<other>\S)/gu;

/** Finds all arithmetic without letters in a text (plain or LaTeX) that claims something, and works it out. */
export function findChains(text: string): Chain[] {
  const chains: Chain[] = [];
  let run: Token[] = [];
  let before: Token | undefined;
  const flush = (after: Token | undefined) => {
    const chain = checkRun(run, before, after);
    if (chain) chains.push(chain);
    run = [];
  };
  for (const token of tokenize(text)) {
    if (token.kind === 'other') {
      flush(token);
      before = token;
    } else {
      run.push(token);
    }
  }
  flush(undefined);
  return chains;
}

function tokenize(text: string): Token[] {
  return [...plainText(text).matchAll(tokenPattern)].map((match) => {
    const kind = (['number', 'sign', 'relation', 'other'] as const).find((name) => match.groups?.[name] !== undefined);
    const previous = match.index > 0 ? match.input[match.index - 1] : ' ';
    return { kind: kind ?? 'other', text: match[0].replaceAll(',', ''), glued: /\S/.test(previous ?? ' ') };
  });
}

/** LaTeX and typographic signs as the plain ones they stand for; line ends end a statement. */
function plainText(text: string): string {
  let plain = text
    .replace(/\\[dt]frac/g, '\\frac')
    .replace(/\\left|\\right|\\[bB]ig[lr]?|\\[,;]|&/g, '')
    .replace(/\\times|\\cdot|[×·]/g, '*')
    .replace(/\\div|÷/g, '/')
    .replace(/\\approx/g, '≈')
    .replace(/\\ge\b/g, '≥')
    .replace(/−/g, '-')
    .replace(/²/g, '^2')
    .replace(/³/g, '^3')
    .replace(/\$\$|\\[()[\]]|\\\\|\n/g, ' ; ')
    .replace(/\$(?=\d)/g, '');
  for (let previous = ''; previous !== plain; ) {
    previous = plain;
    plain = plain.replace(/\\frac\{([^{}]*)\}\{([^{}]*)\}/g, '(($1)/($2))').replace(/\^\{([^{}]*)\}/g, '^($1)');
  }
  return plain.replace(/\{([\d.]+)\}/g, '$1');
}

function checkRun(run: Token[], before: Token | undefined, after: Token | undefined): Chain | undefined {
  const sides: { relation: string; value: number | undefined; tokens: Token[] }[] = [
    { relation: '', value: undefined, tokens: [] },
  ];
  for (const token of run) {
    if (token.kind === 'relation') sides.push({ relation: token.text, value: undefined, tokens: [] });
    else sides.at(-1)?.tokens.push(token);
  }
  sides.forEach((side, i) => {
    const touchesBefore = i === 0 && before !== undefined && /[\p{L}\p{N})\]}_!%]/u.test(before.text);
    const touchesAfter = i === sides.length - 1 && after?.glued === true && /[\p{L}({!\\%√±]/u.test(after.text);
    const isOpenEnded = touchesBefore && (side.tokens[0]?.glued === true || side.tokens[0]?.kind === 'sign');
    if (!isOpenEnded && !touchesAfter) side.value = evaluate(side.tokens.map(({ text }) => text));
  });
  const chain: Chain = { text: run.map(({ text }) => text).join(' '), comparisons: 0, wrong: [] };
  for (const [i, right] of sides.entries()) {
    const left = sides[i - 1];
    if (left?.value === undefined || right.value === undefined) continue;
    chain.comparisons += 1;
    if (!holds(left.value, right.relation, right.value, right.tokens))
      chain.wrong.push(`${left.value} ${right.relation} ${right.value}`);
  }
  return chain.comparisons > 0 ? chain : undefined;
}

function holds(left: number, relation: string, right: number, shown: Token[]): boolean {
  if (relation === '=') return Math.abs(left - right) < 1e-9 * Math.max(1, Math.abs(left));
  if (relation === '<') return left < right;
  if (relation === '>') return left > right;
  if (relation === '≥') return left >= right;
  if (relation === '≤') return left <= right;
  const decimals = shown.length === 1 ? (shown[0]?.text.split('.')[1]?.length ?? 0) : 2;
  return Math.abs(left - right) <= 0.5 * 10 ** -decimals + 1e-9;
}

/** The value of an expression, or undefined when these tokens are none. */
function evaluate(tokens: string[]): number | undefined {
  let at = 0;
  const take = (...signs: string[]) => (signs.includes(tokens[at] ?? '') ? tokens[at++] : undefined);
  const sum = (): number => {
    let value = product();
    for (let sign = take('+', '-'); sign; sign = take('+', '-')) value += (sign === '+' ? 1 : -1) * product();
    return value;
  };
  const product = (): number => {
    let value = power();
    for (let sign = take('*', '/'); sign; sign = take('*', '/')) value *= power() ** (sign === '*' ? 1 : -1);
    return value;
  };
  const power = (): number => {
    const sign = take('-') ? -1 : 1;
    const base = atom();
    return sign * (take('^') ? base ** power() : base);
  };
  const atom = (): number => {
    if (take('(')) {
      const value = sum();
      return take(')') ? value : Number.NaN;
    }
    return /^\d/.test(tokens[at] ?? '') ? Number(tokens[at++]) : Number.NaN;
  };
  const value = sum();
  return at === tokens.length && Number.isFinite(value) ? value : undefined;
}
