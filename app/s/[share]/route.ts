import { finishPage } from '../../../components/share/share-page.ts';
import { parseTheme, themeCookieName } from '../../../components/shell/theme.ts';
import { readCookie } from '../../../lib/server/auth/viewer.ts';
import { isVisit, publicBase } from '../../../lib/server/share-reading.ts';
import { answerShared, type ShareParams, sharedResponse } from '../answer-shared.ts';
import { pageHtml } from '../page-html.ts';

/** A shared conversation, read-only: a document of its own, whole without any program. */
export const GET = (request: Request, context: ShareParams) =>
  answerShared(request, context, async (share, { store, config }) => {
    const html = await pageHtml(share);
    if (await isVisit(request, share.ownerId)) {
      // A view that cannot be counted is no reason not to show the page.
      await store
        .countShareView(share.id, Date.now())
        .catch((error) => console.error('share: not counted', String(error)));
    }
    const theme = parseTheme(readCookie(request.headers.get('cookie'), themeCookieName));
    return sharedResponse(finishPage(html, { base: publicBase(request, config), theme }), 'text/html; charset=utf-8');
  });
