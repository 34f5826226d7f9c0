import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { ChatMessage } from '../../../lib/model.ts';
import { insideRecords, listInsideModels } from '../../../lib/server/protocols/inside/models.ts';
import { renderInsidePrompt } from '../../../lib/server/protocols/inside/request.ts';
import { renderModelfile } from '../../../lib/server/zero.ts';

/** What Ollama's own code made of the Modelfiles' templates. */
interface Rendered {
  models: Record<
    string,
    { template: string; cases: { messages: (ChatMessage & { thinking?: string })[]; rendered: string }[] }
  >;
}

const fixture = new URL('../../fixtures/inside/ollama-templates.json', import.meta.url);
const { models } = JSON.parse(readFileSync(fixture, 'utf8')) as Rendered; // written from Ollama's output

for (const [id, { template, cases }] of Object.entries(models)) {
  test(`by its Modelfile, Ollama asks ${id} to the letter what it is asked here`, () => {
    assert.ok(renderModelfile(id, insideRecords).includes(`TEMPLATE """${template}"""\n`));
    const record = insideRecords.find((one) => one.id === id);
    const model = listInsideModels().find((one) => one.id === id);
    assert.ok(record && model);
    for (const { messages, rendered } of cases) {
      const last = messages.at(-1);
      const begun = last?.role === 'assistant' ? `${last.thinking ?? ''}${last.content}` : undefined;
      const isOver = last?.thinking !== undefined && last.content !== '';
      const exact = isOver ? `${last.thinking}</think>${last.content}` : begun;
      const prefix = { reasoning: '', thoughtOver: false, answer: '', ...(exact !== undefined && { exact }) };
      const asked = renderInsidePrompt(
        { model, messages, sampling: {}, ...(exact !== undefined && { prefix }) },
        record,
      );
      assert.deepEqual(asked, { text: rendered });
    }
  });
}
