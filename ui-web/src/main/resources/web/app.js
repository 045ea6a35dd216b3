import { LitElement, html, nothing } from 'lit';
import * as api from './api.js';
import { Live } from './live.js';
import { overview, peers, skillsView, tasksView } from './views.js';
import './ask.js';
import './pair.js';

const TABS = [['overview', 'Overview'], ['peers', 'Peers'], ['skills', 'Skills'], ['tasks', 'Tasks'], ['ask', 'Ask'], ['pair', 'Pair']];
const ACTING = ['ask', 'pair'];
const STATES = { connecting: 'Connecting…', live: 'Live', lost: 'Connection lost, retrying…' };
/** What to fetch anew when an event of an area arrives. */
const AREAS = { agent: ['agents', 'skills'], peer: ['agents'], skill: ['skills'], task: ['tasks'], pairing: ['pending', 'agents'], llm: [] };
const SOURCES = {
  agents: () => api.get('/api/agents'),
  skills: () => api.get('/api/skills'),
  tasks: () => api.get('/api/hub/tasks/all?limit=50'),
  pending: () => api.get('/api/pairing/pending'),
  health: () => api.get('/api/health', [503]),
};

/** The page: sign-in, navigation, and what the views show, kept current by the host's events. */
class App extends LitElement {
  static properties = Object.fromEntries(['who', 'view', 'state', 'error', 'agents', 'skills', 'tasks', 'pending', 'health'].map((name) => [name, { state: true }]));

  constructor() {
    super();
    Object.assign(this, { who: undefined, view: 'overview', state: 'connecting', error: '', ...this.#nothing() });
    this.wanted = new Set();
  }

  #nothing() {
    return { agents: [], skills: [], tasks: [], pending: [], health: null };
  }

  createRenderRoot() { return this; }

  async connectedCallback() {
    super.connectedCallback();
    addEventListener('hashchange', () => this.#route());
    this.#route();
    try {
      this.#enter(await api.session());
    } catch (failure) {
      this.who = null;
      this.error = failure.message;
    }
  }

  #route() {
    const name = location.hash.replace(/^#\//, '');
    this.view = this.#tabs().some(([id]) => id === name) ? name : 'overview';
  }

  #tabs() {
    const acts = !this.who || ['admin', 'operator'].includes(this.who.role);
    return TABS.filter(([id]) => acts || !ACTING.includes(id));
  }

  #enter(who) {
    this.who = who;
    if (!who) return;
    this.error = '';
    this.#route();
    this.live = new Live({
      state: (state) => { this.state = state; },
      event: (event) => this.#want(AREAS[event.type.split('.')[0]] ?? []),
      again: () => this.#want(Object.keys(SOURCES)),
      refused: () => this.#leave('Your session has ended. Sign in again.'),
    });
    this.live.run();
    this.slow = setInterval(() => { if (this.state === 'live' && !document.hidden) this.#want(['agents', 'health']); }, 10_000);
  }

  #leave(why = '') {
    this.live?.stop();
    clearInterval(this.slow);
    Object.assign(this, { who: null, error: why, ...this.#nothing() });
  }

  /** Fetches soon, and each list once however many events ask for it. */
  #want(names) {
    names.forEach((name) => this.wanted.add(name));
    this.timer ??= setTimeout(() => this.#fetch(), 50);
  }

  async #fetch() {
    const names = [...this.wanted].filter((name) => name !== 'pending' || this.#tabs().some(([id]) => id === 'pair'));
    this.wanted.clear();
    await Promise.all(names.map(async (name) => {
      try {
        const value = await SOURCES[name]();
        if (this.who) this[name] = value;
      } catch (failure) {
        // What this host does not have stays empty; a lost connection shows by itself, and is fetched anew once it is back.
        if (failure.status === 401 && this.who) this.#leave('Your session has ended. Sign in again.');
      }
    }));
    this.timer = undefined;
    if (this.wanted.size) this.#want([]);
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

  async #signOut(everywhere) {
    await api.signOut(everywhere).catch(() => {});
    this.#leave();
  }

  updated(changed) {
    if (changed.has('view') && this.who) {
      document.title = `${TABS.find(([id]) => id === this.view)[1]} – Weft`;
    }
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
    return html`
      <a class="skip" href="#main" @click=${(event) => { event.preventDefault(); this.querySelector('main').focus(); }}>Skip to content</a>
      <header>
        <h1>Weft <span class="quiet">${this.who.agent.name}</span></h1>
        <span class="conn ${this.state}" role="status" data-testid="conn-state" data-state=${this.state}>${STATES[this.state]}</span>
        <button type="button" class="second" data-testid="signout" @click=${() => this.#signOut(false)}>Sign out</button>
        <button type="button" class="second" data-testid="signout-everywhere" title="Ends every browser session of this key"
          @click=${() => this.#signOut(true)}>Sign out everywhere</button>
      </header>
      <nav aria-label="Views"><ul>${this.#tabs().map(([id, label]) => html`
        <li><a href="#/${id}" data-testid="tab-${id}" aria-current=${this.view === id ? 'page' : nothing}>${label}${id === 'pair' && this.pending.length
          ? html` <span class="count" aria-label="${this.pending.length} waiting">${this.pending.length}</span>` : nothing}</a></li>`)}</ul></nav>
      <main id="main" tabindex="-1">${this.#view()}</main>`;
  }

  #view() {
    switch (this.view) {
      case 'peers': return peers(this);
      case 'skills': return skillsView(this);
      case 'tasks': return tasksView(this);
      case 'ask': return html`<weft-ask></weft-ask>`;
      case 'pair': return html`<weft-pair .pending=${this.pending} @decided=${() => this.#want(['pending', 'agents'])}></weft-pair>`;
      default: return overview({ who: this.who, agents: this.agents, skills: this.skills, health: this.health, go: this.go });
    }
  }

  go(view) {
    location.hash = `#/${view}`;
  }
}
customElements.define('weft-app', App);
