// The only program on a shared page, and the page is whole without it: it copies an answer or what is selected, and makes
// the conversation the reader's own. What it puts on the page is text.
const said = document.getElementById('share-said');

for (const button of document.querySelectorAll('[data-fork], [data-copy]')) button.hidden = false;

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-fork], [data-copy]') : null;
  if (!(button instanceof HTMLButtonElement) || button.disabled) return;
  button.disabled = true;
  const work = button.dataset.fork ? fork(button.dataset.fork) : copy(button.dataset.copy ?? '');
  work
    .then((words) => tell(button, words))
    .catch((error) => tell(button, error instanceof Error ? error.message : 'That did not work.'))
    .finally(() => {
      button.disabled = false;
    });
});

// A selection is copied with its formulas once and its tables as tables; without this, as the browser does it.
import('../markdown/copy-selection.js').then(
  ({ putSelection }) => document.addEventListener('copy', putSelection),
  () => undefined,
);

// The strip beside a long thought shows what part of it is in view, and leads to where it is pressed.
for (const strip of document.querySelectorAll('[data-strip]')) {
  const map = strip.querySelector('svg');
  const text = strip.parentElement;
  if (!map || !text) continue;
  const view = document.createElement('span');
  strip.append(view);
  strip.setAttribute('data-leads', '');
  let asked = 0;
  const look = () => {
    asked = 0;
    const of = text.getBoundingClientRect();
    if (of.height === 0 || of.bottom < 0 || of.top > window.innerHeight) return;
    const on = map.getBoundingClientRect();
    const at = (y) => Math.min(1, Math.max(0, (y - of.top) / of.height));
    const [from, to] = [at(0), at(window.innerHeight)];
    view.style.top = `${on.top - strip.getBoundingClientRect().top + from * on.height}px`;
    view.style.height = `${Math.max(6, (to - from) * on.height)}px`;
  };
  const ask = () => {
    if (asked === 0) asked = requestAnimationFrame(look);
  };
  document.addEventListener('scroll', ask, { passive: true });
  window.addEventListener('resize', ask);
  text.closest('details')?.addEventListener('toggle', ask);
  ask();
  strip.addEventListener('click', (event) => {
    const on = map.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientY - on.top) / on.height));
    const of = text.getBoundingClientRect();
    window.scrollBy({ top: of.top + share * of.height - window.innerHeight / 3 });
  });
}

async function fork(share) {
  const id = newId();
  const response = await fetch(`/api/shares/${share}/fork`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ id }),
  });
  if (!response.ok) {
    const answer = await response.json().catch(() => undefined);
    throw new Error(answer?.error?.message ?? 'That did not work.');
  }
  window.location.assign(`/c/${id}`);
  return 'Opening…';
}

let data;

async function copy(place) {
  const [column, message] = place.split('.').map(Number);
  data ??= fetch(`${window.location.pathname.replace(/\/$/, '')}/data`).then((response) => {
    if (!response.ok) throw new Error('This link no longer works.');
    return response.json();
  });
  const snapshot = await data.catch((error) => {
    data = undefined; // the next press asks again
    throw error;
  });
  const text = snapshot.columns[column].messages[message].answer;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copyBySelection(text)) return 'Copying was not allowed';
  }
  return 'Copied';
}

// The clipboard is closed to pages served over plain HTTP from another machine.
function copyBySelection(text) {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'sr-only';
  document.body.append(area);
  area.select();
  try {
    return document.execCommand('copy');
  } finally {
    area.remove();
  }
}

function tell(button, words) {
  button.dataset.words ??= button.textContent ?? '';
  button.textContent = words;
  if (said) said.textContent = words;
  setTimeout(() => {
    button.textContent = button.dataset.words ?? '';
  }, 2000);
}

// crypto.randomUUID is there only where the connection is safe.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
