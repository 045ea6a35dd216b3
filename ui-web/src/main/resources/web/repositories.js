import { LitElement, html, nothing } from 'lit';
import { del, post } from './api.js';
import { data } from './data.js';
import { act, badge, confirmed, empty, problem, when } from './parts.js';

/** The repositories that this host reads: how each is, and another one, after a person has compared its fingerprint. */
class Repositories extends LitElement {
  static properties = { found: { state: true }, busy: { state: true } };

  constructor() {
    super();
    Object.assign(this, { found: null, busy: '' });
    data.watch(this, 'repositories');
  }

  createRenderRoot() { return this; }

  render() {
    const all = data.lists.repositories;
    return html`<div class="row"><h3>Repositories</h3>${data.acts && all.length ? html`<button type="button" class="second small" data-testid="repositories-refresh" ?disabled=${this.busy} @click=${this.#refresh}>Read anew</button>` : nothing}</div>
      ${this.busy ? html`<p><progress aria-label=${this.busy}></progress> ${this.busy}</p>` : nothing}
      ${all.length ? html`<ul class="plain lines" data-testid="repositories">${all.map((repository) => html`<li class="row"><span>${badge(...this.#state(repository))} <strong>${repository.name}</strong> <code>${repository.address}</code>
          <span class="quiet">${repository.skills} ${repository.skills === 1 ? 'skill' : 'skills'}, ${repository.policy === 'ask' ? 'asks about new publishers' : 'trusted publishers only'}${repository.refreshed ? html`, read ${when(repository.refreshed)}` : ''}</span>${problem(repository.problem)}</span>
        ${data.admin ? html`<button type="button" class="danger small" aria-label="Remove ${repository.name}" @click=${() => this.#remove(repository)}>Remove</button>` : nothing}</li>`)}</ul>`
      : empty('This host reads no repository.', data.admin ? 'Add one below: an address, a path or a USB stick. Skills of its trusted publishers can then be installed with one click.' : 'An admin can add one.')}
      ${data.admin ? this.#adding() : nothing}`;
  }

  #state(repository) {
    if (repository.expired) return ['expired', 'expired'];
    return repository.problem ? ['warning', 'not read'] : ['ok', 'current'];
  }

  #adding() {
    const { found } = this;
    return html`<details ?open=${found !== null}><summary>Add a repository</summary>
      <form class="card row" @submit=${this.#look}>
        <label class="inline">Address <input required maxlength="1000" data-testid="repository-address" placeholder="https://… or a path"></label>
        <button type="submit" data-testid="repository-look" ?disabled=${this.busy}>Look at it</button>
      </form>
      ${found ? html`<div class="card asks" data-testid="repository-found"><p>It calls itself <strong>${found.name}</strong>. Compare this fingerprint with the one that its owner tells by another way:</p>
        <pre tabindex="0" aria-label="Fingerprint" data-testid="repository-fingerprint">${found.fingerprint}</pre>
        <p><label class="inline">Skills of publishers that nobody here trusts yet <select data-testid="repository-policy"><option value="signed-by-trusted">are not installed</option><option value="ask">are installed after asking</option></select></label></p>
        <p><label class="inline"><input type="checkbox" data-testid="repository-trust"> trust its publishers with the keys they have now: ${found.publishers.map(({ namespace }) => namespace).join(', ') || 'none yet'}</label></p>
        <div class="row"><button type="button" data-testid="repository-add" @click=${this.#add}>It is the same: read it</button><button type="button" class="second" @click=${() => { this.found = null; }}>Cancel</button></div></div>` : nothing}
    </details>`;
  }

  async #work(busy, work, done) {
    this.busy = busy;
    const outcome = await act(work, done);
    this.busy = '';
    data.refresh('repositories', 'catalog');
    return outcome;
  }

  async #look(event) {
    event.preventDefault();
    const address = this.querySelector('[data-testid=repository-address]').value.trim();
    const { ok, result } = await this.#work('Looking at it…', () => post('/api/catalog/repositories', { address }));
    this.found = ok ? { ...result, address } : null;
  }

  async #add() {
    const { address, fingerprint, name } = this.found;
    const policy = this.querySelector('[data-testid=repository-policy]').value;
    const trust = this.querySelector('[data-testid=repository-trust]').checked ? ['*'] : [];
    const { ok } = await this.#work('Reading it…', () => post('/api/catalog/repositories', { address, fingerprint, policy, trust }), `${name} is read from now on`);
    if (ok) this.found = null;
  }

  #refresh() {
    return this.#work('Reading the repositories…', () => post('/api/catalog/refresh'), 'Read');
  }

  async #remove(repository) {
    if (await confirmed({ title: `Stop reading ${repository.name}?`, text: 'What is installed from it stays and is not updated any more.', act: 'Remove' })) {
      await this.#work('Removing it…', () => del(`/api/catalog/repositories/${encodeURIComponent(repository.name)}`), `${repository.name} is not read any more`);
    }
  }
}
customElements.define('weft-repositories', Repositories);
