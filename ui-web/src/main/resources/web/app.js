import { LitElement, html, nothing } from 'lit';
import * as api from './api.js';
import { data, needsPerson } from './data.js';
import * as place from './place.js';
import { problem } from './parts.js';

/** Views: id, label, key after "g", and who sees it. The catalog is a tab of the skills. Each is a module of its own, fetched when it is first opened. */
const VIEWS = [
  ['overview', 'Overview', 'o'], ['peers', 'Peers', 'p'], ['skills', 'Skills', 's'], ['catalog', 'Catalog', 'c'], ['tasks', 'Tasks', 't'],
  ['ask', 'Ask', 'a', 'acts'], ['models', 'Models', 'm'], ['approvals', 'Approvals', 'w', 'acts'], ['audit', 'Audit', 'u', 'admin'], ['settings', 'Settings', 'e'],
];
const STATES = { connecting: 'Connecting…', live: 'Live', lost: 'Connection lost, retrying…' };
const ENDED = 'Your session has ended. Sign in again.';

/** The page: sign-in, navigation, keys, and one view at a time. */
class App extends LitElement {
  static properties = { who: { state: true }, error: { state: true }, view: { state: true }, help: { state: true } };

  constructor() {
    super();
    Object.assign(this, { who: undefined, error: '', view: '', help: false });
    data.addEventListener('change', () => this.requestUpdate());
    data.addEventListener('refused', () => this.#leave(ENDED));
  }

  createRenderRoot() { return this; }

  async connectedCallback() {
    super.connectedCallback();
    addEventListener('hashchange', () => this.#route());
    addEventListener('keydown', (event) => this.#key(event));
    try {
      this.#enter(await api.session());
    } catch (failure) {
      this.who = null;
      this.error = failure.message;
    }
  }

  #views() {
    return VIEWS.filter(([, , , need]) => !need || data[need]);
  }

  async #route() {
    const wanted = place.here().view;
    const view = this.#views().some(([id]) => id === wanted) ? wanted : 'overview';
    try {
      await import(`./views/${view}.js`);
      const moved = this.view && this.view !== view;
      this.view = view;
      if (moved) { await this.updateComplete; this.querySelector('main')?.focus(); scrollTo(0, 0); }
    } catch {
      this.error = 'A part of the page could not be loaded. Is the host running? Load the page again.';
    }
    this.requestUpdate();
  }

  #enter(who) {
    this.who = who;
    if (!who) return;
    this.error = '';
    data.start(who);
    this.waiting ??= data.watch(this, 'pairing', 'tasks', 'health', 'agents');
    this.#route();
  }

  #leave(why = '') {
    data.stop();
    Object.assign(this, { who: null, error: why, view: '' });
  }

  async #signIn(event) {
    event.preventDefault();
    const field = this.querySelector('#key');
    try {
      this.#enter(await api.signIn(field.value.trim()));
    } catch (failure) {
      this.error = failure.message;
      field.focus();
    }
  }

  async #signOut() {
    await api.signOut().catch(() => {});
    this.#leave();
  }

  /** "g" and a letter goes to a view, "/" to the filter, "?" shows the keys. */
  #key(event) {
    if (!this.who || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('input, textarea, select, dialog')) return;
    const after = this.went && Date.now() - this.went < 1500;
    this.went = 0;
    if (after) {
      const view = this.#views().find(([, , letter]) => letter === event.key);
      if (view) { place.go(view[0]); event.preventDefault(); }
    } else if (event.key === 'g') {
      this.went = Date.now();
    } else if (event.key === '/') {
      const filter = this.querySelector('.filter');
      if (filter) { filter.focus(); event.preventDefault(); }
    } else if (event.key === '?') {
      this.help = true;
    }
  }

  /** What waits for a person: hosts at the door, and tasks that ask. */
  static waiting() {
    return data.lists.pairing.filter((entry) => entry.status === 'pending_approval' || entry.status === 'pending').length
      + data.lists.tasks.rows.filter(needsPerson).length;
  }

  updated() {
    const label = VIEWS.find(([id]) => id === this.view)?.[1];
    if (this.shown !== this.view) { this.shown = this.view; this.querySelector('nav a[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }); }
    document.title = label ? `${label} – Weft` : 'Weft';
    const dialog = this.querySelector('dialog.keys');
    if (this.help && dialog && !dialog.open) dialog.showModal();
  }

  render() {
    if (this.who === undefined) return html`<main><p role="status">Loading…</p></main>`;
    return this.who ? this.#page() : this.#door();
  }

  #door() {
    return html`<main class="door">
      <h1>Weft</h1>
      <form @submit=${this.#signIn}>
        <label for="key">Access key</label>
        <input id="key" type="password" autocomplete="current-password" required spellcheck="false" autofocus data-testid="signin-key"
          aria-describedby="hint" aria-invalid=${this.error ? 'true' : 'false'}>
        <p id="hint" class="quiet">The first start of the host printed it. To make another: <code>weft key create --role admin</code></p>
        ${this.error ? html`<p class="error" role="alert" data-testid="signin-error">${this.error}</p>` : nothing}
        <button type="submit" data-testid="signin-submit">Sign in</button>
      </form>
    </main>`;
  }

  #page() {
    const count = App.waiting();
    return html`
      <a class="skip" href="#main" @click=${(event) => { event.preventDefault(); this.querySelector('main').focus(); }}>Skip to content</a>
      <header>
        <h1>Weft <span class="quiet">${this.who.agent.name}</span></h1>
        <span class="conn ${data.state}" role="status" data-testid="conn-state" data-state=${data.state}>${STATES[data.state]}</span>
        <button type="button" class="second small" aria-label="Keys of the keyboard" title="Keys of the keyboard" @click=${() => { this.help = true; }}>?</button>
        <button type="button" class="second small" data-testid="signout" @click=${this.#signOut}>Sign out</button>
      </header>
      <nav aria-label="Views"><ul>${this.#views().filter(([id]) => id !== 'catalog').map(([id, label]) => html`
        <li><a href=${place.link(id)} data-testid="tab-${id}" aria-current=${this.view === id || (id === 'skills' && this.view === 'catalog') ? 'page' : nothing}>${label}${id === 'approvals' && count
          ? html` <span class="count" aria-label="${count} waiting">${count}</span>` : nothing}</a></li>`)}</ul></nav>
      <main id="main" tabindex="-1">${problem(this.error)}${this.#view()}</main>
      <div id="announce" role="status" aria-live="polite"></div>
      ${this.help ? this.#keys() : nothing}`;
  }

  #view() {
    const { arg } = place.here();
    switch (this.view) {
      case 'overview': return html`<weft-overview></weft-overview>`;
      case 'peers': return html`<weft-peers .arg=${arg}></weft-peers>`;
      case 'skills': return html`<weft-skills .arg=${arg}></weft-skills>`;
      case 'catalog': return html`<weft-catalog .arg=${arg}></weft-catalog>`;
      case 'tasks': return html`<weft-tasks .arg=${arg}></weft-tasks>`;
      case 'ask': return html`<weft-ask .arg=${arg}></weft-ask>`;
      case 'models': return html`<weft-models></weft-models>`;
      case 'approvals': return html`<weft-approvals></weft-approvals>`;
      case 'audit': return html`<weft-audit></weft-audit>`;
      case 'settings': return html`<weft-settings .leave=${(why) => this.#leave(why)}></weft-settings>`;
      default: return html`<p role="status">Loading…</p>`;
    }
  }

  #keys() {
    return html`<dialog class="keys" aria-labelledby="keys-title" @close=${() => { this.help = false; }}>
      <h2 id="keys-title">Keys</h2>
      <dl class="pairs">${this.#views().map(([, label, letter]) => html`<dt><kbd>g</kbd> <kbd>${letter}</kbd></dt><dd>${label}</dd>`)}
        <dt><kbd>/</kbd></dt><dd>Filter the list</dd><dt><kbd>↑</kbd> <kbd>↓</kbd></dt><dd>Row to row</dd></dl>
      <form method="dialog"><button>Close</button></form>
    </dialog>`;
  }
}
customElements.define('weft-app', App);
