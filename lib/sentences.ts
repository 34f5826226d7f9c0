import type { AddressRefusal, ErrorCause, ErrorFacts } from './errors.ts';
import type { Notice, NoticeFacts } from './notice.ts';
import { formatCost, formatCount, formatTokens } from './quantity-words.ts';
import type { Catalogue, Told } from './told.ts';

/** The sentences of one language for what is told by code and facts. Another language is another of these. */
export interface Sentences {
  errors: Catalogue<ErrorFacts>;
  notices: Catalogue<NoticeFacts>;
}

/** One or two sentences on an error: what happened, to which thing, what to do next. */
export function errorSentence(error: ErrorCause, { errors }: Sentences = english): string {
  return tell(errors, error);
}

export function noticeSentence(notice: Notice, { notices }: Sentences = english): string {
  return tell(notices, notice);
}

function tell<Facts>(catalogue: Catalogue<Facts>, told: Told<Facts>): string {
  const sentence = catalogue[told.code] as (facts: unknown) => string; // of this very code: `Told` holds both together
  return sentence(told.facts);
}

const kept = 'What had arrived is kept.';
const goesOn = 'Try again: it goes on where it stopped.';

/** “A”, “B” and “C” */
function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `“${name}”`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}

const puzzleFaults: Record<ErrorFacts['no-puzzle']['fault'], string> = {
  unread: 'These small models know one thing: to make a number of three others, as in “Use 3, 5 and 7 to make 26”.',
  count:
    'These small models take three numbers or four, and the one to make of them, as in “Use 3, 5 and 7 to make 26”.',
  twice: 'These small models take different numbers only: each of them once.',
  range: 'These small models take whole numbers from 1 to 12 only.',
  target: 'These small models make whole numbers from 0 to 99 only.',
};

const errors: Catalogue<ErrorFacts> = {
  'not-listening': (facts) => `Nothing is listening at ${facts.baseURL}. ${reachAdvice(facts)}`,
  'name-not-found': ({ provider, host }) =>
    `${provider} was not reached: the name ${host} could not be found. Check the base URL and the network.`,
  'no-connection-in-time': (facts) =>
    `${facts.provider} did not accept a connection at ${facts.baseURL} in time. ${reachAdvice(facts)}`,
  'no-secure-connection': ({ provider, baseURL, reason }) =>
    `No secure connection to ${provider} at ${baseURL} could be made (${reason}). Check the base URL and the server's certificate.`,
  'no-proper-http': ({ provider, baseURL }) =>
    `${provider} answered with something that is not proper HTTP. Check the base URL ${baseURL}.`,
  'closed-without-answer': ({ provider }) => `${provider} closed the connection without an answer. Try again.`,
  'address-refused': ({ reason }) => `This base URL cannot be used: ${refusalWords[reason]}.`,
  'answer-too-long': ({ maxBytes }) => `The answer is longer than ${maxBytes} bytes.`,
  'key-refused': ({ provider, variable }) =>
    `${provider} refused the API key. Check the key${inBrackets(variable)} and what it is allowed to do.`,
  'key-missing': ({ provider, variable }) =>
    `${provider} wants an API key. Set one${inBrackets(variable)} and try again.`,
  'key-lost': ({ provider }) =>
    `The key of ${provider} cannot be opened any more, as the secret of this server has changed. Enter it again in Settings.`,
  'no-balance': ({ provider }) =>
    `${provider} says there is no money or credit left on this account. Top it up, or choose another provider.`,
  'no-such-model': ({ provider, model, local }) =>
    `${provider} does not offer ${modelWords(model)}. Choose another one${local ? ', or fetch it on that server first' : ''}.`,
  'model-not-pulled': ({ provider, model }) =>
    `${provider} does not have the model "${model}". Pull it, or choose another one.`,
  'model-gone': ({ provider, model }) =>
    `The model "${model}" of "${provider}" is not available now. Choose another one, or look for models again.`,
  'context-exceeded': ({ model, tokens, contextTokens }) =>
    `${tokens === undefined || contextTokens === undefined ? `The conversation is longer than ${modelWords(model)} can take.` : `The conversation has ${formatCount(tokens)} tokens, more than the ${formatCount(contextTokens)} that ${modelWords(model)} can take.`} Shorten it, ask for fewer tokens, or start a new one.`,
  'wrong-address': ({ provider, baseURL }) =>
    `${provider} has nothing at ${baseURL}/chat/completions. Check the base URL; most end in /v1.`,
  'not-an-ollama': ({ provider, baseURL }) =>
    `${provider} has nothing at ${baseURL}/api/chat. Is this the address of an Ollama?`,
  redirected: ({ provider }) =>
    `${provider} answered with a redirect, which is not followed. Set the base URL to the server's own address.`,
  'no-completions': ({ provider, baseURL, model }) =>
    `${provider} does not take raw completions${model === undefined ? '' : ` with the model "${model}"`} at ${baseURL}/completions. Ask it as a chat, or use a server that takes them, such as vLLM, SGLang or llama.cpp.`,
  'takes-no-completions': ({ provider }) =>
    `${provider} takes no raw completions. Ask it as a chat, or use a server that takes them, such as vLLM, SGLang or llama.cpp.`,
  'web-page': ({ provider, status }) =>
    `A web page answered (${status}) instead of ${provider}: a proxy, a content network or a sign-in stands before it, or the base URL is not right.`,
  'no-puzzle': ({ fault }) => puzzleFaults[fault],
  'not-recorded': ({ model, others }) =>
    `“${model}” is a recording, not a live model: it can only replay what was written down beforehand, and this question was ${others.length === 0 ? 'not' : `for ${listed(others)}, but not for it`}. Ask it one of its own questions; for any other, connect a live model: start Ollama on this machine, which is found by itself, or add a provider in Settings.`,
  'request-refused': ({ provider }) => `${provider} did not accept the request.`,
  'too-many-requests': ({ provider, seconds }) =>
    `${provider} says these are too many requests. ${seconds === undefined ? 'Wait a little and try again.' : `Try again in ${waitWords(seconds)}.`}`,
  busy: ({ provider }) => `${provider} is busy or not ready. Try again in a moment.`,
  'loading-model': ({ provider }) => `${provider} is loading its model. What is asked now waits for it.`,
  'loading-too-long': ({ provider, ms }) =>
    `${provider} was still loading its model after ${waitWords(ms / 1000)}. Try again when it is done.`,
  'behind-unreached': ({ provider, model }) =>
    `${provider} could not reach the server behind ${modelWords(model)}. See whether that one runs, then try again.`,
  asleep: ({ provider }) => `${provider} is asleep: the next question wakes it, which takes a moment.`,
  'shut-down': ({ provider }) =>
    `${provider} has shut down this service. Choose another provider, or point this one at a server of your own.`,
  'connection-broke': ({ provider }) => `The connection to ${provider} broke before the model was done. ${kept}`,
  'timed-out': (facts) => `${facts.provider} ${timeoutWords(facts)}. ${facts.kept ? kept : 'Try again.'}`,
  'ended-early': ({ provider }) => `${provider} ended the stream before the model was done. ${kept}`,
  'no-end': () => `The connection ended before the model said it was done. ${kept}`,
  'server-stopped': () => `The server stopped while this answer was being written. ${kept}`,
  'failed-while-answering': ({ provider }) => `${provider} reported an error while answering. ${kept}`,
  compressed: ({ provider }) => `${provider} answered with a compressed body although it was asked not to.`,
  'no-stream': ({ provider, baseURL, expects }) =>
    `${provider} answered with something that is no stream. Check the base URL ${baseURL}; ${expects === 'v1' ? 'most end in /v1' : "it is the server's own address, without a path"}.`,
  'line-too-long': ({ provider }) => `${provider} sent a line that is too long to be part of an answer. ${kept}`,
  'reading-failed': () => `Something went wrong here while reading the answer. ${kept}`,
  'without-a-word': ({ provider }) => `${provider} finished without a word. Try again.`,
  withheld: ({ provider }) => `${provider} withheld the answer: its content filter stepped in.`,
  'out-of-tokens': () => 'The model used up all its tokens before it wrote anything. Allow more tokens and try again.',
  'no-model-list': ({ provider, url }) => `${provider} has no model list at ${url}.`,
  'lists-no-model': ({ provider }) => `${provider} lists no model. Add one by its id, then test again.`,
  'no-list-in-time': ({ provider, baseURL, ms }) => `${provider} did not answer at ${baseURL} within ${ms / 1000} s.`,
  'no-token-in-time': ({ provider, ms }) => `${provider} did not send a token within ${ms / 1000} s.`,
  'test-given-up': () => 'The test was given up.',
  'nothing-to-pull': ({ model }) => `There is no model "${model}" to be fetched.`,
  'pull-failed': ({ model }) => `Fetching "${model}" failed.`,
  'pull-line-too-long': ({ provider }) => `${provider} sent a line that is too long to be progress.`,
  'pull-ended-early': ({ provider }) => `${provider} ended the download before it was done. ${goesOn}`,
  'pull-silent': ({ provider }) => `${provider} said nothing more about the download. ${goesOn}`,
  'stream-failed': () => 'Something went wrong on the server. It has been logged; try again.',
  said: ({ text }) => text,
};

/** A wait as people tell it: seconds up to two minutes, then minutes, hours, days. */
function waitWords(seconds: number): string {
  const steps = [
    [120, 1, 's'],
    [2 * 3600, 60, 'min'],
    [2 * 86_400, 3600, 'hours'],
  ] as const;
  const [, unit, name] = steps.find(([below]) => seconds <= below) ?? [0, 86_400, 'days'];
  return `${Math.ceil(seconds / unit)} ${name}`;
}

const notices: Catalogue<NoticeFacts> = {
  'events-left-out': ({ provider, count }) =>
    count === 1
      ? `One event of ${provider}'s stream could not be read and was left out.`
      : `${count} events of ${provider}'s stream could not be read and were left out.`,
  'in-one-piece': ({ provider }) => `${provider} answered in one piece instead of a stream.`,
  'unread-text': ({ name }) =>
    `The server sent text under a name Thinkglass does not know (“${name}”). It is kept with the raw text.`,
  'split-assumed': ({ family }) => `Split as ${family} marks its thinking: assumed from the model’s name.`,
  'answer-too-large': () => 'The answer grew too large and was cut here.',
  'beginning-left-out': ({ provider, tokens, contextTokens }) =>
    `The conversation has about ${formatCount(tokens)} tokens, more than the ${formatCount(contextTokens)} this model can take: ${provider} leaves out its beginning.`,
  'beginning-cut': ({ provider, read, tokens, contextTokens }) =>
    `${provider} read only the last ${formatCount(read)} of about ${formatCount(tokens)} tokens and left out the beginning without a word${contextTokens === undefined ? '' : `: its window has ${formatCount(contextTokens)}`}. Ask with a shorter history, or in a larger window (num_ctx).`,
  'window-slid': ({ provider, tokens, contextTokens }) =>
    `Question and answer have ${formatCount(tokens)} tokens, more than the window of ${formatCount(contextTokens)}: ${provider} forgot the beginning while it wrote. A larger window (num_ctx) or a shorter history keeps it.`,
  'turns-left-out': ({ turns }) =>
    turns === 1 ? 'The oldest turn was left out.' : `The ${formatCount(turns)} oldest turns were left out.`,
  'window-full': ({ promptTokens, contextTokens }) =>
    `The window of ${formatCount(contextTokens)} tokens was full: ${formatCount(promptTokens)} of them were the conversation so far.`,
  'not-taken': ({ feature, said }) => `${said ?? `${feature} is not supported`}.`.replace(/\.\.$/, '.'),
  'thinking-refused': ({ model }) => `${model} cannot think in the way it was asked to; it was asked without.`,
  retrying: ({ error, attempt, waitMs }) =>
    `${errorSentence(error)} Trying again in ${Math.round(waitMs / 1000)} s (attempt ${attempt}).`,
  'system-prompt-moved': () =>
    'The system prompt was put before the first question: this model is meant to be used without one.',
  'model-differs': ({ asked, answered }) => `Asked ${asked}; the server says ${answered} answered.`,
  'turn-cut': () => 'The model began to invent a user’s turn; it was cut there.',
  repeating: ({ stopped }) =>
    stopped
      ? 'The model was repeating itself, the same text over and over; it was stopped there.'
      : 'The model is repeating itself: the same text, over and over. Stop it if nothing new is to be expected.',
  'before-loop': ({ characters }) =>
    `Asked to go on from before the loop: ${formatCount(characters)} characters of it were left out.`,
  'guard-thinking': ({ limit }) => `Stopped by this chat’s guard: ${formatTokens(limit)} of thinking were reached.`,
  'guard-cost': ({ limit }) => `Stopped by this chat’s guard: it had cost about ${formatCost(limit)}.`,
  'unknown-variable': ({ names }) =>
    `Not a variable, and sent as it stands: ${names.map((name) => `{{${name}}}`).join(', ')}.`,
  'picture-left-out': ({ names, more }) =>
    `Pictures of earlier questions were named, not sent again: ${names.map((name) => `"${name}"`).join(', ')}${more ? ' and more' : ''}.`,
  continued: ({ thinkingSent }) =>
    `Asked to continue in a new turn.${thinkingSent ? ' Its unfinished thinking was sent back as what it had said so far.' : ''}`,
  'answer-now': ({ recording }) =>
    `The thinking was ended here, and the answer asked for.${recording ? ' This is a recording: its answer is the one recorded after all of the thinking.' : ''}`,
  'beginning-unread': () =>
    'By its own count, the server did not read the beginning that it was given to go on with: what follows it began anew.',
  'thought-on': () => 'The answer was asked for here, but the model went on thinking.',
  said: ({ text }) => text,
};

/** What this app was written in. */
const english: Sentences = { errors, notices };

/** They follow "cannot be used:". */
const refusalWords: Record<AddressRefusal, string> = {
  'no-https': 'others can reach this server, so it calls only https:// addresses',
  reserved: 'its address is reserved for something other than servers like this',
  'own-machine': 'others can reach this server, so it calls only public addresses, and this one is its own machine',
  'private-network':
    'others can reach this server, so it calls only public addresses, and this one is in a private network',
  'this-server': 'it leads back to Thinkglass itself',
};

function reachAdvice({ provider, local }: { provider: string; local: boolean }): string {
  return local ? `Is ${provider} running?` : 'Check the base URL and the network connection.';
}

function inBrackets(variable: string | undefined): string {
  return variable === undefined ? '' : ` (${variable})`;
}

function modelWords(model: string | undefined): string {
  return model === undefined ? 'this model' : `the model "${model}"`;
}

function timeoutWords({ limit, ms }: ErrorFacts['timed-out']): string {
  const time = ms >= 120_000 ? `${Math.round(ms / 60_000)} minutes` : `${Math.ceil(ms / 1000)} s`;
  switch (limit) {
    case 'first-byte':
      return `did not begin to answer within ${time}`;
    case 'idle':
      return `went silent for ${time}`;
    case 'keep-alive-only':
      return `kept the connection open for ${time} without sending a word`;
    case 'total':
      return `did not finish within ${time}`;
  }
}
