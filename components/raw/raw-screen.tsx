'use client';

import { ArrowUp, Square } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { ModelRef, ProviderModels } from '../../lib/model.ts';
import { type RawPromptStarter, rawPromptStarters, rawPromptVariables } from '../../lib/prompts/raw-prompt.ts';
import { type ConversationStore, newConversationStore } from '../conversation/conversation-store.ts';
import { defaultModel, findModel, refText, rememberedModel } from '../conversation/model-choice.ts';
import { ModelPicker } from '../asking/model-picker.tsx';
import { loadRenderer } from '../markdown/lazy-markdown.tsx';
import { readStored, writeStored } from '../ui/stored.ts';
import { askOf, firstDraft, needsOf, parseDraft, type RawDraft, writeStops } from './draft.ts';
import { RawPreview } from './raw-preview.tsx';
import { RawResult } from './raw-result.tsx';
import './raw.css';

const draftKey = 'thinkglass:raw';
const modelKey = 'thinkglass:raw-model';

/** The prompt of a raw completion written by hand: what is written, what exactly will be sent, and what came of it. */
export function RawScreen({ providers: initial }: { providers: ProviderModels[] }) {
  const [providers, setProviders] = useState(initial);
  const [draft, setDraft] = useDraft();
  const [model, setModel] = useModel(providers);
  const [store, setStore] = useState<ConversationStore | undefined>();
  const area = useRef<HTMLTextAreaElement>(null);
  const running = useRunning(store);
  const needs = needsOf(draft.template);
  const { settings, text } = askOf(draft, model ?? { providerId: '', modelKey: '' });
  const found = findModel(providers, model);
  const sendable = text.trim() !== '' && found !== undefined && !running;

  const change = (fields: Partial<RawDraft>) => setDraft({ ...draft, ...fields });
  const begin = (starter: RawPromptStarter) => change({ template: starter.template, stop: writeStops(starter.stop) });
  const insert = (words: string) => {
    const field = area.current;
    if (!field) return;
    const { selectionStart: from, selectionEnd: to } = field;
    change({ template: draft.template.slice(0, from) + words + draft.template.slice(to) });
    field.focus();
    requestAnimationFrame(() => field.setSelectionRange(from + words.length, from + words.length));
  };
  const send = () => {
    if (!sendable) return;
    loadRenderer();
    const next = newConversationStore([settings]);
    setStore(next);
    void next.ask(text, providers);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    send();
  };

  return (
    <main className="raw">
      <title>Raw prompt · Thinkglass</title>
      <div className="raw-columns">
        <form
          id="composer"
          className="raw-form"
          onKeyDown={onKeyDown}
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          <header>
            <h1>Raw prompt</h1>
            <p>The text a model is to continue, to the last character: no chat template comes around it.</p>
          </header>
          <fieldset className="raw-chips">
            <legend>Begin with</legend>
            {rawPromptStarters.map((starter) => (
              <button key={starter.id} type="button" className="raw-chip" onClick={() => begin(starter)}>
                {starter.label}
              </button>
            ))}
          </fieldset>
          <div className="raw-paper">
            <textarea
              ref={area}
              className="raw-text"
              aria-label="The prompt"
              spellCheck={false}
              value={draft.template}
              onChange={(event) => change({ template: event.target.value })}
            />
            <div className="raw-insert">
              <span>Insert</span>
              {rawPromptVariables.map((variable) => (
                <button
                  key={variable.text}
                  type="button"
                  className="raw-variable"
                  title={`${variable.text}: ${variable.meaning}`}
                  aria-label={`Insert ${variable.text.startsWith('{{#') ? 'a loop over' : ''} ${variable.meaning}`}
                  onClick={() => insert(variable.text)}
                >
                  {variable.text.split('}}')[0]}
                  {'}}'}
                </button>
              ))}
            </div>
          </div>
          {needs.system && (
            <label className="raw-field">
              <span>
                <code>{'{{system}}'}</code>
              </span>
              <textarea rows={2} value={draft.system} onChange={(event) => change({ system: event.target.value })} />
            </label>
          )}
          {needs.question && (
            <label className="raw-field">
              <span>
                <code>{'{{question}}'}</code>
              </span>
              <textarea
                rows={2}
                value={draft.question}
                onChange={(event) => change({ question: event.target.value })}
              />
            </label>
          )}
          <div className="raw-numbers">
            <label className="raw-field">
              <span>Stops at, one a line</span>
              <textarea
                rows={2}
                className="raw-stops"
                spellCheck={false}
                placeholder="\nUser:"
                value={draft.stop}
                onChange={(event) => change({ stop: event.target.value })}
              />
            </label>
            <label className="raw-field">
              <span>Max tokens</span>
              <input
                type="number"
                inputMode="numeric"
                min={1}
                step={1}
                placeholder="the model’s"
                value={draft.maxTokens}
                onChange={(event) => change({ maxTokens: event.target.value })}
              />
            </label>
            <label className="raw-field">
              <span>Temperature</span>
              <input
                type="number"
                inputMode="decimal"
                min={0}
                max={2}
                step="any"
                placeholder="as advised"
                value={draft.temperature}
                onChange={(event) => change({ temperature: event.target.value })}
              />
            </label>
          </div>
          <div className="raw-send">
            <ModelPicker providers={providers} value={model} onChoose={setModel} onProviders={setProviders} />
            <span className="grow" />
            {running ? (
              <button
                type="button"
                className="send-button"
                aria-label="Stop"
                title="Stop"
                onClick={() => void store?.stop()}
              >
                <Square aria-hidden size={13} fill="currentColor" />
              </button>
            ) : (
              <button
                type="submit"
                className="send-button"
                aria-label="Send"
                title="Send (Ctrl+Enter)"
                disabled={!sendable}
              >
                <ArrowUp aria-hidden size={18} />
              </button>
            )}
          </div>
        </form>
        <div className="raw-side">
          <RawPreview settings={settings} text={text} folded={store !== undefined} />
          {store && <RawResult key={store.getView().id} store={store} providers={providers} />}
        </div>
      </div>
    </main>
  );
}

/** The draft, kept in this browser. */
function useDraft(): [RawDraft, (draft: RawDraft) => void] {
  const [draft, setDraft] = useState(firstDraft);
  useEffect(() => {
    const kept = parseDraft(readStored(draftKey) ?? '');
    if (kept) setDraft(kept);
  }, []);
  return [
    draft,
    (next) => {
      setDraft(next);
      writeStored(draftKey, JSON.stringify(next));
    },
  ];
}

/** The model of this page; where there are only recordings, the one that takes raw prompts. */
function useModel(providers: readonly ProviderModels[]): [ModelRef | undefined, (model: ModelRef) => void] {
  const [model, setModel] = useState(() => {
    const usual = defaultModel(providers);
    const recordings = usual?.providerId === 'replay';
    return (recordings && rememberedModel(providers, 'replay/r1-zero')) || usual;
  });
  // Only at the beginning: later, the page knows best.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const kept = rememberedModel(providers, readStored(modelKey));
    if (kept) setModel(kept);
  }, []);
  return [
    model,
    (next) => {
      setModel(next);
      writeStored(modelKey, refText(next));
    },
  ];
}

function useRunning(store: ConversationStore | undefined): boolean {
  const view = useSyncExternalStore(store?.subscribe ?? never, store?.getView ?? nothing, nothing);
  return view !== undefined && (view.running.length > 0 || (view.unsent !== undefined && !view.unsent.failure));
}

const never = () => () => {};
const nothing = () => undefined;
