import type { PresetChoice, ProviderDetail, ProviderKey } from '../../lib/provider.ts';

/** How a provider is doing, for the dot before its name. */
export type Light = 'good' | 'warning' | 'bad' | 'unknown';

export function lightOf({ status, check, source, key }: ProviderDetail): Light {
  if (source === 'recordings' || source === 'inside') return 'good';
  if (status.state === 'gone' || key.state === 'unreadable') return 'bad';
  if (status.state === 'loading' || status.state === 'asleep') return 'warning';
  if (!check) return 'since' in status ? 'bad' : 'unknown';
  if (!check.reachable || check.key === 'wrong') return 'bad';
  return check.key === 'missing' || check.error ? 'warning' : 'good';
}

/** The same in words. */
export function stateWords(provider: ProviderDetail, looking: boolean): string {
  const { check, source, key, status } = provider;
  if (source === 'recordings' || source === 'inside') return 'Always here';
  if (status.state === 'gone') return 'Shut down';
  if (key.state === 'unreadable') return 'Its key must be entered again';
  if (status.state === 'loading') return 'It is loading its model';
  if (status.state === 'asleep') return 'Asleep: the next question wakes it';
  if (!check) return looking ? 'Looking…' : unlookedWords(status);
  if (!check.reachable) return 'Not reachable';
  switch (check.key) {
    case 'wrong':
      return 'Reachable, but it refuses the key';
    case 'missing':
      return 'Reachable, but it wants a key';
    case 'untested':
      return 'Reachable; a test shows whether the key is good';
    case 'valid':
      return 'Reachable, the key is good';
    case 'not-needed':
      return 'Reachable';
  }
}

/** As it was last seen by the server itself. */
function unlookedWords(status: ProviderDetail['status']): string {
  if (status.state === 'locked') return 'It wants a key';
  return status.state === 'unreachable' ? 'Not reachable' : 'Not looked at yet';
}

export function sourceWords({ source }: ProviderDetail): string {
  switch (source) {
    case 'environment':
      return 'From the environment';
    case 'own':
      return 'Yours';
    case 'local':
      return 'Found on this machine';
    case 'inside':
      return 'Small models of ours, which run in this app';
    case 'recordings':
      return 'Recordings';
  }
}

/** A key without the key. */
export function keyWords(key: ProviderKey): string {
  switch (key.state) {
    case 'none':
      return 'no key';
    case 'environment':
      return `${key.variable}, set in the environment`;
    case 'missing':
      return key.variable ? `none; ${key.variable} is not set` : 'none';
    case 'own':
    case 'unreadable':
      return key.end === '' ? 'kept' : `···· ${key.end}`;
  }
}

/** What to know before connecting a provider, in a sentence or two. */
export function presetHint(preset: PresetChoice | undefined): string {
  if (!preset) {
    return 'Any server that speaks the OpenAI protocol. Most base URLs end in /v1.';
  }
  if (preset.gone) return preset.gone;
  if (preset.kind === 'local') return localHints[preset.id] ?? 'Enter where it runs; most need no key.';
  return `A key from your account at ${preset.label}. ${preset.variable ?? 'A variable'} in .env.local does the same for everyone who uses this server.`;
}

const localHints: Record<string, string> = {
  ollama:
    'On this machine it is found by itself. For another machine: its address, and OLLAMA_HOST=0.0.0.0 over there.',
  llamacpp: 'llama-server. A key only if it was started with --api-key.',
  vllm: 'vllm serve. A key only if it was started with --api-key; --reasoning-parser splits the thinking off.',
  'transformers-serve': 'transformers serve. It needs no key.',
  sglang: 'sglang.launch_server. A key only if it was started with --api-key.',
  lmstudio: 'Its local server, in the developer tab. It needs no key.',
};

/** "12 models of 30 listed". */
export function modelsWords({ models, check, otherModels }: ProviderDetail): string {
  const offered = models.length === 1 ? '1 model' : `${models.length} models`;
  const found = check?.found;
  return otherModels.length > 0 && found !== undefined ? `${offered} of ${found} listed` : offered;
}
