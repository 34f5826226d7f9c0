import { findCode, findQuotes, isInside, joinRanges } from './prose.ts';

/** A place of a thought where the model turns back on itself: it doubts, checks or tries another way. */
export interface Rethink {
  /** Offset in UTF-16 units. */
  at: number;
  length: number;
  /** The words that say so, as they stand. */
  phrase: string;
}

/**
 * The re-thinks of a thought, in their order. A word that only looks like one is none: "waiter", "wait for the bus",
 * 等等 at the end of a list, and whatever stands in code or in quotation marks. Neighbours ("Wait, wait. Hmm.") are one,
 * and so are those in one sentence ("Wait, maybe I should check").
 *
 * The aha moment of the R1 paper (arXiv:2501.12948, section 2.2.4) begins with such words; which words count is our own
 * list, in English and Chinese. Linear in the text.
 */
export function findRethinks(text: string): Rethink[] {
  const found: Rethink[] = [];
  const noProse = joinRanges(findCode(text), findQuotes(text));
  let range = 0;
  let lastEnd = 0; // of the last that was seen, also of one that is none for itself
  for (const match of text.matchAll(rethinkWords)) {
    const at = match.index;
    const end = at + match[0].length;
    while ((noProse[range]?.end ?? Number.POSITIVE_INFINITY) <= at) range++;
    if (isInside(noProse[range], at)) continue;
    const last = found.at(-1);
    if (last && isOneBreath(text, last.at + last.length, at)) {
      last.length = end - last.at;
      last.phrase = text.slice(last.at, end);
    } else if (!last || !isOneSentence(text, lastEnd, at)) {
      found.push({ at, length: end - at, phrase: match[0] });
    }
    lastEnd = end;
  }
  return found;
}

/** No sentence ends between two of them. */
function isOneSentence(text: string, from: number, to: number): boolean {
  return to - from <= longSentence && !/[.!?…;。！？；\n]/.test(text.slice(from, to));
}

/** Between two turns of one sentence there are at most so many UTF-16 units. */
const longSentence = 80;

/** Nothing but marks and blanks between two of them, on one line. */
function isOneBreath(text: string, from: number, to: number): boolean {
  return to - from <= 8 && /^[^\p{L}\p{N}\n]*$/u.test(text.slice(from, to));
}

/** Where a sentence begins: a line's start or the end of a sentence before, with marks of Markdown between. */
const sentenceStart = String.raw`(?<=(?:^|[.!?…:;。！？：；—–(（\n])[ \t*_~>#"“”(（-]{0,6})`;
/** As that, or behind a comma. */
const clauseStart = String.raw`(?<=(?:^|[.!?…:;,。！？：；，、—–(（\n])[ \t*_~>#"“”(（-]{0,6})`;
/** Words that may lead up to "wait". */
const exclaimed = String.raw`(?<=\b(?:but|oh|ah|hm+|hmm+|no|nope|ok|okay|so|yes|well|hey|uh|um|actually|hold on)[,.!…—–-]{0,3} {1,2})`;
/** What follows "wait" where somebody waits. */
const waitsFor = String.raw`(?! *(?:for|until|till|on|in|at|by|to|time|times|list|lists|here|there|behind|outside|and)\b)`;
/** A mark behind the word, or the line's end. */
const marked = String.raw`(?=[ *_]*(?:[,.!?…:;—–-]|$|\n))`;

const again = String.raw`(?:(?:just|also|now|quickly|carefully|briefly|first|actually|at least|then|try to) +){0,2}`;
const checking = [
  String.raw`(?:double|triple|cross|re|sanity)?[ -]?check(?:ing)?`,
  'verify',
  'confirm',
  'make sure',
  're-?(?:verify|examine|consider|think|evaluate|visit|read|do|calculate|compute|count|trace|assess|start|frame)',
  '(?:start over|begin again|go back|step back|backtrack)',
  '(?:think|try|look|read|count|go|go over|do)(?: (?:about|at|over|through))?(?: (?:this|that|it|the [a-z]+))? again',
  '(?:think|try|look at)(?: (?:about|of))?(?: (?:this|that|it))? (?:another|a different|an alternative|differently)',
].join('|');

const english = [
  `(?:${sentenceStart}|${exclaimed})wait\\b${waitsFor}`,
  `${clauseStart}wait\\b${marked}`,
  String.raw`\bwait(?=,? (?:no|what|a (?:minute|moment|second|sec))\b)`,
  String.raw`\bh+m{1,9}\b`,
  String.raw`\balternatively\b`,
  String.raw`\b(?:let me|let us|let['’]s|lemme|i (?:should|must|need to|want to|will|have to|['’]ll)|i['’]ll) +${again}(?:${checking})\b`,
  String.raw`${clauseStart}(?:${again})(?:double|triple)[ -]check(?:ing)?\b`,
  String.raw`\bon second thought\b`,
  `(?:${sentenceStart}|${exclaimed})hold on\\b(?! *(?:to|for|until)\\b)`,
  `(?:${sentenceStart}|${exclaimed})actually(?=,| no\\b| wait\\b)`,
  `${sentenceStart}oops\\b`,
  String.raw`\bscratch that\b`,
  String.raw`\b(?:that|this)(?: is|['’]s|(?: does|doesn)(?:n['’]t|['’]t| not)) +(?:not (?:right|correct)|wrong|incorrect|add up|make sense)\b(?! *\?)`,
  String.raw`\bi (?:made|['’]ve made|have made) (?:a|an|some) (?:mistake|error)s?\b`,
].join('|');

const hanStart = String.raw`(?<=(?:^|[。！？；：…—\n.!?:;（(])[ \t*_>#（(-]{0,6}|(?:但是?|不过|不過|不对|不對|哦|噢|嗯|啊|咦|哎|唉|欸|诶|那)[，, …]{0,2})`;
const hanClause = String.raw`(?<=(?:^|[。！？；：，…—\n.!?:;,（(])[ \t*_>#（(-]{0,6}|(?:但是?|不过|不過|所以|那么|那麼|现在|現在|接下来|接下來|首先|最后|最後|请|請|嗯|好))`;
const hanCheck =
  '(?:检查|檢查|确认|確認|验证|驗證|核对|核對|核实|核實|复核|複核|复查|複查|看看|看一下|想想|想一想|想一下|考虑|考慮|思考|审视|審視|计算|計算|算|数|數|回顾|回顧|试|試|推导|推導|分析|梳理)';

const chinese = [
  `${hanStart}(?:等等|等一等|等一下|等下|且慢|慢着|慢著)(?!再|我们再|就)`,
  `${hanClause}(?:让我们?|讓我們?|我们?来|我們?來|我们?需要|我們?需要)(?:先|再|来|來|重新|再次|仔细|仔細|好好|一下|一起){0,3}${hanCheck}`,
  `(?:再|再次|重新|再来|再來|反过来|反過來)(?:仔细|仔細|好好)?${hanCheck}`,
  `${hanStart}(?:不对|不對)(?=[，,。.！!…—]|$|\\n)`,
  '换(?:个|一个|一种)(?:思路|角度|方法|方式|办法)|換(?:個|一個|一種)(?:思路|角度|方法|方式|辦法)|另一种(?:方法|思路|办法)|另一種(?:方法|思路|辦法)',
].join('|');

const rethinkWords = new RegExp(`${english}|${chinese}`, 'gimu');
