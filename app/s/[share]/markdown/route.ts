import { renderShareMarkdown } from '../../../../components/share/share-markdown.ts';
import { answerShared, type ShareParams, sharedResponse } from '../../answer-shared.ts';

export const GET = (request: Request, context: ShareParams) =>
  answerShared(request, context, async ({ snapshot }) =>
    sharedResponse(renderShareMarkdown(snapshot), 'text/markdown; charset=utf-8', 'conversation.md'),
  );
