/** What was found in a stream of server-sent events. */
export interface SseHandlers {
  /** A whole event: its `event:` name (empty if none) and its data lines joined with a newline. */
  event(name: string, data: string): void;
  /** A comment or an idle blank line: a sign of life, not content. */
  keepAlive(): void;
  /** A line that is no field of an event: a bare JSON body, a web page. */
  stray(line: string): void;
  /** A line, or the data of one event, is longer than allowed. Called once; nothing follows. */
  tooLong(): void;
}

export interface SseReader {
  push(text: string): void;
  /** The text is over: a last line and event without their line ends are handed out too. */
  end(): void;
}

/**
 * Cuts text into server-sent events (WHATWG HTML, 9.2.6), with lines ended by LF, CR or CRLF wherever the text is cut.
 * @param maxLineLength in UTF-16 units, for a line and for the data of one event.
 */
export function createSseReader(maxLineLength: number, handlers: SseHandlers): SseReader {
  let line = ''; // the beginning of a line whose end has not come
  let afterCarriageReturn = false;
  let name = '';
  let data: string[] = [];
  let dataLength = 0;
  let idle = true; // nothing of an event since the last blank line
  let stopped = false;

  const dispatch = () => {
    if (data.length > 0) handlers.event(name, data.join('\n'));
    name = '';
    data = [];
    dataLength = 0;
    idle = true;
  };

  const takeLine = (text: string) => {
    if (text === '') {
      if (idle) handlers.keepAlive();
      dispatch();
      return;
    }
    if (text.startsWith(':')) {
      handlers.keepAlive();
      return;
    }
    const colon = text.indexOf(':');
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1);
    switch (field) {
      case 'data':
        idle = false;
        dataLength += value.length;
        if (dataLength > maxLineLength) return stop();
        data.push(value);
        return;
      case 'event':
        idle = false;
        name = value;
        return;
      case 'id':
      case 'retry':
        idle = false;
        return;
      default:
        handlers.stray(text);
    }
  };

  const stop = () => {
    stopped = true;
    line = '';
    data = [];
    handlers.tooLong();
  };

  return {
    push(text) {
      let from = 0;
      if (afterCarriageReturn && text.startsWith('\n')) from = 1;
      if (text !== '') afterCarriageReturn = false;
      let lf = text.indexOf('\n', from);
      let cr = text.indexOf('\r', from);
      while (!stopped) {
        if (lf >= 0 && lf < from) lf = text.indexOf('\n', from);
        if (cr >= 0 && cr < from) cr = text.indexOf('\r', from);
        const end = lf < 0 || (cr >= 0 && cr < lf) ? cr : lf;
        const length = line.length + (end < 0 ? text.length : end) - from;
        if (length > maxLineLength) return stop();
        if (end < 0) {
          line += text.slice(from);
          return;
        }
        const whole = line + text.slice(from, end);
        line = '';
        from = end + 1;
        if (text[end] === '\r') {
          if (from === text.length) afterCarriageReturn = true;
          else if (text[from] === '\n') from++;
        }
        takeLine(whole);
      }
    },
    end() {
      if (stopped) return;
      if (line !== '') takeLine(line);
      line = '';
      if (!stopped) dispatch();
    },
  };
}
