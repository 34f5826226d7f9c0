'use client';

import { useEffect, useState } from 'react';
import type { ConversationDetail, ThreadSettings } from '../../lib/conversation.ts';
import type { ProviderModels } from '../../lib/model.ts';
import { useBegunConversation } from '../conversation/begin-conversation.ts';
import {
  type ConversationStore,
  conversationStoreOf,
  newConversationStore,
} from '../conversation/conversation-store.ts';
import { lastModelKey, onlyRecordings, rememberedModel } from '../conversation/model-choice.ts';
import { readStored } from '../ui/stored.ts';
import { lineUpsKey, parseLineUps } from '../asking/kept-settings.ts';
import { type ComparisonAddress, parseColumns } from './address.ts';
import { Comparison } from './comparison.tsx';
import type { ComparisonExample } from './comparison-dock.tsx';
import { defaultColumns, withPartner } from './presets.ts';

/** A comparison that has not begun: its address says what is in it. */
export function NewComparison(props: {
  providers: ProviderModels[];
  examples: readonly ComparisonExample[];
  address: ComparisonAddress;
}) {
  const { providers, address } = props;
  const { store, key, setStore } = useBegunConversation(
    '/compare',
    () => newConversationStore(firstColumns(providers, address)),
    isComparison,
  );
  const begin = (columns: readonly ThreadSettings[]) => {
    const [first, ...rest] = columns;
    if (first) setStore(newConversationStore([first, ...rest]));
  };
  // What this browser remembers is known only here, not where the page was first drawn.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, at the beginning
  useEffect(() => {
    const lineUp = parseLineUps(readStored(lineUpsKey)).find(({ name }) => name === address.lineUp);
    if (lineUp && store && !store.getView().saved) return begin(lineUp.columns);
    const remembered = address.models ? undefined : rememberedModel(providers, readStored(lastModelKey));
    const untouched = store && !store.getView().saved;
    if (untouched && remembered && !onlyRecordings(providers)) begin(defaultColumns(providers, remembered));
  }, []);
  if (!store) return <main className="flex-1" aria-busy />;
  return (
    <Comparison
      key={key}
      store={store}
      providers={providers}
      examples={props.examples}
      prompt={address.prompt ?? ''}
      onBegin={begin}
    />
  );
}

/** A comparison that exists. */
export function ExistingComparison(props: { conversation: ConversationDetail; providers: ProviderModels[] }) {
  const [store] = useState(() => conversationStoreOf(props.conversation));
  return <Comparison store={store} providers={props.providers} examples={[]} prompt="" />;
}

const isComparison = (store: ConversationStore) => store.getView().threads.length > 1;

type Columns = readonly [ThreadSettings, ...ThreadSettings[]];

function firstColumns(providers: readonly ProviderModels[], address: ComparisonAddress): Columns {
  const named = withPartner(parseColumns(address, providers), providers);
  const [first, ...rest] = named.length > 0 ? named : defaultColumns(providers);
  return [first ?? { model: { providerId: '', modelKey: '' }, sampling: {} }, ...rest];
}
