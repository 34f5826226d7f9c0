import type { Mark, MarkKind } from './outline.ts';

/** Marks of one kind that are told in one line: one, or several under the same heading that begin alike. */
export interface OutlineEntry {
  kind: MarkKind;
  /** Of the first of them, in UTF-16 units. */
  at: number;
  /** Of the only one, or the words with which all of them begin. */
  label: string;
  /** In the order of the text. */
  marks: readonly [Mark, ...Mark[]];
}

/** From so many on, marks that begin alike are one entry. */
const alike = 3;
/** A beginning: so many words, or so many signs of a script without blanks. */
const firstWords = 2;
const firstSigns = 4;

/**
 * The outline as it is told: headings and candidate answers with what is between them, where turns that begin alike
 * ("Hmm, row 3", "Hmm, row 8") are one entry, at the place of the first. Every mark is in exactly one entry. Linear.
 */
export function outlineEntriesOf(marks: readonly Mark[]): OutlineEntry[] {
  const entries: OutlineEntry[] = [];
  let section: Mark[] = [];
  const close = () => {
    entries.push(...groupsOf(section));
    section = [];
  };
  for (const mark of marks) {
    if (mark.kind === 'heading') {
      close();
      entries.push(entryOf([mark], mark.label));
    } else section.push(mark);
  }
  close();
  return entries;
}

function groupsOf(section: readonly Mark[]): OutlineEntry[] {
  const groups = new Map<string, [Mark, ...Mark[]]>();
  for (const mark of section) {
    const key = `${mark.kind} ${mark.kind === 'candidate' ? mark.label : beginningOf(mark.label)}`;
    const group = groups.get(key);
    if (group) group.push(mark);
    else groups.set(key, [mark]);
  }
  return [...groups.values()]
    .flatMap((group) =>
      group.length < alike ? group.map((mark) => entryOf([mark], mark.label)) : [entryOf(group, sharedWords(group))],
    )
    .sort((a, b) => a.at - b.at);
}

function entryOf(marks: [Mark, ...Mark[]], label: string): OutlineEntry {
  const [{ kind, at }] = marks;
  return { kind, at, label, marks };
}

const unspaced = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;

/** What two labels have in common that begin alike; numbers count as the same. */
function beginningOf(label: string): string {
  const plain = label.toLowerCase().replace(/\d+/g, '#');
  if (unspaced.test(plain.slice(0, firstSigns))) return plain.slice(0, firstSigns);
  return plain
    .split(' ', firstWords)
    .map((word) => word.replace(/[^\p{L}\p{N}#]+$/u, ''))
    .join(' ');
}

/** The words with which all of them begin, and that there is more. */
function sharedWords(marks: readonly [Mark, ...Mark[]]): string {
  const [{ label: first }, ...rest] = marks;
  if (rest.every(({ label }) => label === first)) return first;
  let length = first.length;
  for (const { label } of rest) while (!label.startsWith(first.slice(0, length))) length -= 1;
  const shared = first.slice(0, length);
  const whole = unspaced.test(shared) ? shared : shared.slice(0, shared.lastIndexOf(' ') + 1);
  const words = (whole.trim() === '' ? beginningShown(first) : whole).replace(/[\ud800-\udbff]$/, '').trimEnd();
  return `${words.replace(/[\s\-–—:：]+$/, '')} …`;
}

/** Where the beginnings differ in case or number only. */
function beginningShown(label: string): string {
  return label.split(' ', firstWords)[0] ?? label;
}
