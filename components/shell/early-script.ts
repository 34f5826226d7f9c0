import { shortcuts } from '../client/shortcuts.ts';

/** Of the keys of the frame (shortcuts.ts), those that a browser has other uses for: `k`, `shift+o`, `/` with Ctrl or Cmd. */
const frameKeys = [...shortcuts.search, ...shortcuts.newChat, ...shortcuts.keys]
  .filter((keys) => keys.startsWith('Mod+'))
  .map((keys) => keys.slice('Mod+'.length).toLowerCase());

/**
 * What stands at the top of a page, before its program has come: it keeps what is pressed, typed and sent meanwhile, in its
 * order, for `early-presses.ts`. Parts that React has already woken are left to it, and so is what a browser does by itself
 * (links, summaries). Plain JavaScript, because it is read by the browser as it stands.
 */
export const earlyScript = `(() => {
  const kept = [];
  // React has no word for whether it hears what happens to an element; it keeps an element's properties at it
  const isAwake = (node) => Object.keys(node).some((key) => key.startsWith('__reactProps$'));
  window.thinkglassEarly = { kept, isAwake };
  const keep = (kind, target, value) => {
    const last = kept.at(-1);
    if (last && last.target === target && last.kind === kind) kept.pop();
    kept.push({ kind, target, value, caret: target.selectionStart });
  };
  const hear = (type, take) => addEventListener(type, (event) => {
    if (!window.thinkglassEarly || !event.isTrusted || !(event.target instanceof Element)) return;
    if (!isAwake(event.target)) take(event, event.target);
  }, true);
  const button = 'button:not([type=submit]), [role=button], [role=tab], [role=option], [role=switch], [role^=menuitem]';
  hear('click', (event, target) => {
    const control = target.closest('a[href], summary, label, input, select, textarea, button, ' + button);
    if (control?.matches(button) && !control.closest('a[href], summary')) keep('press', control);
  });
  const write = (event, target) => {
    if (target.matches('input, select, textarea')) {
      keep('value', target, /^(checkbox|radio)$/.test(target.type) ? target.checked : target.value);
    }
  };
  hear('input', write);
  hear('change', write);
  hear('keydown', (event, target) => {
    const isPlain = event.key === 'Enter' && !event.isComposing && event.keyCode !== 229 && !event.shiftKey && !event.altKey;
    if (!isPlain || !target.matches('textarea')) return;
    event.preventDefault();
    keep('enter', target);
  });
  // The frame's keys, which the browser would take for its own.
  addEventListener('keydown', (event) => {
    const early = window.thinkglassEarly;
    if (!early || early.hasKeys || !event.isTrusted || event.altKey || !(event.ctrlKey || event.metaKey)) return;
    const { key, code, ctrlKey, metaKey, shiftKey } = event;
    if (!${JSON.stringify(frameKeys)}.includes((shiftKey ? 'shift+' : '') + key.toLowerCase())) return;
    event.preventDefault();
    keep('keys', document.body, { key, code, ctrlKey, metaKey, shiftKey });
  }, true);
  hear('submit', (event, target) => {
    event.preventDefault();
    keep('submit', target);
  });
})();`;
