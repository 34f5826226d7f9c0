import { maxThreads, type ThreadSettings } from '../../lib/conversation.ts';
import { type ProviderModels, promptTemplateIds } from '../../lib/model.ts';
import { namedModel } from '../conversation/named-model.ts';

/** What the address of a new comparison may say, one value a column, parted by commas. */
export interface ComparisonAddress {
  models?: string | undefined;
  prompt?: string | undefined;
  template?: string | undefined;
  temperature?: string | undefined;
  effort?: string | undefined;
  /** Name of a line-up that the browser keeps. */
  lineUp?: string | undefined;
}

/** Longer questions are not put into the address: servers and people cut such addresses. */
const longestPrompt = 1500;

/**
 * The columns an address names; none when it names no model. A model is `provider:key`, or its bare key or id, which is
 * looked for among all providers, those that can be asked first. One that nobody offers makes a column that says so.
 */
export function parseColumns(address: ComparisonAddress, providers: readonly ProviderModels[]): ThreadSettings[] {
  const models = listOf(address.models).filter((entry) => entry !== '');
  const templates = listOf(address.template);
  const temperatures = listOf(address.temperature);
  const efforts = listOf(address.effort);
  return models.slice(0, maxThreads).map((entry, i) => {
    const template = promptTemplateIds.find((id) => id === templates[i]);
    const temperature = parseTemperature(temperatures[i]);
    const effort = /^[a-z]{1,20}$/.test(efforts[i] ?? '') ? efforts[i] : undefined;
    return {
      model: namedModel(entry, providers),
      ...(template && { promptTemplate: template }),
      sampling: { ...(temperature !== undefined && { temperature }), ...(effort !== undefined && { effort }) },
    };
  });
}

/** The path and query of a new comparison with these columns and this question. */
export function addressOf(columns: readonly ThreadSettings[], prompt: string): string {
  const parts: string[] = [];
  const put = (name: string, values: readonly string[]) => {
    if (values.some((value) => value !== '')) parts.push(`${name}=${values.map(encodeEntry).join(',')}`);
  };
  put(
    'models',
    columns.map(({ model }) => (model.providerId === '' ? model.modelKey : `${model.providerId}:${model.modelKey}`)),
  );
  put(
    'template',
    columns.map(({ promptTemplate }) => promptTemplate ?? ''),
  );
  put(
    'temperature',
    columns.map(({ sampling }) => (sampling.temperature === undefined ? '' : String(sampling.temperature))),
  );
  put(
    'effort',
    columns.map(({ sampling }) => sampling.effort ?? ''),
  );
  if (prompt.trim() !== '' && prompt.length <= longestPrompt) parts.push(`prompt=${encodeURIComponent(prompt)}`);
  return parts.length === 0 ? '/compare' : `/compare?${parts.join('&')}`;
}

/** A comma or a percent sign inside a value is written twice over, since the query as a whole is decoded once. */
function encodeEntry(value: string): string {
  const inside = value.replaceAll('%', '%25').replaceAll(',', '%2C');
  // A colon and a slash are read better as they are, and are allowed in a query.
  return encodeURIComponent(inside).replaceAll('%3A', ':').replaceAll('%2F', '/');
}

function listOf(text: string | undefined): string[] {
  return (text ?? '').split(',').map((entry) => entry.trim().replaceAll('%2C', ',').replaceAll('%25', '%'));
}

function parseTemperature(text: string | undefined): number | undefined {
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  return value >= 0 && value <= 2 ? value : undefined;
}
