'use client';

import { PageTitle } from '../client/page-title.tsx';
import { useState, useSyncExternalStore } from 'react';
import type { ProviderModels } from '../../lib/model.ts';
import { ModelPicker } from '../asking/model-picker.tsx';
import { SendButton } from '../asking/send-button.tsx';
import { type ConversationStore, newConversationStore } from '../conversation/conversation-store.ts';
import { canAsk } from '../conversation/model-choice.ts';
import { loadRenderer } from '../markdown/lazy-markdown.tsx';
import { askOf } from './draft.ts';
import { RawForm } from './raw-form.tsx';
import { RawPreview } from './raw-preview.tsx';
import { RawResult } from './raw-result.tsx';
import { useDraft } from './use-draft.ts';
import { useRawModel } from './use-raw-model.ts';

/** The prompt of a raw completion written by hand: what is written, what exactly will be sent, and what came of it. */
export function RawScreen({ providers: initial }: { providers: ProviderModels[] }) {
  const [providers, setProviders] = useState(initial);
  const [draft, change] = useDraft();
  const [model, setModel] = useRawModel(providers);
  const [store, setStore] = useState<ConversationStore | undefined>();
  const running = useRunning(store);
  const { settings, text } = askOf(draft, model ?? { providerId: '', modelKey: '' });
  const sendable = text.trim() !== '' && canAsk(providers, model) && !running;

  const send = () => {
    if (!sendable) return;
    loadRenderer();
    const next = newConversationStore([settings]);
    setStore(next);
    void next.ask(text, providers);
  };
  return (
    // What is hidden but for screen readers must not make the window scroll.
    <main className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain" data-asks>
      <PageTitle of="Raw prompt · Thinkglass" />
      <div className="mx-auto grid max-w-[86rem] grid-cols-1 gap-6 px-4 pt-6 pb-12 xl:grid-cols-2 xl:gap-10 xl:px-8 xl:pt-9">
        <RawForm draft={draft} onChange={change} onSend={send}>
          <ModelPicker providers={providers} value={model} onChoose={setModel} onProviders={setProviders} />
          <span className="grow" />
          <SendButton
            running={running}
            sendable={sendable}
            title="Send (Ctrl+Enter)"
            stopTitle="Stop"
            onStop={() => void store?.stop()}
          />
        </RawForm>
        <div className="flex min-w-0 flex-col gap-6">
          <RawPreview settings={settings} text={text} folded={store !== undefined} />
          {store && <RawResult key={store.getView().id} store={store} providers={providers} />}
        </div>
      </div>
    </main>
  );
}

function useRunning(store: ConversationStore | undefined): boolean {
  const view = useSyncExternalStore(store?.subscribe ?? never, store?.getView ?? nothing, nothing);
  return view !== undefined && (view.running.length > 0 || (view.unsent !== undefined && !view.unsent.failure));
}

const never = () => () => {};
const nothing = () => undefined;
