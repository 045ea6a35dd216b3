import { html, nothing } from 'lit';
import { data, isFinal, needsPerson } from '../data.js';
import { badge, empty, loading, toolName, when } from '../parts.js';
import { link } from '../place.js';
import { View } from '../view.js';

const HOUR = 3600;
/** What holds something up; a publisher that nobody trusts yet does not, and may stay so. */
const PAUSED = ['budget', 'update'];

/** Is it healthy, who is here, what is going on, what needs me. */
class Overview extends View {
  constructor() {
    super();
    data.watch(this, 'health', 'agents', 'skills', 'tasks', 'pairing', 'approvals');
  }

  render() {
    const { health, agents, skills, tasks } = data.lists;
    if (!data.loaded.has('health')) return html`<h2>Overview</h2>${loading()}`;
    const active = agents.filter((agent) => agent.health === 'active').length;
    const places = new Set(skills.map((skill) => skill.host)).size;
    const running = tasks.rows.filter((task) => !isFinal(task));
    const failed = tasks.rows.filter((task) => task.state === 'failed' && task.updated_at > Date.now() / 1000 - HOUR);
    return html`
      <h2>Overview</h2>
      <dl class="cards">
        <div><dt>This host</dt><dd data-testid="host-name"><a href=${link('peers', data.who.agent.id)}>${data.who.agent.name}</a></dd>
          <dd class="quiet"><span data-testid="host-state">${health ? badge(health.status) : badge('lost', 'not known')}</span> ${health ? `Weft ${health.version}` : ''}</dd></div>
        <div><dt>Hosts</dt><dd data-testid="peers-count"><a href=${link('peers')}>${agents.length}</a></dd><dd class="quiet">${active} active</dd></div>
        <div><dt>Skills</dt><dd data-testid="skills-count"><a href=${link('skills')}>${skills.filter((skill) => skill.tools.length).length}</a></dd><dd class="quiet">on ${places} ${places === 1 ? 'host' : 'hosts'}</dd></div>
        <div><dt>Tasks</dt><dd><a href=${link('tasks')}>${running.length}</a></dd><dd class="quiet">under way, ${failed.length} failed in the last hour</dd></div>
      </dl>
      <h3>What needs you</h3>
      ${this.#needs(health, skills, tasks.rows)}
      ${agents.length < 2 ? empty('This host is alone.', html`Let another one join: <a href="#/peers?pair=1">make a pairing code</a>.`) : nothing}
      ${skills.length === 0 ? empty('No skill is installed.', html`Drop a skill's jar into the <code>deploy</code> folder of any host, or on the page <a href=${link('skills')}>Skills</a>.`) : nothing}
      <h3>What is going on</h3>
      ${tasks.rows.length === 0 ? html`<p class="quiet">No task has run yet. ${data.acts ? html`<a href=${link('ask')}>Ask the agent</a>, or try a tool of a <a href=${link('skills')}>skill</a>.` : nothing}</p>` : html`
      <ul class="plain lines">${tasks.rows.slice(0, 8).map((task) => html`
        <li>${badge(task.state)} <a href=${link('tasks', task.id)}>${toolName(task)}</a> <span class="quiet">on ${data.name(task.assigned_agent_id || task.target_agent_id) || 'this host'}, ${when(task.updated_at)}</span></li>`)}</ul>`}`;
  }

  #needs(health, skills, tasks) {
    const wants = [];
    for (const [name, check] of Object.entries(health?.checks ?? {})) if (!check.ok) wants.push(html`${badge('failing')} ${name} <span class="quiet">${check.detail ?? ''}</span>`);
    const door = data.lists.pairing.filter((entry) => entry.status.startsWith('pending')).length;
    if (door && data.acts) wants.push(html`${badge('pending')} <a href=${link('approvals')}>${door === 1 ? 'A host waits' : `${door} hosts wait`} to be let in</a>`);
    for (const task of tasks.filter(needsPerson)) wants.push(html`${badge(task.state)} <a href=${data.acts ? link('approvals') : link('tasks', task.id)}>${toolName(task)} asks</a>`);
    for (const { title, detail } of data.lists.approvals.filter(({ kind }) => PAUSED.includes(kind))) {
      wants.push(html`${badge('pending')} <a href=${link('approvals')}>${title}</a> <span class="quiet">${detail}</span>`);
    }
    for (const skill of skills.filter(({ state }) => ['refused', 'quarantined', 'unwell'].includes(state))) {
      wants.push(html`${badge(skill.state)} <a href=${link('skills', `${skill.id}@${skill.agent_id}`)}>${skill.title}</a> <span class="quiet">${skill.reason ?? ''}</span>`);
    }
    return wants.length ? html`<ul class="plain lines" data-testid="needs">${wants.map((want) => html`<li>${want}</li>`)}</ul>` : html`<p class="quiet" data-testid="needs">Nothing. All is well.</p>`;
  }
}
customElements.define('weft-overview', Overview);
