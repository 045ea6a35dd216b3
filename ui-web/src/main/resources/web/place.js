/** Where in the page the user is: {@code #/view/argument?filter=…}. Everything that is worth a link is in it. */

/** @returns {view, arg, query} */
export function here() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [view = '', ...rest] = path.split('/');
  return { view: view || 'overview', arg: rest.map(decodeURIComponent).join('/'), query: new URLSearchParams(query) };
}

export const query = (name) => here().query.get(name) ?? '';

/** Changes part of the address without leaving the page. */
export function setQuery(changes) {
  const at = here();
  for (const [name, value] of Object.entries(changes)) {
    if (value) at.query.set(name, value); else at.query.delete(name);
  }
  const text = at.query.toString();
  history.replaceState(null, '', `${link(at.view, at.arg)}${text ? `?${text}` : ''}`);
}

/** The address of a view, or of one thing in it. */
export const link = (view, arg = '') => `#/${view}${arg ? `/${encodeURIComponent(arg)}` : ''}`;

export function go(view, arg = '') {
  location.hash = link(view, arg);
}
