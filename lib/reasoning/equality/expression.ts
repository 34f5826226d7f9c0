import { type Fraction, fraction } from './fraction.ts';
import { limits, type Token } from './tokens.ts';

/** A mathematical expression. */
export type Expression =
  | { is: 'number'; value: Fraction; places?: number; significant?: number }
  | { is: 'variable'; name: string }
  | { is: 'constant'; name: 'pi' | 'e' | 'i' }
  | { is: 'negate'; of: Expression }
  | { is: 'add' | 'multiply' | 'divide' | 'power'; left: Expression; right: Expression }
  | { is: 'call'; name: FunctionName; of: readonly Expression[] };

const functionNames = [
  'sqrt',
  'root',
  'sin',
  'cos',
  'tan',
  'cot',
  'sec',
  'csc',
  'arcsin',
  'arccos',
  'arctan',
  'sinh',
  'cosh',
  'tanh',
  'exp',
  'ln',
  'log',
  'lg',
  'abs',
  'floor',
  'ceil',
  'factorial',
  'binom',
  'gcd',
  'lcm',
  'min',
  'max',
  'degrees',
] as const;
export type FunctionName = (typeof functionNames)[number];

/** Functions that stand before their argument, with or without brackets. */
const prefixes = new Map<string, FunctionName>([
  ...(['sin', 'cos', 'tan', 'cot', 'sec', 'csc', 'arcsin', 'arccos', 'arctan', 'sinh', 'cosh', 'tanh'] as const).map(
    (name) => [name, name] as const,
  ),
  ...(['exp', 'ln', 'log', 'lg', 'gcd', 'lcm', 'min', 'max', 'sqrt', 'abs', 'floor'] as const).map(
    (name) => [name, name] as const,
  ),
  ['asin', 'arcsin'],
  ['acos', 'arccos'],
  ['atan', 'arctan'],
  ['tg', 'tan'],
  ['ceil', 'ceil'],
]);
const inverses: Partial<Record<FunctionName, FunctionName>> = { sin: 'arcsin', cos: 'arccos', tan: 'arctan' };
const closers: Record<string, string> = { '(': ')', '[': ']', '{': '}', '\\{': '\\}' };
const greek =
  /^(?:alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|vartheta|iota|kappa|lambda|mu|nu|xi|rho|sigma|tau|upsilon|phi|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Sigma|Phi|Psi|Omega|ell|hbar)$/;

/**
 * Reads tokens as one expression, all of them.
 * @param signOf what `\pm` stands for, `\mp` being the opposite
 * @returns undefined where they are none, or one beyond the limits
 */
export function readExpression(tokens: readonly Token[], signOf: 1 | -1 = 1): Expression | undefined {
  if (tokens.length === 0) return undefined;
  try {
    const reader = new ExpressionReader(tokens, signOf);
    const expression = reader.sum();
    return reader.isAtEnd() ? expression : undefined;
  } catch (error) {
    if (error instanceof NoExpression) return undefined;
    throw error;
  }
}

type NumberToken = Extract<Token, { is: 'number' }>;

function numberOf({ value, places, significant }: NumberToken): Expression {
  return { is: 'number', value, significant, ...(places !== undefined && { places }) };
}

class NoExpression extends Error {}

class ExpressionReader {
  readonly #tokens: readonly Token[];
  readonly #signOf: 1 | -1;
  #at = 0;
  #depth = 0;
  #nodes = 0;
  /** How many bars of a value without sign are open. */
  #bars = 0;

  constructor(tokens: readonly Token[], signOf: 1 | -1) {
    this.#tokens = tokens;
    this.#signOf = signOf;
  }

  isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  sum(): Expression {
    if (++this.#depth > limits.depth) throw new NoExpression();
    let left = this.#signed();
    for (;;) {
      const sign = this.#takeSign();
      if (sign === 0) break;
      const right = this.#product();
      left = this.#node({ is: 'add', left, right: sign < 0 ? this.#node({ is: 'negate', of: right }) : right });
    }
    this.#depth--;
    return left;
  }

  #signed(): Expression {
    const sign = this.#takeSign();
    if (sign === 0) return this.#product();
    const of = this.#product();
    return sign < 0 ? this.#node({ is: 'negate', of }) : of;
  }

  /** 1 or -1 for a sign that stood here, 0 for none. */
  #takeSign(): 1 | -1 | 0 {
    if (this.#takeMark('+')) return 1;
    if (this.#takeMark('-')) return -1;
    if (this.#takeCommand('pm')) return this.#signOf;
    if (this.#takeCommand('mp')) return this.#signOf === 1 ? -1 : 1;
    return 0;
  }

  #product(): Expression {
    let left = this.#factor();
    for (;;) {
      if (this.#takeMark('*') || this.#takeCommand('times') || this.#takeCommand('cdot') || this.#takeCommand('ast'))
        left = this.#node({ is: 'multiply', left, right: this.#signedFactor() });
      else if (this.#takeMark('/') || this.#takeCommand('div'))
        left = this.#node({ is: 'divide', left, right: this.#signedFactor() });
      else if (this.#beginsFactor()) {
        const before = this.#tokens[this.#at - 1];
        const next = this.#tokens[this.#at];
        if (before?.is === 'number' && next?.is === 'number') throw new NoExpression(); // "2 3" is not 6
        left = this.#node({ is: 'multiply', left, right: this.#factor() });
      } else return left;
    }
  }

  #signedFactor(): Expression {
    const sign = this.#takeSign();
    const of = this.#factor();
    return sign < 0 ? this.#node({ is: 'negate', of }) : of;
  }

  #beginsFactor(): boolean {
    const token = this.#tokens[this.#at];
    if (!token) return false;
    if (token.is === 'number' || token.is === 'letters') return true;
    if (token.is === 'sign') return Object.hasOwn(closers, token.text) || (token.text === '|' && this.#bars === 0);
    return (
      token.is === 'command' &&
      (prefixes.has(token.name) ||
        greek.test(token.name) ||
        /^(?:[dtc]?frac|sqrt|pi|[dt]?binom|lfloor|lceil|lvert)$/.test(token.name))
    );
  }

  /** A factor with what stands behind it: powers, factorials, degrees. */
  #factor(): Expression {
    let base = this.#base();
    for (;;) {
      if (this.#takeMark('!')) base = this.#call('factorial', base);
      else if (this.#sees('^')) {
        this.#at++;
        if (this.#takeDegrees()) base = this.#call('degrees', base);
        else base = this.#node({ is: 'power', left: base, right: this.#script() });
      } else return base;
    }
  }

  #takeDegrees(): boolean {
    const from = this.#at;
    const braced = this.#takeMark('{');
    if (this.#takeCommand('circ') && (!braced || this.#takeMark('}'))) return true;
    this.#at = from;
    return false;
  }

  /** What is raised or lowered: a group, or one digit, letter or command. */
  #script(): Expression {
    if (this.#sees('{')) return this.#group();
    const sign = this.#takeSign();
    const of = this.#single();
    return sign < 0 ? this.#node({ is: 'negate', of }) : of;
  }

  #single(): Expression {
    const token = this.#tokens[this.#at];
    if (token?.is === 'letters' && token.text.length > 1) throw new NoExpression();
    if (token?.is !== 'number') return this.#base();
    this.#at++;
    return this.#node(numberOf(token));
  }

  #base(): Expression {
    const token = this.#tokens[this.#at++];
    if (!token) throw new NoExpression();
    if (token.is === 'number') return this.#number(token);
    if (token.is === 'letters') return this.#letters(token.text);
    if (token.is === 'command') return this.#command(token.name);
    if (token.is === 'sign' && token.text === '|') return this.#between('|', 'abs');
    if (token.is === 'sign' && Object.hasOwn(closers, token.text)) {
      this.#at--;
      return this.#group();
    }
    throw new NoExpression();
  }

  #number(token: NumberToken): Expression {
    const { value, places } = token;
    const number = numberOf(token);
    const whole = value.d === 1n && places === undefined;
    const next = this.#tokens[this.#at];
    // 2\frac{3}{4} and 2 3/4 are mixed numbers
    if (whole && next?.is === 'command' && /^[dtc]?frac$/.test(next.name)) {
      const from = this.#at++;
      const part = this.#fraction();
      if (part.is === 'divide' && part.left.is === 'number' && part.right.is === 'number')
        return this.#node({ is: 'add', left: number, right: part });
      this.#at = from;
    } else if (whole && next?.is === 'number' && next.spaced && next.value.d === 1n) {
      const below = this.#tokens[this.#at + 2];
      const isMixed = below?.is === 'number' && this.#isMark(this.#at + 1, '/') && next.value.n < below.value.n;
      if (!isMixed) throw new NoExpression();
      this.#at += 3;
      const right = fraction(next.value.n, below.value.n);
      if (!right) throw new NoExpression();
      return this.#node({ is: 'add', left: number, right: { is: 'number', value: right } });
    }
    if (whole && this.#sees('_')) return this.#inBase(value.n);
    return this.#node(number);
  }

  /** `110_2`: digits and the base they are written in. */
  #inBase(digits: bigint): Expression {
    this.#at++;
    const base = this.#script();
    if (base.is !== 'number' || base.value.d !== 1n || base.value.n < 2n || base.value.n > 36n)
      throw new NoExpression();
    let value = 0n;
    for (const digit of digits.toString()) {
      if (BigInt(digit) >= base.value.n) throw new NoExpression();
      value = value * base.value.n + BigInt(digit);
    }
    return this.#node({ is: 'number', value: { n: value, d: 1n } });
  }

  #letters(text: string): Expression {
    if (text === 'pi') return this.#node({ is: 'constant', name: 'pi' });
    const name = prefixes.get(text);
    if (name) return this.#prefix(name);
    if (text === 'cbrt') return this.#call('root', this.#group(), { is: 'number', value: { n: 3n, d: 1n } });
    const letters = [...text];
    // Two or three letters are factors; more is a word.
    if (letters.length > 3 || letters.some((letter) => !/[a-zA-Z]/.test(letter))) throw new NoExpression();
    let product = this.#letter(letters[0] ?? '', letters.length === 1);
    for (const [at, letter] of letters.entries())
      if (at > 0)
        product = this.#node({
          is: 'multiply',
          left: product,
          right: this.#power(this.#letter(letter, at === letters.length - 1), at === letters.length - 1),
        });
    return product;
  }

  /** `ab^2` raises b alone. */
  #power(base: Expression, isLast: boolean): Expression {
    if (!isLast || !this.#sees('^')) return base;
    this.#at++;
    if (this.#takeDegrees()) return this.#call('degrees', base);
    return this.#node({ is: 'power', left: base, right: this.#script() });
  }

  #letter(letter: string, mayHaveIndex: boolean): Expression {
    const index = mayHaveIndex ? this.#index() : '';
    if (index === '' && letter === 'e') return this.#node({ is: 'constant', name: 'e' });
    if (index === '' && letter === 'i') return this.#node({ is: 'constant', name: 'i' });
    return this.#node({ is: 'variable', name: letter + index });
  }

  /** A subscript and primes, as part of a name. */
  #index(): string {
    let index = '';
    while (this.#sees("'")) {
      this.#at++;
      index += "'";
    }
    if (!this.#sees('_')) return index;
    this.#at++;
    const from = this.#at;
    if (this.#sees('{')) while (this.#at < this.#tokens.length && !this.#sees('}')) this.#at++;
    this.#at++;
    const inside = this.#tokens.slice(from, this.#at).map((token) => ('text' in token ? token.text : token.name));
    return `${index}_${inside.join('').replace(/[{}]/g, '')}`;
  }

  #command(name: string): Expression {
    if (/^[dtc]?frac$/.test(name)) return this.#fraction();
    if (/^[dt]?binom$/.test(name)) return this.#call('binom', this.#argument(), this.#argument());
    if (name === 'sqrt') return this.#root();
    if (name === 'pi') return this.#node({ is: 'constant', name: 'pi' });
    if (name === 'imath') return this.#node({ is: 'constant', name: 'i' });
    if (name === 'lfloor') return this.#between('rfloor', 'floor');
    if (name === 'lceil') return this.#between('rceil', 'ceil');
    if (name === 'lvert') return this.#between('rvert', 'abs');
    if (greek.test(name)) return this.#node({ is: 'variable', name: `\\${name}${this.#index()}` });
    const prefix = prefixes.get(name);
    if (!prefix) throw new NoExpression();
    return this.#prefix(prefix);
  }

  #fraction(): Expression {
    return this.#node({ is: 'divide', left: this.#argument(), right: this.#argument() });
  }

  #root(): Expression {
    if (!this.#sees('[')) return this.#call('sqrt', this.#argument());
    this.#at++;
    const degree = this.sum();
    if (!this.#takeMark(']')) throw new NoExpression();
    return this.#call('root', this.#argument(), degree);
  }

  /** What a command takes: a group, or what stands there alone, as in `\sqrt3`. */
  #argument(): Expression {
    return this.#sees('{') || this.#sees('(') ? this.#group() : this.#single();
  }

  /** The argument of a function without brackets: `\sin 2x`, `\log_2 32`, `\sin^2 x`. */
  #prefix(name: FunctionName): Expression {
    let base: Expression | undefined;
    let exponent: Expression | undefined;
    if (this.#sees('_')) {
      this.#at++;
      base = this.#script();
    }
    if (this.#sees('^')) {
      this.#at++;
      exponent = this.#script();
    }
    const inverse = inverses[name];
    const isInverse = inverse !== undefined && exponent?.is === 'negate' && isOne(exponent.of);
    const called = this.#application(isInverse ? inverse : name, base);
    return exponent && !isInverse ? this.#node({ is: 'power', left: called, right: exponent }) : called;
  }

  #application(name: FunctionName, base: Expression | undefined): Expression {
    const of = this.#sees('(') || this.#sees('{') || this.#sees('[') ? this.#arguments() : [this.#bare()];
    return this.#call(name, ...of, ...(base ? [base] : []));
  }

  /** In brackets, several parted by commas. */
  #arguments(): Expression[] {
    const open = this.#tokens[this.#at++];
    const close = open?.is === 'sign' ? closers[open.text] : undefined;
    if (close === undefined) throw new NoExpression();
    const bars = this.#bars;
    this.#bars = 0;
    const of = [this.sum()];
    while (this.#takeMark(',')) of.push(this.sum());
    if (!this.#takeMark(close)) throw new NoExpression();
    this.#bars = bars;
    return of;
  }

  /** Factors up to the next sign, or function: `\sin 2x \cos x` is a product of two. */
  #bare(): Expression {
    const sign = this.#takeSign();
    let left = this.#factor();
    for (;;) {
      const token = this.#tokens[this.#at];
      const goesOn =
        token?.is === 'letters'
          ? !prefixes.has(token.text)
          : token?.is === 'command' && /^(?:pi|[dt]?frac|sqrt)$/.test(token.name);
      if (!goesOn && !(token?.is === 'command' && greek.test(token.name))) break;
      left = this.#node({ is: 'multiply', left, right: this.#factor() });
    }
    return sign < 0 ? this.#node({ is: 'negate', of: left }) : left;
  }

  #group(): Expression {
    const [only, ...more] = this.#arguments();
    if (!only || more.length > 0) throw new NoExpression();
    return only;
  }

  #between(close: string, name: FunctionName): Expression {
    this.#bars++;
    const inside = this.sum();
    this.#bars--;
    if (!(close === '|' ? this.#takeMark('|') : this.#takeCommand(close))) throw new NoExpression();
    return this.#call(name, inside);
  }

  #call(name: FunctionName, ...of: Expression[]): Expression {
    return this.#node({ is: 'call', name, of });
  }

  #node(node: Expression): Expression {
    if (++this.#nodes > limits.nodes) throw new NoExpression();
    return node;
  }

  #sees(mark: string): boolean {
    return this.#isMark(this.#at, mark);
  }

  #isMark(at: number, mark: string): boolean {
    const token = this.#tokens[at];
    return token?.is === 'sign' && token.text === mark;
  }

  #takeMark(mark: string): boolean {
    if (!this.#sees(mark)) return false;
    this.#at++;
    return true;
  }

  #takeCommand(name: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.is !== 'command' || token.name !== name) return false;
    this.#at++;
    return true;
  }
}

function isOne(expression: Expression): boolean {
  return expression.is === 'number' && expression.value.n === 1n && expression.value.d === 1n;
}
