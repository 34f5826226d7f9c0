import { parseTheme, themeCookieName } from '../../../components/shell/theme.ts';
import { readCookie } from '../../../lib/server/auth/viewer.ts';
import { isVisit, publicBase } from '../../../lib/server/share-reading.ts';
import { answerShared, type ShareParams, sharedResponse, troublePage } from '../answer-shared.ts';
import { pageHtml } from '../page-html.ts';

/** A shared conversation, read-only: a document of its own, whole without any program. */
export const GET = (request: Request, context: ShareParams) =>
  answerShared(
    request,
    context,
    async (share, { store, clock, config }) => {
      if (await isVisit(request, share.ownerId)) {
        // A view that cannot be counted is no reason not to show the page.
        await store.shares
          .countView(share.id, clock.now())
          .catch((error) => console.error('share: not counted', String(error)));
      }
      const theme = parseTheme(readCookie(request.headers.get('cookie'), themeCookieName));
      const html = pageHtml(share, { base: publicBase(request, config), theme });
      return sharedResponse(streamOf(html), 'text/html; charset=utf-8');
    },
    troublePage,
  );

/** Sent as it is made, and made no further when nobody reads on. */
function streamOf(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await texts.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await texts.return(undefined);
    },
  });
}
