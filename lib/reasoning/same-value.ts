import {
  absDependencies,
  cosDependencies,
  create,
  divideDependencies,
  expDependencies,
  type FactoryFunctionMap,
  factorialDependencies,
  logDependencies,
  multiplyDependencies,
  nthRootDependencies,
  parseDependencies,
  powDependencies,
  sinDependencies,
  sqrtDependencies,
  subtractDependencies,
  tanDependencies,
  unaryMinusDependencies,
  addDependencies,
} from 'mathjs/number';

// The parser and the functions an answer may have; all of mathjs would be three times as much (42 and 110 kB, compressed).
const { parse } = create(
  {
    absDependencies,
    addDependencies,
    cosDependencies,
    divideDependencies,
    expDependencies,
    factorialDependencies,
    logDependencies,
    multiplyDependencies,
    nthRootDependencies,
    parseDependencies,
    powDependencies,
    sinDependencies,
    sqrtDependencies,
    subtractDependencies,
    tanDependencies,
    unaryMinusDependencies,
  } as FactoryFunctionMap, // its types say that each may be missing; none is
);

const longest = 200;
/** Values given to the variables, one after another; irrational enough that two different expressions do not meet there. */
const samples = [0.7390851332, 1.3247179572, 2.5029078751, 3.3598856662] as const;

/**
 * Whether two expressions in TeX have the same value, whatever their variables stand for: compared where the variables have
 * four values each. A decimal agrees with what rounds to it, if it has two places at least (3.79 and 72/19).
 * @returns undefined when one of them is no expression.
 */
export function hasSameValue(a: string, b: string): boolean | undefined {
  const [p, q] = [readExpression(a), readExpression(b)];
  if (!p || !q) return undefined;
  const names = [...new Set([...p.names, ...q.names])];
  let compared = 0;
  for (let i = 0; i < (names.length === 0 ? 1 : samples.length); i++) {
    const scope = new Map<string, number>(constants);
    for (const [at, name] of names.entries()) scope.set(name, samples[(i + at) % samples.length] ?? 1);
    const [x, y] = [p.valueAt(scope), q.valueAt(scope)];
    if (x === undefined || y === undefined) continue;
    compared++;
    if (!isClose(x, y) && !isRounded(a, x, y) && !isRounded(b, y, x)) return false;
  }
  return compared === 0 ? undefined : true;
}

const constants: [string, number][] = [
  ['pi', Math.PI],
  ['e', Math.E],
];

interface Expression {
  /** Its variables. */
  names: string[];
  valueAt(scope: Map<string, number>): number | undefined;
}

const functions = new Set(['sqrt', 'nthRoot', 'sin', 'cos', 'tan', 'exp', 'log', 'abs', 'factorial']);

function readExpression(tex: string): Expression | undefined {
  if (tex.length > longest) return undefined;
  const source = convertTex(tex);
  // Only what an expression is written with: no assignment, no list, no text in quotes, no word but a function's.
  if (source === undefined || !/^[\d\sa-zA-Z.+\-*/^(),!]+$/.test(source) || !/\d|[a-z]/.test(source)) return undefined;
  const words = source.match(/[a-zA-Z]+/g) ?? [];
  if (words.some((word) => word.length > 1 && word !== 'pi' && !functions.has(word))) return undefined;
  try {
    const node = parse(source);
    const compiled = node.compile();
    const names = words.filter((word) => word.length === 1 && word !== 'e');
    return {
      names: [...new Set(names)],
      valueAt: (scope) => {
        try {
          const value: unknown = compiled.evaluate(scope);
          return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
        } catch {
          return undefined; // such as the factorial of a fraction
        }
      },
    };
  } catch {
    return undefined; // brackets that do not close, and the like
  }
}

/** TeX as the parser reads it; undefined when a command is left that we do not know. */
function convertTex(tex: string): string | undefined {
  let text = tex
    .replace(/√\s*\(/g, 'sqrt(')
    .replace(/√\s*(\d+|[a-z])/g, 'sqrt($1)')
    .replace(/π|\\pi(?![a-z])/g, ' pi ')
    .replace(/²/g, '^2')
    .replace(/³/g, '^3')
    .replace(/\\(sin|cos|tan|exp)(?![a-z])/g, ' $1')
    .replace(/\\ln(?![a-z])/g, ' log')
    .replace(/_\{?(\w)\}?/g, '')
    .replace(/\\frac\s*(\d)\s*(\d)/g, '\\frac{$1}{$2}')
    .replace(/\\sqrt\s*(\d|[a-z])/g, '\\sqrt{$1}')
    // a mixed number
    .replace(/(\d)\s*(?=\\frac\s*\{\d+\}\s*\{\d+\})/g, '$1+')
    .replace(/^(-?)(\d+) (\d+\/\d+)$/, '$1($2+$3)')
    .replace(/\^\s*\{([^{}]*)\}/g, '^($1)');
  for (let depth = 0; depth < 20 && text.includes('\\'); depth++) {
    const before = text;
    text = text
      .replace(/\\frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}/g, '(($1)/($2))')
      .replace(/\\sqrt\s*\[([^[\]]*)\]\s*\{([^{}]*)\}/g, ' nthRoot(($2),($1))')
      .replace(/\\sqrt\s*\{([^{}]*)\}/g, ' sqrt($1)')
      .replace(/\^\s*\{([^{}]*)\}/g, '^($1)');
    if (text === before) return undefined;
  }
  return (
    text
      .replace(/\{/g, '(')
      .replace(/\}/g, ')')
      // a variable before a bracket is a factor, not a function
      .replace(/(?<![a-zA-Z])([a-z]|pi)\s*(?=\()/g, '$1*')
      .trim()
  );
}

function isClose(x: number, y: number): boolean {
  return Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(x), Math.abs(y));
}

/** Whether `text` is a decimal of two places at least, and `exact` rounds to it. */
function isRounded(text: string, value: number, exact: number): boolean {
  const places = /^-?\d*\.(\d{2,})$/.exec(text.trim())?.[1]?.length;
  return places !== undefined && Math.abs(value - exact) <= 0.5 * 10 ** -places * (1 + 1e-9);
}
