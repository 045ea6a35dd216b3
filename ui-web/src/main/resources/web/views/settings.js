import { html, nothing } from 'lit';
import { del, get, post, signOut } from '../api.js';
import { data } from '../data.js';
import { act, badge, confirmed, json, loading, when } from '../parts.js';
import { View } from '../view.js';
import '../table.js';

const ROLES = ['viewer', 'operator', 'publisher', 'agent', 'admin'];

/** Keys and sessions, what the host checks, and what it tells browsers and agents. */
class Settings extends View {
  static properties = { keys: { state: true }, fresh: { state: true }, ice: { state: true }, leave: { attribute: false } };

  constructor() {
    super();
    Object.assign(this, { keys: null, fresh: null, ice: null });
    data.watch(this, 'health');
  }

  connectedCallback() {
    super.connectedCallback();
    if (data.admin) this.#fetch();
    get('/api/config').then((ice) => { this.ice = ice; }, () => {});
  }

  async #fetch() {
    const { ok, result } = await act(() => get('/api/keys'));
    if (ok) this.keys = result;
  }

  render() {
    const { health } = data.lists;
    return html`<h2>Settings</h2>
      ${data.admin ? this.#keysPart() : nothing}
      <h3>Sessions</h3>
      <p>You are signed in as <strong>${data.who.role}</strong>. <button type="button" class="second small" data-testid="signout-everywhere" @click=${this.#everywhere}>Sign out everywhere</button></p>
      ${data.admin ? html`<h3>Backup</h3><p><a class="button" href="/api/backup" download>Download a backup</a> <span class="quiet">keys are not in it: keep the folder <code>keys</code> yourself</span></p>` : nothing}
      <h3>Checks</h3>
      ${health ? this.#checks(Object.entries(health.checks ?? {})) : loading()}
      ${this.ice ? html`<h3>ICE servers</h3>${this.ice.iceServers.length ? json(this.ice.iceServers.map(({ urls }) => urls).flat().join('\n'), 'ICE servers') : html`<p class="quiet">None are configured: hosts find each other where they can reach each other directly, else by way of the registry.</p>`}` : nothing}`;
  }

  /** What fails first; what is well is only counted until somebody wants to see it. */
  #checks(all) {
    const line = ([name, check]) => html`<li>${badge(check.ok ? 'ok' : 'failing')} ${name} <span class="quiet">${check.detail ?? ''}</span></li>`;
    const quiet = all.filter(([, check]) => check.ok && !check.detail);
    return html`<ul class="plain lines">${all.filter((entry) => !quiet.includes(entry)).map(line)}</ul>
      <details><summary>${quiet.length} ${quiet.length === 1 ? 'check is' : 'checks are'} ok</summary><ul class="plain lines">${quiet.map(line)}</ul></details>`;
  }

  #keysPart() {
    return html`<h3>Access keys</h3>
      <form class="card row" @submit=${this.#create}>
        <label class="inline">Role <select id="key-role" data-testid="key-role">${ROLES.map((role) => html`<option>${role}</option>`)}</select></label>
        <label class="inline">Label <input id="key-label" maxlength="64" data-testid="key-label"></label>
        <button type="submit" data-testid="key-create">Make a key</button>
      </form>
      ${this.fresh ? html`<div class="card asks" role="status"><p><strong>The key, shown this once:</strong></p><pre tabindex="0" aria-label="New key" data-testid="key-value">${this.fresh.key}</pre>
        <button type="button" class="second small" @click=${() => { this.fresh = null; }}>I have it</button></div>` : nothing}
      ${this.keys ? html`<div data-testid="keys"><weft-table label="Keys" testid="key-row" .rows=${this.keys} .columns=${this.#columns()} .facts=${({ id, state }) => ({ id, state })}></weft-table></div>` : loading()}`;
  }

  #columns() {
    const name = (key) => key.label || key.id;
    return [
      { id: 'label', label: 'Label', value: (key) => `${name(key)} ${key.id}`, cell: name },
      { id: 'role', label: 'Role', value: (key) => key.role, cell: (key) => html`${key.role} ${badge(key.state)}` },
      { id: 'used', label: 'Last used', number: true, value: (key) => Date.parse(key.last_used) || 0, cell: (key) => (key.last_used ? when(key.last_used) : 'never') },
      { id: 'act', label: 'Change', value: () => '', cell: (key) => html`<button type="button" class="second small" aria-label="Rotate ${name(key)}" @click=${() => this.#rotate(key)}>Rotate</button>
        <button type="button" class="danger small" aria-label="Revoke ${name(key)}" @click=${() => this.#revoke(key)}>Revoke</button>` },
      { id: 'created', label: 'Made', number: true, value: (key) => Date.parse(key.created), cell: (key) => when(key.created) },
      { id: 'expires', label: 'Ends', value: (key) => key.expires ?? '', cell: (key) => (key.expires ? when(key.expires) : 'never') },
    ];
  }

  async #create(event) {
    event.preventDefault();
    const role = this.querySelector('#key-role').value;
    const label = this.querySelector('#key-label').value;
    const { ok, result } = await act(() => post('/api/keys', { role, label }));
    if (ok) { this.fresh = result; this.#fetch(); }
  }

  async #rotate(key) {
    if (await confirmed({ title: `Rotate ${key.label || key.id}?`, text: 'It gets a new secret; the old one is good for one more hour.', act: 'Rotate', danger: false })) {
      const { ok, result } = await act(() => post(`/api/keys/${encodeURIComponent(key.id)}/rotate`, { grace: 3600 }));
      if (ok) { this.fresh = result; this.#fetch(); }
    }
  }

  async #revoke(key) {
    if (await confirmed({ title: `Revoke ${key.label || key.id}?`, text: 'Whoever uses it is refused at once.', act: 'Revoke' })) {
      await act(() => del(`/api/keys/${encodeURIComponent(key.id)}`), 'Revoked');
      this.#fetch();
    }
  }

  async #everywhere() {
    if (await confirmed({ title: 'Sign out everywhere?', text: 'Every browser session of your key ends, this one too.', act: 'Sign out', danger: false })) {
      await act(() => signOut(true));
      this.leave('');
    }
  }
}
customElements.define('weft-settings', Settings);
