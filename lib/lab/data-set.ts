import { finalAnswerOf } from '../reasoning/final-answer.ts';
import { createRandom, shuffled } from './random.ts';
import type { Row } from './read-rows.ts';
import { type AnswerKind, answerKinds, choiceLetters, type LabQuestion, longestText } from './question.ts';

export const shapeIds = ['gsm8k', 'math', 'aime', 'gpqa', 'mmlu-pro', 'own'] as const;
/** In whose shape the rows are; it decides how a key is taken out of its field. */
export type ShapeId = (typeof shapeIds)[number];

export const shapeNames: Record<ShapeId, string> = {
  gsm8k: 'GSM8K',
  math: 'MATH',
  aime: 'AIME',
  gpqa: 'GPQA',
  'mmlu-pro': 'MMLU-Pro',
  own: 'Plain',
};

/** Which field is what. */
export interface Mapping {
  shape: ShapeId;
  /** Undefined where no field looks like it: nothing can be asked then. */
  question: string | undefined;
  answer: string | undefined;
  id: string | undefined;
  group: string | undefined;
  /** The field with all choices, as a list. */
  choices: string | undefined;
  /** The fields with the wrong choices; the right one is the answer's, and they are shuffled. */
  wrong: readonly string[];
}

/** What the shapes' fields are called, in letters and digits alone; the likeliest first. */
const names = {
  question: ['question', 'problem', 'prompt', 'input', 'query', 'frage', '问题', '题目'],
  answer: ['answer', 'correctanswer', 'answerkey', 'key', 'target', 'gold', 'expected', 'solution', 'label', '答案'],
  id: ['id', 'uniqueid', 'recordid', 'questionid', 'problemidx', 'index'],
  group: ['group', 'subject', 'category', 'type', 'level', 'subdomain', 'year'],
  choices: ['options', 'choices'],
} as const;

const plain = (field: string) => field.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** Which field is what, by the fields' names and the first rows; to be changed by who knows better. */
export function guessMapping(fields: readonly string[], rows: readonly Row[]): Mapping {
  const byName = new Map(fields.map((field) => [plain(field), field]));
  const find = (of: keyof typeof names) =>
    names[of].map((name) => byName.get(name)).find((field) => field !== undefined);
  const has = (...all: string[]) => all.every((name) => byName.has(name));
  const wrong = fields.filter((field) => /^incorrectanswer\d$/.test(plain(field)));
  const answer = find('answer');
  const isWorked = rows.slice(0, 5).some((row) => /(?:^|\n)####/.test(textOf(row[answer ?? ''])));
  const shape: ShapeId =
    wrong.length > 0 && has('correctanswer')
      ? 'gpqa'
      : find('choices') !== undefined
        ? 'mmlu-pro'
        : isWorked
          ? 'gsm8k'
          : has('problem', 'solution') && (has('level') || has('type') || has('subject'))
            ? 'math'
            : has('problem', 'answer') || (has('question', 'answer') && rows.slice(0, 5).every(isAime(answer)))
              ? 'aime'
              : 'own';
  return {
    shape,
    question: shape === 'gpqa' ? (byName.get('question') ?? find('question')) : find('question'),
    answer: shape === 'gpqa' ? byName.get('correctanswer') : answer,
    id: find('id'),
    group: find('group'),
    choices: find('choices'),
    wrong: shape === 'gpqa' ? wrong : [],
  };
}

/** An answer of three digits at most says AIME only where the rows say so otherwise too. */
function isAime(answer: string | undefined) {
  return (row: Row) => /^\d{3}$/.test(textOf(row[answer ?? '']).trim());
}

export type LeftOutReason = 'no-question' | 'no-key' | 'no-such-choice' | 'too-long';

export const leftOutWords: Record<LeftOutReason, string> = {
  'no-question': 'no question',
  'no-key': 'no key: nothing to hold an answer against',
  'no-such-choice': 'its key is none of its choices',
  'too-long': 'longer than a million characters',
};

/** A data set as it will be asked, and what of the rows is not in it. Rows are counted from 1. */
export interface DataSet {
  questions: LabQuestion[];
  leftOut: { row: number; reason: LeftOutReason }[];
  /** Rows whose question an earlier row has; they are among the questions unless they are left out. */
  repeated: { row: number; of: number }[];
}

/**
 * Makes questions of rows. Nothing is dropped without being listed.
 * @param seed by which choices are shuffled (GPQA); the same seed shuffles the same
 */
export function makeDataSet(
  rows: readonly Row[],
  mapping: Mapping,
  { seed, dropRepeated = false }: { seed: number; dropRepeated?: boolean },
): DataSet {
  const set: DataSet = { questions: [], leftOut: [], repeated: [] };
  const ids = new Set<string>();
  const firstRow = new Map<string, number>();
  for (const [at, row] of rows.entries()) {
    const made = makeQuestion(row, at + 1, mapping, seed);
    if (typeof made === 'string') {
      set.leftOut.push({ row: at + 1, reason: made });
      continue;
    }
    const asked = made.question.replace(/\s+/g, ' ').trim();
    const before = firstRow.get(asked);
    if (before === undefined) firstRow.set(asked, at + 1);
    else set.repeated.push({ row: at + 1, of: before });
    if (before !== undefined && dropRepeated) continue;
    const id = ids.has(made.id) ? `${made.id} (row ${at + 1})` : made.id;
    ids.add(id);
    set.questions.push({ ...made, id });
  }
  return set;
}

function makeQuestion(row: Row, number: number, mapping: Mapping, seed: number): LabQuestion | LeftOutReason {
  const question = textOf(row[mapping.question ?? '']).trim();
  const given = textOf(row[mapping.answer ?? '']).trim();
  if (question === '') return 'no-question';
  const group = textOf(row[mapping.group ?? '']).trim();
  const about = {
    id:
      textOf(row[mapping.id ?? ''])
        .trim()
        .slice(0, 200) || `row-${number}`,
    question,
    ...(group !== '' && { group: group.slice(0, 80) }),
  };
  if (question.length > longestText || given.length > longestText) return 'too-long';
  if (mapping.wrong.length > 0)
    return withShuffled(about, given, row, mapping.wrong, createRandom(`${seed} ${number}`));
  const choices = listOf(row[mapping.choices ?? '']);
  if (choices.length > 0) return withLetter(about, choices, row, given);
  const answer = keyOf(row, given, mapping);
  if (answer === undefined) return 'no-key';
  const numbers = listOf(row['numbers']).map(Number);
  const kind = kindOf(row, numbers);
  return { ...about, answer, kind, ...(kind === 'puzzle' && { numbers }) };
}

type About = Pick<LabQuestion, 'id' | 'question' | 'group'>;

function withShuffled(
  about: About,
  right: string,
  row: Row,
  wrong: readonly string[],
  random: () => number,
): LabQuestion | LeftOutReason {
  if (right === '') return 'no-key';
  const others = wrong.map((field) => textOf(row[field]).trim()).filter((text) => text !== '');
  const choices = shuffled([right, ...others], random);
  return { ...about, answer: choiceLetters[choices.indexOf(right)] ?? 'A', kind: 'choice', choices };
}

function withLetter(about: About, choices: readonly string[], row: Row, given: string): LabQuestion | LeftOutReason {
  if (choices.length > choiceLetters.length) return 'no-such-choice';
  const index = Number(row['answer_index'] ?? Number.NaN);
  const letter = /^\(?([A-J])\)?[.)]?$/i.exec(given)?.[1]?.toUpperCase();
  const at =
    letter !== undefined
      ? choiceLetters.indexOf(letter)
      : given !== '' && choices.includes(given)
        ? choices.indexOf(given)
        : /^\d$/.test(given)
          ? Number(given)
          : index;
  if (given === '' && Number.isNaN(index)) return 'no-key';
  if (!(at >= 0 && at < choices.length)) return 'no-such-choice';
  return { ...about, answer: choiceLetters[at] ?? 'A', kind: 'choice', choices };
}

/** The key in its field: after GSM8K's `####`, in MATH's last box, AIME's number without its leading zeros. */
function keyOf(row: Row, given: string, { shape, answer }: Mapping): string | undefined {
  if (shape === 'gsm8k') {
    const last = given.split('####').at(-1)?.trim() ?? '';
    return last.replace(/(?<=\d),(?=\d{3}(?!\d))/g, '') || undefined;
  }
  if (shape === 'aime') return given.replace(/^0+(?=\d)/, '') || undefined;
  if (shape === 'math' && (given === '' || plain(answer ?? '') === 'solution')) {
    const boxed = finalAnswerOf(given || textOf(row['solution'] ?? row['Solution']));
    return boxed?.found === 'boxed' ? boxed.text : undefined;
  }
  return given || undefined;
}

function kindOf(row: Row, numbers: readonly number[]): AnswerKind {
  const said = answerKinds.find((kind) => kind === row['kind']);
  const isPuzzle = numbers.length >= 2 && numbers.every(Number.isSafeInteger);
  if (said === 'puzzle' || (said === undefined && isPuzzle)) return isPuzzle ? 'puzzle' : 'value';
  return said === 'choice' ? 'value' : (said ?? 'value'); // a choice without choices is held against its key as it stands
}

/** A list, or a text that holds one as JSON, or one choice a line. */
function listOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(textOf);
  const text = textOf(value).trim();
  if (text === '') return [];
  if (text.startsWith('[')) {
    try {
      const list: unknown = JSON.parse(text);
      if (Array.isArray(list)) return list.map(textOf);
    } catch {
      // then it is text
    }
  }
  const parts = text.split(/\r?\n|\s\|\s/).map((part) => part.trim());
  return parts.length > 1 ? parts.filter((part) => part !== '') : [];
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : '';
}
