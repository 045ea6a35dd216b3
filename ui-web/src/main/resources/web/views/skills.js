import { html, nothing } from 'lit';
import { del, get, patch, post, put, upload } from '../api.js';
import { data } from '../data.js';
import { act, announce, badge, confirmed, empty, json, loading, problem, skillTabs } from '../parts.js';
import { go, link } from '../place.js';
import { View } from '../view.js';
import '../schema-form.js';
import '../table.js';

const COLUMNS = [
  { id: 'title', label: 'Skill', value: (skill) => `${skill.title} ${skill.id} ${skill.tools.map((tool) => tool.name).join(' ')}`, cell: (skill) => html`${skill.title} <code>${skill.id}</code>` },
  { id: 'host', label: 'Host', value: (skill) => skill.host, cell: (skill) => html`${skill.host}${skill.local ? html` <span class="quiet">(this host)</span>` : nothing}` },
  { id: 'state', label: 'State', value: (skill) => skill.state, cell: (skill) => badge(skill.state) },
  { id: 'version', label: 'Version', value: (skill) => skill.version, cell: (skill) => skill.version || '–' },
  { id: 'tools', label: 'Tools', number: true, value: (skill) => skill.tools.length, cell: (skill) => skill.tools.length },
  { id: 'permissions', label: 'May use', value: (skill) => (skill.permissions ?? []).join(' '), cell: (skill) => (skill.permissions?.length ? skill.permissions.join(', ') : '–') },
];
const keyOf = (skill) => `${skill.id}@${skill.agent_id}`;

/** The skills of the mesh; one of them, with its tools to try, its configuration and its versions. */
class Skills extends View {
  static properties = { result: { state: true }, running: { state: true }, config: { state: true }, over: { state: true } };

  constructor() {
    super();
    Object.assign(this, { result: {}, running: '', config: null, over: false });
    data.watch(this, 'skills', 'agents');
  }

  willUpdate(changed) {
    if (changed.has('arg')) Object.assign(this, { result: {}, config: null, configOf: '' });
  }

  updated() {
    const skill = this.arg && this.#skill();
    if (skill?.local && data.admin && this.configOf !== this.arg) {
      this.configOf = this.arg;
      get(`/api/skills/${encodeURIComponent(skill.id)}/config`).then((config) => { this.config = config; }, () => { this.config = null; });
    }
  }

  #skill() {
    return data.lists.skills.find((skill) => keyOf(skill) === this.arg) ?? data.lists.skills.find((skill) => skill.id === this.arg);
  }

  render() {
    if (!data.loaded.has('skills')) return html`<h2>Skills</h2>${skillTabs('skills')}${loading()}`;
    return this.arg ? this.#one() : this.#all();
  }

  #all() {
    return html`
      <h2>Skills</h2>${skillTabs('skills')}
      ${data.admin ? html`<div class="drop ${this.over ? 'over' : ''}" @dragover=${(event) => { event.preventDefault(); this.over = true; }} @dragleave=${() => { this.over = false; }} @drop=${this.#dropped}>
        <label for="jar">Install on this host: drop a skill's jar here, or choose it</label>
        <input id="jar" type="file" accept=".jar,.zip" data-testid="skill-file" @change=${(event) => this.#install(event.target.files)}>
        ${this.running ? html`<progress aria-label="Installing ${this.running}"></progress>` : nothing}
      </div>` : nothing}
      <weft-table label="Skills" testid="skills-row" .rows=${data.lists.skills} .columns=${COLUMNS} .key=${(skill) => `${keyOf(skill)}/${skill.file ?? ''}`} .href=${(skill) => link('skills', keyOf(skill))}
        .choices=${[{ id: 'host', label: 'Host', options: [...new Set(data.lists.skills.map((skill) => skill.host))].sort(), value: (skill) => skill.host },
          { id: 'state', label: 'State', options: [...new Set(data.lists.skills.map((skill) => skill.state))].sort(), value: (skill) => skill.state }]}
        .facts=${({ id, host, state }) => ({ id, host, state })}
        .nothing=${empty('No skill is installed.', html`Drop a skill's jar into the <code>deploy</code> folder of any host: it is listed here at once. Or take one from the <a href=${link('catalog')}>catalog</a>.`)}></weft-table>`;
  }

  #dropped(event) {
    event.preventDefault();
    this.over = false;
    this.#install(event.dataTransfer.files);
  }

  async #install(files) {
    for (const file of files) {
      this.running = file.name;
      const { ok, result } = await act(() => upload(`/api/skills?file=${encodeURIComponent(file.name)}`, file));
      if (ok) announce(result.state === 'active' ? `${file.name} runs` : `${file.name}: ${result.state}. ${result.reason}`, result.state !== 'active');
      data.refresh('skills');
    }
    this.running = '';
  }

  #one() {
    const skill = this.#skill();
    if (!skill) return html`<p><a href=${link('skills')}>All skills</a></p>${empty('This skill is not there now.', 'It may have been removed, or its host has left.')}`;
    return html`
      <p><a href=${link('skills')}>All skills</a></p>
      <div class="row"><h2>${skill.title} ${badge(skill.state)}</h2><span class="row">
        ${data.admin && skill.local && ['refused', 'quarantined'].includes(skill.state) ? html`<button type="button" @click=${() => this.#retry(skill)}>Try again</button>` : nothing}
        ${data.admin && skill.local && ['active', 'unwell', 'disabled'].includes(skill.state) ? html`<button type="button" class="second" data-testid="skill-switch" @click=${() => this.#switch(skill)}>${skill.state === 'disabled' ? 'Enable' : 'Disable'}</button>` : nothing}
        ${data.admin && skill.local && skill.previous?.length ? html`<button type="button" class="second" data-testid="rollback" @click=${() => this.#rollback(skill)}>Roll back to ${skill.previous[0]}</button>` : nothing}
        ${data.admin && skill.local ? html`<button type="button" class="danger" data-testid="skill-remove" @click=${() => this.#remove(skill)}>Remove</button>` : nothing}</span></div>
      <p>${skill.description}</p>
      ${problem(skill.reason)}
      <dl class="pairs card">
        <dt>Id</dt><dd><code>${skill.id}</code></dd>
        <dt>Host</dt><dd><a href=${link('peers', skill.agent_id)}>${skill.host}</a></dd>
        <dt>Version</dt><dd>${skill.version || '–'}${skill.previous?.length ? html` <span class="quiet">kept to go back to: ${skill.previous.join(', ')}</span>` : nothing}</dd>
        <dt>May use</dt><dd>${skill.permissions?.length ? skill.permissions.join(', ') : 'nothing it declares'}</dd>
        ${skill.origin ? html`<dt>From</dt><dd>${this.#origin(skill)}</dd>` : nothing}
        <dt>Also on</dt><dd>${this.#others(skill)}</dd>
      </dl>
      <h3>Tools</h3>
      ${skill.tools.map((tool) => this.#tool(skill, tool))}
      ${this.config ? html`<h3>Configuration</h3>${Object.keys(this.config.schema?.properties ?? {}).length === 0 ? html`<p class="quiet">There is nothing to configure.</p>` : html`
        <form class="card" @submit=${(event) => this.#configure(event, skill)}>
          <weft-schema-form name="config" .schema=${this.config.schema} .value=${this.config.values}></weft-schema-form>
          <div class="row"><button type="submit">Save</button></div>
        </form>`}` : nothing}`;
  }

  /** Where its file came from, and what updates may do to it. */
  #origin(skill) {
    if (skill.origin === 'host') return 'the host itself';
    if (!skill.signed) return html`${badge('neutral', 'not signed')} somebody put its file into the deploy folder`;
    return html`${badge('ok', 'signed')} by ${skill.publisher}, repository <a href=${link('catalog', skill.id)}>${skill.origin}</a>
      ${data.admin ? html`<span class="row"><label class="inline"><input type="checkbox" data-testid="pinned" .checked=${skill.pinned} @change=${(event) => this.#choose(skill, { pinned: event.target.checked })}> keep this version</label>
        <label class="inline"><input type="checkbox" data-testid="automatic" .checked=${skill.automatic} ?disabled=${skill.pinned} @change=${(event) => this.#choose(skill, { automatic: event.target.checked })}> update by itself where nothing has to be asked</label></span>` : nothing}`;
  }

  #choose(skill, choice) {
    return this.#change(() => put(`/api/catalog/installed/${encodeURIComponent(skill.id)}`, choice), 'Kept');
  }

  #others(skill) {
    const others = data.lists.skills.filter((other) => other.id === skill.id && other.agent_id !== skill.agent_id);
    return others.length ? others.map((other) => html`<a href=${link('skills', keyOf(other))}>${other.host}</a> <span class="quiet">${other.version}</span> `) : 'no other host';
  }

  #tool(skill, tool) {
    const outcome = this.result[tool.name];
    return html`<details class="card" data-testid="tool" data-name=${tool.name} ?open=${skill.tools.length === 1}>
      <summary><code>${skill.id}.${tool.name}</code> ${tool.description} ${tool.confirm ? badge('auth-required', 'asks before it runs') : nothing}</summary>
      ${data.acts && !['refused', 'quarantined', 'disabled'].includes(skill.state) ? html`<form @submit=${(event) => this.#try(event, skill, tool)}>
        <weft-schema-form name="try-${tool.name}" .schema=${tool.schema}></weft-schema-form>
        <div class="row"><button type="submit" data-testid="try" ?disabled=${outcome?.busy}>${outcome?.busy ? 'Running…' : `Run on ${skill.host}`}</button></div>
      </form>` : nothing}
      <div aria-live="polite">${outcome?.busy ? html`<progress aria-label="Running"></progress>` : nothing}
        ${outcome?.task ? html`<p>${badge(outcome.task.state)} <a href=${link('tasks', outcome.task.id)}>the task</a></p>
          ${outcome.task.error ? problem(outcome.task.error.message ?? outcome.task.error) : html`<div data-testid="try-result">${json(outcome.task.result, 'Result')}</div>`}` : nothing}
        ${problem(outcome?.error)}</div>
      <details><summary class="quiet">Schema</summary>${json(tool.schema, `Input schema of ${tool.name}`)}</details>
    </details>`;
  }

  async #try(event, skill, tool) {
    event.preventDefault();
    const payload = event.currentTarget.querySelector('weft-schema-form').read();
    if (!payload) return;
    const show = (outcome) => { this.result = { ...this.result, [tool.name]: outcome }; };
    show({ busy: true });
    try {
      show({ task: await post('/api/hub/tasks', { skill: `${skill.id}.${tool.name}`, target_agent_id: skill.agent_id, payload, ttl: 300, wait: 120 }) });
    } catch (failure) {
      show({ error: failure.message });
    }
  }

  async #configure(event, skill) {
    event.preventDefault();
    const values = event.currentTarget.querySelector('weft-schema-form').read();
    if (!values) return;
    const { ok, result } = await act(() => put(`/api/skills/${encodeURIComponent(skill.id)}/config`, values), 'Saved; the skill has it already');
    if (ok) this.config = result;
  }

  #retry(skill) {
    return this.#change(() => post(`/api/skills/${encodeURIComponent(skill.id)}/retry`), `${skill.title} is tried again`);
  }

  #switch(skill) {
    const on = skill.state === 'disabled';
    return this.#change(() => patch(`/api/skills/${encodeURIComponent(skill.id)}`, { enabled: on }), `${skill.title} is ${on ? 'enabled' : 'disabled'}`);
  }

  async #rollback(skill) {
    if (await confirmed({ title: `Roll back ${skill.title}?`, text: `Version ${skill.previous[0]} takes the calls again; those under way end on ${skill.version}.`, act: 'Roll back', danger: false })) {
      await this.#change(() => post(`/api/skills/${encodeURIComponent(skill.id)}/rollback`), `${skill.title} is back at ${skill.previous[0]}`);
    }
  }

  async #remove(skill) {
    if (await confirmed({ title: `Remove ${skill.title} from ${skill.host}?`, text: 'Its file is deleted from the deploy folder. Calls under way may end; new ones fail.', act: 'Remove' })) {
      const { ok } = await this.#change(() => del(`/api/skills/${encodeURIComponent(skill.id)}`), `${skill.title} is removed`);
      if (ok) go('skills');
    }
  }

  async #change(work, done) {
    const outcome = await act(work, done);
    data.refresh('skills');
    return outcome;
  }
}
customElements.define('weft-skills', Skills);
