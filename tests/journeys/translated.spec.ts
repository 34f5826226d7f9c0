import type { Page } from '@playwright/test';
import { answerText, ask, badge, expect, openChat, thinkingPane } from '../browser/support.ts';
import { speechFor, test } from '../browser/speeches.ts';

// A browser's translator takes text nodes out of the page and puts font elements in their places, at any time.

/** Puts capitals in the place of all text, as a translator does; one that knows no `translate="no"`, for it is the harder one. */
async function translate(page: Page): Promise<void> {
  await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: Text[] = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const within = node.parentElement;
      if (node instanceof Text && node.data.trim() !== '' && !within?.closest('font, script, style, textarea, .katex'))
        texts.push(node);
    }
    for (const text of texts) {
      const [outer, inner] = [document.createElement('font'), document.createElement('font')];
      inner.textContent = text.data.toUpperCase();
      outer.append(inner);
      text.replaceWith(outer);
    }
  });
}

const shows = (page: Page, words: string) =>
  expect(answerText(page)).toContainText(words, { ignoreCase: true, useInnerText: true });

test('an answer that is translated while it streams is whole, and goes on right', async ({ page, app }) => {
  await openChat(page, app, 'plain');
  await translate(page);
  const speech = speechFor('Tell me');
  await ask(page, 'Tell me');
  speech.think('First thought.');
  await expect(thinkingPane(page)).toContainText('First thought.', { ignoreCase: true });
  for (const part of [' Second thought,', ' still going on.', '\n\nThird thought with **bold** words']) {
    await translate(page);
    speech.think(part);
    await expect(thinkingPane(page)).toContainText(part.trim().replaceAll('**', ''), { ignoreCase: true });
  }
  await translate(page);
  const parts = [
    'One sentence',
    ' grows.',
    ' Two *is* here',
    ' and on.\n\n',
    '- an item',
    '\n- and more $x$',
    '\n\nLast',
    ' words.',
  ];
  for (const part of parts) {
    speech.answer(part);
    await translate(page);
    await shows(page, part.replace(/[*$\n-]|x/g, '').trim());
    await translate(page);
  }
  speech.end('length');
  await expect(badge(page)).toBeVisible();
  await expect(thinkingPane(page)).toContainText(/Thought/i);
  for (const words of ['One sentence grows.', 'Two is here and on.', 'an item', 'and more', 'Last words.'])
    await shows(page, words);
  expect(await answerText(page).innerText()).not.toMatch(/grows.*grows|last words.*last words/is);

  // Asked again and in other words, switched back: nothing of the one is left in the other.
  await translate(page);
  const second = speechFor('Tell me');
  await page
    .getByRole('button', { name: 'Retry' })
    .or(page.getByRole('button', { name: 'Ask again', exact: true }))
    .first()
    .click();
  second.answer('Another answer, ');
  await shows(page, 'Another answer,');
  await translate(page);
  second.answer('with an end.');
  await shows(page, 'Another answer, with an end.');
  second.end();
  await expect(badge(page)).toBeVisible();
  await translate(page);
  expect(await answerText(page).innerText()).not.toMatch(/sentence/i);
  await page.getByRole('button', { name: 'Earlier answer' }).click();
  await shows(page, 'One sentence grows.');
  expect(await answerText(page).innerText()).not.toMatch(/another/i);
  await translate(page);
  await page.getByRole('button', { name: 'Later answer' }).click();
  await shows(page, 'Another answer, with an end.');
  expect(await answerText(page).innerText()).not.toMatch(/sentence/i);
});

test('what still grows is kept from the translator, and given to it when it is whole', async ({ page, app }) => {
  await openChat(page, app, 'plain');
  const speech = speechFor('Grow');
  await ask(page, 'Grow');
  speech.think('Thinking aloud.');
  const thought = thinkingPane(page).locator('.md');
  await expect(thought).toHaveAttribute('translate', 'no');
  speech.answer('Growing words');
  const answer = answerText(page).locator('.md');
  await expect(answer).toHaveAttribute('translate', 'no');
  speech.end();
  await expect(badge(page)).toBeVisible();
  await expect(answer).not.toHaveAttribute('translate', 'no');
});
