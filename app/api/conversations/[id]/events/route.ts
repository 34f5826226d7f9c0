import { AppError } from '../../../../../lib/errors.ts';
import { currentConnection } from '../../../../../lib/server/connection.ts';
import { eventResponse } from '../../../../../lib/server/respond.ts';
import { answer } from '../../../../../lib/server/api-route.ts';
import { type IdParams, idOf } from '../../../params.ts';
import { admitReader } from './event-readers.ts';

export const GET = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    // What runs here is known here: nobody waits for the store, and it can be followed while that is away.
    const isRun = runtime.runs.isRunOf(viewer.id, id);
    if (!isRun && !(await runtime.store.conversations.has(viewer.id, id))) {
      throw new AppError('not_found', 'There is no such conversation.');
    }
    const onClose = admitReader(viewer.id);
    const cursor = request.headers.get('last-event-id') ?? new URL(request.url).searchParams.get('after') ?? undefined;
    const reader = runtime.runLog.read(id, cursor);
    const leave = () => {
      reader.leave();
      onClose();
    };
    request.signal.addEventListener('abort', leave, { once: true });
    if (request.signal.aborted) leave(); // while the conversation was looked for
    return eventResponse(reader, { health: runtime.storeHealth, onClose, connection: currentConnection() });
  });
