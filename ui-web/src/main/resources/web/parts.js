import { LitElement, html, nothing } from 'lit';

/** Small things that every view uses. */

export const badge = (word, label = word) => html`<span class="badge ${word}">${label}</span>`;
export const empty = (what, next) => html`<div class="empty"><p><strong>${what}</strong></p><p>${next}</p></div>`;
export const problem = (text) => (text ? html`<p class="error" role="alert">${text}</p>` : nothing);
export const loading = () => html`<p class="quiet" role="status">Loading…</p>`;
export const pretty = (value) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));
export const json = (value, label) => html`<pre tabindex="0" aria-label=${label}>${pretty(value)}</pre>`;
export const rtt = (millis) => (millis >= 0 ? `${millis.toFixed(millis < 10 ? 1 : 0)} ms` : '–');
export const toolName = (task) => `${task.skill ?? ''}${task.tool ? `.${task.tool}` : ''}`;

/** The two tabs of the skills: what is here, and what can be had. */
export const skillTabs = (at) => html`<nav class="tabs" aria-label="Skills"><ul>${[['skills', 'Installed'], ['catalog', 'Catalog']].map(([id, label]) => html`
  <li><a href="#/${id}" data-testid="tab-skills-${id}" aria-current=${id === at ? 'page' : nothing}>${label}</a></li>`)}</ul></nav>`;

export function bytes(count) {
  if (!Number.isFinite(count)) return '–';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  let value = count;
  while (value >= 1000 && at < units.length - 1) { value /= 1000; at += 1; }
  return `${value.toFixed(value < 10 && at ? 1 : 0)} ${units[at]}`;
}

export const millis = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : ms < 120_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`);

const STEPS = [[60, 1, 's'], [3600, 60, 'min'], [86_400, 3600, 'h'], [Infinity, 86_400, 'd']];

/** How long ago, e.g. {@code 3 min ago}.
 * @param at epoch seconds */
export function ago(at, now = Date.now() / 1000) {
  const seconds = Math.round(now - at);
  if (Math.abs(seconds) < 2) return 'now';
  const [, unit, name] = STEPS.find(([below]) => Math.abs(seconds) < below);
  const count = Math.floor(Math.abs(seconds) / unit);
  return seconds < 0 ? `in ${count} ${name}` : `${count} ${name} ago`;
}

/** A time, told relatively and kept true; the absolute one shows on hover. */
class Time extends LitElement {
  static properties = { at: { attribute: false } };

  static #all = new Set();

  static { setInterval(() => Time.#all.forEach((time) => time.requestUpdate()), 5000); }

  createRenderRoot() { return this; }

  connectedCallback() { super.connectedCallback(); Time.#all.add(this); }

  disconnectedCallback() { super.disconnectedCallback(); Time.#all.delete(this); }

  render() {
    const at = typeof this.at === 'string' ? Date.parse(this.at) / 1000 : this.at;
    if (!Number.isFinite(at) || at <= 0) return '–';
    const date = new Date(at * 1000);
    return html`<time datetime=${date.toISOString()} title=${date.toLocaleString([], { hour12: false, dateStyle: 'medium', timeStyle: 'medium' })}>${ago(at)}</time>`;
  }
}
customElements.define('weft-time', Time);
export const when = (at) => html`<weft-time .at=${at}></weft-time>`;

/** Asks before something that cannot be taken back.
 * @returns whether it shall be done */
export function confirmed({ title, text, act, danger = true }) {
  const dialog = document.createElement('dialog');
  const form = document.createElement('form');
  form.method = 'dialog';
  const heading = document.createElement('h2');
  heading.textContent = title;
  heading.id = 'confirm-title';
  const words = document.createElement('p');
  words.textContent = text;
  const row = document.createElement('div');
  row.className = 'row';
  const no = button('Cancel', 'no', 'second');
  const yes = button(act, 'yes', danger ? 'danger' : '');
  yes.dataset.testid = 'confirm';
  row.append(no, yes);
  form.append(heading, words, row);
  dialog.append(form);
  dialog.setAttribute('aria-labelledby', heading.id);
  document.body.append(dialog);
  return new Promise((done) => {
    dialog.addEventListener('close', () => { dialog.remove(); done(dialog.returnValue === 'yes'); });
    dialog.showModal();
    no.focus();
  });
}

function button(text, value, style) {
  return Object.assign(document.createElement('button'), { textContent: text, value, className: style, type: 'submit' });
}

/** Says something to everybody, also to who cannot see: shown for a while at the foot of the page. */
export function announce(text, bad = false) {
  const place = document.getElementById('announce');
  const note = document.createElement('p');
  note.className = bad ? 'note bad' : 'note';
  note.textContent = text;
  place?.append(note);
  setTimeout(() => note.remove(), bad ? 12_000 : 5000);
}

/** Runs an act of the user: tells what came of it, and whether it worked. */
export async function act(work, done) {
  try {
    const result = await work();
    if (done) announce(done);
    return { ok: true, result };
  } catch (failure) {
    announce(failure.message, true);
    return { ok: false, failure };
  }
}
