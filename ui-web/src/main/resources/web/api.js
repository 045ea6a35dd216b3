/** Calls of the host's API, and its event streams. */

let csrf = '';

/** A call that the host refused; {@code code} is the problem's machine-readable name. */
export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

async function send(method, path, body, options = {}) {
  const headers = {};
  if (body !== undefined) headers['Content-Type'] = options.raw ? 'application/octet-stream' : 'application/json';
  if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf;
  let response;
  try {
    response = await fetch(path, {
      method, credentials: 'same-origin', cache: 'no-store', signal: options.signal,
      headers: { ...headers, ...options.headers },
      body: body === undefined || options.raw ? body : JSON.stringify(body),
    });
  } catch (failure) {
    if (failure.name === 'AbortError') throw failure;
    throw new ApiError(0, 'unreachable', 'The host does not answer. Is it running?');
  }
  if (!response.ok && !(options.accept && options.accept.includes(response.status))) {
    const problem = await response.json().catch(() => ({}));
    throw new ApiError(response.status, problem.error || 'error', problem.detail || `The host answered ${response.status}.`);
  }
  return response;
}

export const get = async (path, accept) => (await send('GET', path, undefined, { accept })).json();
export const post = async (path, body) => (await send('POST', path, body)).json();
export const put = async (path, body) => (await send('PUT', path, body)).json();
export const patch = async (path, body) => (await send('PATCH', path, body)).json();
export const del = async (path) => (await send('DELETE', path)).json();

/** One page of a list, and the address of the next one, or null. */
export async function page(path) {
  const response = await send('GET', path);
  const link = /<([^>]+)>; *rel="next"/.exec(response.headers.get('Link') ?? '');
  return { rows: await response.json(), next: link ? new URL(link[1], new URL(path, location.origin)).href.replace(location.origin, '') : null };
}

/** Sends a file as the body. */
export const upload = async (path, file) => (await send('POST', path, file, { raw: true })).json();

/** Whether this browser signed in before: the cookie itself is out of our sight. Not a secret, and no harm if it is wrong. */
const MARK = 'weft-signed-in';

/** Who is signed in, or null. */
export async function session() {
  if (!localStorage.getItem(MARK)) return null;
  try {
    return remember(await get('/api/session'));
  } catch (failure) {
    if (failure.status !== 401) throw failure;
    localStorage.removeItem(MARK);
    return null;
  }
}

export const signIn = async (key) => remember(await post('/api/session', { key }));

export async function signOut(everywhere = false) {
  await send('DELETE', everywhere ? '/api/session?everywhere=true' : '/api/session');
  localStorage.removeItem(MARK);
  csrf = '';
}

function remember(who) {
  csrf = who.csrf;
  localStorage.setItem(MARK, 'yes');
  return who;
}

/** Reads server-sent events until the stream ends.
 * @param on called with {id, type, data} for each event
 * @param opened called once the stream is open */
export async function stream(method, path, body, { on, opened, lastId, signal }) {
  const headers = { Accept: 'text/event-stream' };
  if (lastId) headers['Last-Event-ID'] = lastId;
  const response = await send(method, path, body, { headers, signal });
  opened?.();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const frames = (rest + value).split('\n\n');
    rest = frames.pop();
    for (const frame of frames) {
      const event = parse(frame);
      if (event) on(event);
    }
  }
}

function parse(frame) {
  const event = { id: '', type: 'message', data: null };
  const data = [];
  for (const line of frame.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const value = line.slice(colon + 1).replace(/^ /, '');
    const field = line.slice(0, colon);
    if (field === 'id') event.id = value;
    else if (field === 'event') event.type = value;
    else if (field === 'data') data.push(value);
  }
  if (!data.length) return null;
  event.data = JSON.parse(data.join('\n'));
  return event;
}
