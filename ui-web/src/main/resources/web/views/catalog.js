import { html, nothing } from 'lit';
import { get, post } from '../api.js';
import { data } from '../data.js';
import { act, badge, bytes, confirmed, empty, json, loading, problem, skillTabs, when } from '../parts.js';
import { scanned, signer } from '../plan.js';
import { link, query } from '../place.js';
import { View } from '../view.js';
import '../repositories.js';
import '../table.js';

const status = (skill) => (!skill.installed ? 'not here' : skill.installed === skill.version ? 'installed' : 'update');
const COLUMNS = [
  { id: 'title', label: 'Skill', value: (skill) => `${skill.title} ${skill.skill} ${skill.bundle} ${skill.description}`, cell: (skill) => html`${skill.title} <code>${skill.skill}</code>` },
  { id: 'status', label: 'Here', value: status, cell: (skill) => ({ 'not here': '–', installed: badge('ok', skill.installed), update: badge('warning', `${skill.installed} → ${skill.version}`) }[status(skill)]) },
  { id: 'version', label: 'Version', value: (skill) => skill.version, cell: (skill) => skill.version },
  { id: 'publisher', label: 'Publisher', value: (skill) => skill.publisher, cell: (skill) => skill.publisher },
  { id: 'permissions', label: 'May use', value: (skill) => skill.permissions.join(' '), cell: (skill) => skill.permissions.join(', ') || '–' },
  { id: 'fits', label: 'Fits', value: (skill) => (skill.compatible ? 'yes' : skill.lacks), cell: (skill) => (skill.compatible ? 'yes' : html`<span class="error">${skill.lacks}</span>`) },
  { id: 'published', label: 'Published', number: true, value: (skill) => Date.parse(skill.published), cell: (skill) => when(skill.published) },
];
const choices = (rows) => [
  { id: 'here', label: 'Here', options: ['installed', 'update', 'not here'], value: status },
  { id: 'publisher', label: 'Publisher', options: [...new Set(rows.map((skill) => skill.publisher))].sort(), value: (skill) => skill.publisher },
  { id: 'fits', label: 'Fits', options: ['yes', 'no'], value: (skill) => (skill.compatible ? 'yes' : 'no') },
];

/** The skills that can be had from repositories; one of them with all that is known before it is installed. */
class Catalog extends View {
  static properties = { details: { state: true }, error: { state: true }, wish: { state: true } };

  constructor() {
    super();
    Object.assign(this, { details: null, error: '', wish: null });
    data.watch(this, 'catalog', 'repositories', 'skills', 'agents');
    data.hear(this, ({ type }) => { if (type === 'catalog.changed' && this.arg) this.#fetch(); });
    this.moved = () => { if (this.arg && query('version') !== this.version) { this.wish = null; this.#fetch(); } };
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener('hashchange', this.moved);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('hashchange', this.moved);
  }

  willUpdate(changed) {
    if (changed.has('arg')) {
      Object.assign(this, { details: null, error: '', wish: null });
      if (this.arg) this.#fetch();
    }
  }

  async #fetch() {
    const id = this.arg;
    const version = query('version');
    this.version = version;
    try {
      const details = await get(`/api/catalog/skills/${encodeURIComponent(id)}${version ? `?version=${encodeURIComponent(version)}` : ''}`);
      if (id === this.arg && version === this.version) Object.assign(this, { details, error: '' });
    } catch (failure) {
      if (id === this.arg) this.error = failure.message;
    }
  }

  render() {
    return this.arg ? this.#one() : this.#all();
  }

  #all() {
    const head = html`<h2>Skills</h2>${skillTabs('catalog')}`;
    if (!data.loaded.has('catalog')) return html`${head}${loading()}`;
    if (data.errors.catalog) return html`${head}${empty('The catalog is not there.', data.errors.catalog)}`;
    const rows = data.lists.catalog;
    const updates = rows.filter((skill) => status(skill) === 'update');
    return html`${head}
      ${data.admin && updates.length ? html`<div class="row"><p>${updates.length} ${updates.length === 1 ? 'skill' : 'skills'} can be updated.</p><button type="button" data-testid="update-all" @click=${() => { this.wish = { update: 'all' }; }}>Update all…</button></div>` : nothing}
      ${this.#plan()}
      <weft-table label="Catalog" testid="catalog-row" .rows=${rows} .columns=${COLUMNS} .key=${(skill) => `${skill.skill}@${skill.bundle}/${skill.repository}`} .href=${(skill) => link('catalog', skill.skill)}
        .choices=${choices(rows)} .facts=${(skill) => ({ id: skill.skill, state: status(skill) })}
        .nothing=${empty('Nothing can be had yet.', data.lists.repositories.length ? 'The repositories of this host hold no skills.' : 'Add a repository: its skills are listed here, with who signed them and what they may use.')}></weft-table>
      <weft-repositories></weft-repositories>`;
  }

  #plan() {
    return this.wish ? html`<weft-plan .wish=${this.wish} .done=${() => { this.wish = null; }}></weft-plan>` : nothing;
  }

  #one() {
    const back = html`<p><a href=${link('catalog')}>Whole catalog</a></p>`;
    if (this.error) return html`${back}${empty('This skill cannot be shown.', this.error)}`;
    if (!this.details) return html`${back}${loading()}`;
    const { listing: skill, publisher, signature, versions, needs, dependents, jar, problem: trouble, hosts } = this.details;
    const here = data.lists.skills.find((one) => one.local && one.id === skill.skill);
    const chosen = versions.find(({ version }) => version === skill.version);
    return html`${back}
      <div class="row"><h2>${skill.title} ${here ? badge('ok', `${skill.installed || here.version} is here`) : nothing}</h2>${this.#acts(skill, here)}</div>
      <p>${skill.description}</p>
      ${chosen && chosen.state !== 'available' ? problem(`Version ${chosen.version} is ${chosen.state}: ${chosen.reason}`) : nothing}
      ${this.#plan()}
      <dl class="pairs card">
        <dt>Id</dt><dd><code>${skill.skill}</code> in <code>${skill.bundle}</code></dd>
        <dt>Version</dt><dd>${skill.version}, ${bytes(skill.size)}, published ${when(skill.published)}</dd>
        <dt>Publisher</dt><dd>${signer(publisher)}</dd>
        <dt>Signature</dt><dd>${signature}</dd>
        <dt>Repository</dt><dd>${skill.repository}</dd>
        <dt>May use</dt><dd>${skill.permissions.join(', ') || 'nothing it declares'}</dd>
        <dt>Needs</dt><dd>${needs.join(', ') || 'nothing'}${skill.compatible ? '' : html` <span class="error">${skill.lacks}</span>`}</dd>
        ${dependents.length ? html`<dt>Needed by</dt><dd>${dependents.join(', ')}</dd>` : nothing}
        <dt>On hosts</dt><dd data-testid="catalog-hosts">${hosts.length ? hosts.map((host) => html`<a href=${link('skills', `${skill.skill}@${host.agent_id}`)}>${host.name}</a> <span class="quiet">${host.version}</span> `) : 'none of this mesh'}</dd>
        ${jar ? html`<dt>Scan</dt><dd data-testid="catalog-scan">${scanned(jar.scan)}</dd>` : nothing}
      </dl>
      ${problem(trouble)}
      ${jar ? this.#inside(skill, jar) : nothing}
      <h3>Versions</h3>
      <ul class="plain lines">${versions.map((release) => html`<li class="row"><span>${release.version === skill.version ? html`<strong>${release.version}</strong>` : html`<a href="${link('catalog', skill.skill)}?version=${encodeURIComponent(release.version)}">${release.version}</a>`}
        ${release.state === 'available' ? nothing : badge(release.state === 'revoked' ? 'revoked' : 'warning', release.state)} <span class="quiet">${when(release.published)}, ${bytes(release.size)} ${release.reason}</span></span></li>`)}</ul>`;
  }

  #inside(skill, jar) {
    return html`
      ${jar.tools.length ? html`<h3>Tools</h3>${jar.tools.map((tool) => html`<details class="card"><summary><code>${skill.skill}.${tool.name}</code> ${tool.description} ${tool.confirm ? badge('auth-required', 'asks before it runs') : nothing}</summary>${json(tool.schema, `Input schema of ${tool.name}`)}</details>`)}` : nothing}
      ${jar.configuration.length ? html`<h3>Configuration</h3><ul class="plain lines">${jar.configuration.map((setting) => html`<li><code>${setting.key}</code> ${setting.title} <span class="quiet">${setting.description}${setting.required ? ' needed' : ''}${setting.secret ? ' secret' : ''}</span></li>`)}</ul>` : nothing}
      ${jar.readme ? html`<h3>README</h3>${json(jar.readme, 'README')}` : nothing}
      ${jar.changelog ? html`<details><summary>Changes</summary>${json(jar.changelog, 'Changes')}</details>` : nothing}`;
  }

  #acts(skill, here) {
    if (!data.admin) return nothing;
    const exact = `${skill.skill}@${skill.version}`;
    return html`<span class="row">
      ${!skill.installed ? html`<button type="button" data-testid="catalog-install" @click=${() => { this.wish = { install: [exact] }; }}>Install…</button>` : nothing}
      ${skill.installed && skill.installed !== skill.version ? html`<button type="button" data-testid="catalog-update" @click=${() => { this.wish = query('version') ? { install: [exact] } : { update: [skill.skill] }; }}>${query('version') ? `Change to ${skill.version}…` : 'Update…'}</button>` : nothing}
      ${here?.previous?.length ? html`<button type="button" class="second" data-testid="catalog-rollback" @click=${() => this.#rollback(skill, here)}>Roll back to ${here.previous[0]}</button>` : nothing}
      ${here ? html`<button type="button" class="danger" data-testid="catalog-remove" @click=${() => { this.wish = { uninstall: [skill.skill] }; }}>Remove…</button>` : nothing}</span>`;
  }

  async #rollback(skill, here) {
    if (await confirmed({ title: `Roll back ${skill.title}?`, text: `Version ${here.previous[0]} takes the calls again; those under way end on ${here.version}.`, act: 'Roll back', danger: false })) {
      await act(() => post(`/api/skills/${encodeURIComponent(skill.skill)}/rollback`), `${skill.title} is back at ${here.previous[0]}`);
      data.refresh('skills', 'catalog');
      this.#fetch();
    }
  }
}
customElements.define('weft-catalog', Catalog);
