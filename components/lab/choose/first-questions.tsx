import { choiceLetters, type LabQuestion } from '../../../lib/lab/question.ts';

const shown = 3;
/** A question may be a page; its beginning is enough to see what was read. */
const longest = 400;

/** The first questions with their keys, so that one sees what was read. */
export function FirstQuestions({ questions }: { questions: readonly LabQuestion[] }) {
  return (
    <ol className="grid gap-2 lg:grid-cols-3" aria-label="The first questions">
      {questions.slice(0, shown).map((question) => (
        <li
          key={question.id}
          className="flex min-w-0 flex-col gap-1.5 rounded-md border border-line bg-paper px-3 py-2.5"
        >
          <p className="text-sm wrap-anywhere whitespace-pre-line">{cut(question.question)}</p>
          {question.choices && (
            <ul className="text-sm text-ink-muted">
              {question.choices.map((choice, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two choices may be the same; they never move
                <li key={at} className="truncate">
                  {choiceLetters[at]}) {choice}
                </li>
              ))}
            </ul>
          )}
          <p className="mt-auto text-sm text-ink-muted">
            Key: <strong className="font-medium wrap-anywhere text-ink">{cut(question.answer)}</strong>
            {question.kind === 'puzzle' && `, by any expression of ${question.numbers?.join(', ')}`}
          </p>
        </li>
      ))}
    </ol>
  );
}

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
