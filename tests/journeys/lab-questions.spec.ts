import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { expect, test } from '../browser/support.ts';

/** For what reading takes on a busy machine. */
const patient = { timeout: 60_000 };

const lines = (...rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n');

/** Rows of our own in the shapes in which the data sets go about, each with what is shown of its first question. */
const files: readonly { name: string; text: string; shape?: string; question: string; key: string }[] = [
  {
    name: 'gsm8k.jsonl',
    text: lines({
      question: 'A box holds 600 pens. How many do two hold?',
      answer: 'Two hold 600 * 2 = <<600*2=1200>>1200.\n#### 1,200',
    }),
    shape: 'GSM8K',
    question: 'A box holds 600 pens. How many do two hold?',
    key: '1200',
  },
  {
    name: 'math-500.jsonl',
    text: lines({
      problem: 'What is half of one half?',
      solution: 'It is $\\boxed{\\frac14}$.',
      answer: '\\frac14',
      subject: 'Fractions',
      level: 1,
      unique_id: 'test/1.json',
    }),
    shape: 'MATH',
    question: 'What is half of one half?',
    key: '\\frac14',
  },
  {
    name: 'aime.jsonl',
    text: lines({ ID: '2024-I-1', Problem: 'What is 70 + 3?', Solution: 'Add them.', Answer: '073' }),
    shape: 'AIME',
    question: 'What is 70 + 3?',
    key: '73',
  },
  {
    name: 'gpqa.csv',
    text: 'Record ID,Question,Correct Answer,Incorrect Answer 1,Incorrect Answer 2,Incorrect Answer 3\nr1,"Which is even, of these?",2,1,3,5\n',
    shape: 'GPQA',
    question: 'Which is even, of these?',
    key: '',
  },
  {
    name: 'mmlu-pro.json',
    text: JSON.stringify([
      { question_id: 7, question: 'Which is odd?', options: ['2', '4', '5'], answer: 'C', answer_index: 2 },
    ]),
    shape: 'MMLU-Pro',
    question: 'Which is odd?',
    key: 'C',
  },
  {
    name: 'own.jsonl',
    text: lines({ id: 'a', question: 'What is 9 × 9?', answer: '81' }),
    question: 'What is 9 × 9?',
    key: '81',
  },
  {
    name: 'own.csv',
    text: 'id;question;answer\na;What is 1,5 + 1,5?;3\n',
    question: 'What is 1,5 + 1,5?',
    key: '3',
  },
];

test.describe.configure({ timeout: 180_000 });

async function bring(page: Page, name: string, content: string | Buffer): Promise<void> {
  const buffer = Buffer.isBuffer(content) ? content : Buffer.from(content);
  await page
    .getByLabel('Choose a file of questions, or drop it here')
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
}

test('files in the shapes of the known sets are read, with the first question and its key', async ({ page, app }) => {
  await page.goto(`${app.url}/lab`);
  await page.getByText('A file', { exact: true }).click();
  for (const { name, text, shape, question, key } of files) {
    await bring(page, name, text);
    const found = page.getByRole('status').filter({ hasText: name });
    await expect(found, name).toContainText('1 question', patient);
    if (shape) await expect(found, name).toContainText(`in the shape of ${shape}`);
    const first = page.getByRole('list', { name: 'The first questions' }).getByRole('listitem').first();
    await expect(first, name).toContainText(question);
    await expect(first, name).toContainText(key);
    await expect(page.getByRole('button', { name: 'Plan 4 samples' }), name).toBeEnabled();
  }
});

test('what cannot be read says why, and what can is kept', async ({ page, app }) => {
  await page.goto(`${app.url}/lab`);
  await page.getByText('A file', { exact: true }).click();
  const rows = [
    { question: 'What is 2 + 2?', answer: '4' },
    { question: 'No key?' },
    { question: 'What is 2 + 2?', answer: '4' },
    { question: 'What is long?', answer: '9'.repeat(1_000_001) },
  ];
  await bring(page, 'mixed.jsonl', `${lines(...rows)}\n{"question": "cut`);
  const found = page.getByRole('status').filter({ hasText: 'mixed.jsonl' });
  await expect(found).toContainText('2 questions', patient);
  await found.getByText('3 rows left out').click();
  await expect(found.getByText('Row 2: ')).toBeVisible();
  await expect(found.getByText('Row 4: ')).toBeVisible();
  await expect(found.getByText(/^Row 5: not a line of JSON/)).toBeVisible();
  await found.getByText(/Leave out 1 question asked twice \(row 3 asks what row 1 does\)/).click();
  await expect(found).toContainText('1 question,');
  await expect(page.getByRole('button', { name: 'Plan 4 samples' })).toBeEnabled();

  const alert = page.getByRole('main').getByRole('alert');
  await bring(page, 'packed.jsonl.gz', gzipSync(`${lines(...rows.slice(0, 1))}\n`));
  await expect(alert).toContainText(/no text: it may be packed|neither JSON nor a table/);
  await expect(page.getByRole('button', { name: /^Plan / })).toBeDisabled();
  await bring(page, 'many.jsonl', '{"question":"Why?","answer":"1"}\n'.repeat(100_001));
  await expect(alert).toContainText('This has 100,001 rows; a data set has 100,000 at most.', patient);
  await bring(page, 'broken.json', '[{"question": "Why?"');
  await expect(alert).toContainText('begins like a JSON array and is none');
});
