import { html, nothing } from 'lit';
import { get, post } from '../api.js';
import { data, isFinal, needsPerson } from '../data.js';
import { act, badge, confirmed, empty, json, loading, millis, problem, toolName, when } from '../parts.js';
import { go, link } from '../place.js';
import { View } from '../view.js';
import '../answer-task.js';
import '../table.js';
import '../trace.js';

const STATES = ['submitted', 'working', 'input-required', 'auth-required', 'completed', 'failed', 'canceled', 'rejected'];
/** In place of a task's id: all tasks of a trace. */
const TRACE = 'trace/';
const traceOf = (task) => task.traceparent?.slice(3, 35) ?? '';
const agentOf = (task) => task.assigned_agent_id || task.target_agent_id;
const COLUMNS = [
  { id: 'skill', label: 'Skill', value: (task) => `${toolName(task)} ${task.id}`, cell: (task) => toolName(task) },
  { id: 'state', label: 'State', value: (task) => task.state, cell: (task) => badge(task.state) },
  { id: 'on', label: 'On', value: (task) => data.name(agentOf(task)), cell: (task) => data.name(agentOf(task)) || '–' },
  { id: 'path', label: 'Path', value: (task) => task.path, cell: (task) => task.path || '–' },
  { id: 'created', label: 'Created', number: true, value: (task) => task.created_at, cell: (task) => when(task.created_at) },
  { id: 'changed', label: 'Changed', number: true, value: (task) => task.updated_at, cell: (task) => when(task.updated_at) },
  { id: 'error', label: 'Error', value: (task) => task.error?.message ?? task.error ?? '', cell: (task) => (task.error ? html`<span class="error">${task.error.message ?? task.error}</span>` : '') },
];

/** The tasks of this host and its inbox; one of them with all that happened to it. */
class Tasks extends View {
  static properties = { task: { state: true }, error: { state: true }, output: { state: true } };

  constructor() {
    super();
    Object.assign(this, { task: null, error: '', output: '' });
    data.watch(this, 'tasks', 'agents');
    data.hear(this, (event) => this.#event(event));
  }

  willUpdate(changed) {
    if (changed.has('arg')) {
      Object.assign(this, { task: null, error: '', output: '', progress: null });
      if (this.arg && !this.arg.startsWith(TRACE)) this.#fetch();
    }
  }

  async #fetch() {
    const id = this.arg;
    try {
      const task = await get(`/api/hub/tasks/${encodeURIComponent(id)}`);
      if (id === this.arg) Object.assign(this, { task, error: '' });
    } catch (failure) {
      if (id === this.arg) this.error = failure.message;
    }
  }

  #event({ type, data: news }) {
    if (!this.arg || news?.id !== this.arg) return;
    if (type === 'task.progress') { this.progress = news; this.requestUpdate(); } else if (type === 'task.chunk') this.output += news.text ?? '';
    else this.#fetch();
  }

  render() {
    if (this.arg?.startsWith(TRACE)) return html`<p><a href=${link('tasks')}>All tasks</a></p><h2>Trace</h2><weft-trace .trace=${this.arg.slice(TRACE.length)}></weft-trace>`;
    return this.arg ? this.#one() : this.#all();
  }

  #all() {
    if (!data.loaded.has('tasks')) return html`<h2>Tasks</h2>${loading()}`;
    const { rows, next } = data.lists.tasks;
    return html`<h2>Tasks</h2>
      <weft-table label="Tasks" testid="tasks-row" .rows=${rows} .columns=${COLUMNS} .href=${(task) => link('tasks', task.id)} .more=${next ? () => data.moreTasks() : null}
        .choices=${[{ id: 'state', label: 'State', options: STATES, value: (task) => task.state }]}
        .facts=${({ id, state }) => ({ id, state })}
        .nothing=${empty('No task has run yet.', html`Try <code>weft call SKILL</code> on the command line, a tool of a <a href=${link('skills')}>skill</a>, or ask the agent.`)}></weft-table>`;
  }

  #one() {
    const back = html`<p><a href=${link('tasks')}>All tasks</a></p>`;
    if (this.error) return html`${back}${empty('This task is not known here.', this.error)}`;
    const task = this.task;
    if (!task) return html`${back}${loading()}`;
    return html`${back}
      <div class="row"><h2>${toolName(task)} ${badge(task.state)}</h2>
        ${data.acts && !isFinal(task) ? html`<button type="button" class="danger" data-testid="task-cancel" @click=${this.#cancel}>Cancel</button>` : nothing}
        ${data.acts && isFinal(task) && task.state !== 'completed' ? html`<button type="button" data-testid="task-retry" @click=${this.#retry}>Retry</button>` : nothing}</div>
      ${needsPerson(task) && data.acts ? html`<weft-answer-task .task=${task}></weft-answer-task>` : nothing}
      ${this.progress && !isFinal(task) ? html`<p><progress max="1" .value=${this.progress.fraction} aria-label="Progress"></progress> ${this.progress.note}</p>` : nothing}
      <dl class="pairs card">
        <dt>Id</dt><dd><code>${task.id}</code></dd>
        <dt>From</dt><dd>${data.name(task.source_agent_id) || '–'}</dd>
        <dt>On</dt><dd>${agentOf(task) ? html`<a href=${link('peers', agentOf(task))}>${data.name(agentOf(task))}</a>` : '–'} ${task.path ? html`<span class="quiet">by ${task.path}</span>` : nothing}</dd>
        <dt>Created</dt><dd>${when(task.created_at)}</dd>
        <dt>Changed</dt><dd>${when(task.updated_at)}, ${millis((task.updated_at - task.created_at) * 1000)} after</dd>
        <dt>Attempt</dt><dd>${task.attempt ?? 1}</dd>
        ${task.traceparent ? html`<dt>Trace</dt><dd><a href=${link('tasks', `${TRACE}${traceOf(task)}`)} data-testid="trace-link">all tasks of it</a> <code>${traceOf(task)}</code></dd>` : nothing}
      </dl>
      ${task.error ? problem(`${task.error.code ? `${task.error.code}: ` : ''}${task.error.message ?? task.error}`) : nothing}
      ${this.output ? html`<h3>Output</h3><pre tabindex="0" aria-label="Output" aria-live="polite">${this.output}</pre>` : nothing}
      ${task.trace?.length ? html`<h3>What happened</h3>${this.#timeline(task)}` : nothing}
      <h3>Arguments</h3>${json(task.payload, 'Arguments')}
      ${task.result !== null && task.result !== undefined ? html`<h3>Result</h3>${json(task.result, 'Result')}` : nothing}`;
  }

  /** Each step with the time until the next one, as a bar on one scale; a hop to another host starts a new colour. */
  #timeline(task) {
    const start = task.trace[0].at;
    const end = Math.max(isFinal(task) ? task.updated_at : Date.now() / 1000, task.trace.at(-1).at, start + 0.001);
    const agents = [...new Set(task.trace.map((step) => step.agent))];
    return html`<ol class="timeline plain" data-testid="timeline">${task.trace.map((step, at) => {
      const until = task.trace[at + 1]?.at ?? end;
      const x = (1000 * (step.at - start)) / (end - start);
      return html`<li><span class="quiet at">+${millis((step.at - start) * 1000)}</span>
        <svg viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true"><rect class="hop${agents.indexOf(step.agent) % 4}" x=${x} y="4" height="12" width=${Math.max(4, (1000 * (until - step.at)) / (end - start))}></rect></svg>
        <span><strong>${step.what}</strong> on ${data.name(step.agent)} <span class="quiet">${step.note}</span></span></li>`;
    })}</ol>`;
  }

  async #cancel() {
    if (await confirmed({ title: 'Cancel this task?', text: 'The skill that works on it is told to stop.', act: 'Cancel it' })) {
      await act(() => post(`/api/hub/tasks/${encodeURIComponent(this.arg)}/cancel`), 'Canceled');
      this.#fetch();
    }
  }

  async #retry() {
    const { ok, result } = await act(() => post(`/api/hub/tasks/${encodeURIComponent(this.arg)}/retry`), 'Submitted again, as a new task');
    if (ok) go('tasks', result.id ?? result.task_id);
  }
}
customElements.define('weft-tasks', Tasks);
