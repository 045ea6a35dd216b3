import { LitElement, html, nothing } from 'lit';

/** A form for what a JSON schema describes: an object of texts, numbers, switches, choices; what is nested is written as JSON. */
class SchemaForm extends LitElement {
  static properties = { schema: { attribute: false }, value: { attribute: false }, errors: { state: true }, name: { type: String } };

  constructor() {
    super();
    Object.assign(this, { schema: {}, value: {}, errors: {}, name: 'field' });
  }

  createRenderRoot() { return this; }

  /** What was entered, or null if something in it does not fit; the fields say what. */
  read() {
    const errors = {};
    const value = {};
    for (const [name, type] of Object.entries(this.schema.properties ?? {})) {
      const field = this.querySelector(`#${CSS.escape(this.#id(name))}`);
      try {
        const read = this.#readField(field, type);
        if (read !== undefined) value[name] = read;
        else if (this.#required(name)) errors[name] = 'This is needed.';
      } catch (failure) {
        errors[name] = failure.message;
      }
    }
    this.errors = errors;
    const bad = Object.keys(errors)[0];
    if (bad) this.querySelector(`#${CSS.escape(this.#id(bad))}`)?.focus();
    return bad ? null : value;
  }

  #readField(field, type) {
    if (kind(type) === 'boolean') return field.checked;
    const text = field.value;
    if (text === '') return undefined;
    if (type.enum) return type.enum.find((one) => String(one) === text);
    if (kind(type) === 'integer' || kind(type) === 'number') {
      const number = Number(text);
      if (!Number.isFinite(number) || (kind(type) === 'integer' && !Number.isInteger(number))) throw new Error(kind(type) === 'integer' ? 'A whole number is expected.' : 'A number is expected.');
      return number;
    }
    if (kind(type) === 'string') return text;
    if (kind(type) === 'array' && kind(type.items ?? {}) === 'string' && !text.trim().startsWith('[')) return text.split('\n').map((line) => line.trim()).filter(Boolean);
    try {
      return JSON.parse(text);
    } catch {
      throw new Error(`JSON is expected (${kind(type) || 'any value'}).`);
    }
  }

  #id(name) { return `${this.name}-${name}`; }

  #required(name) { return this.schema.required?.includes(name); }

  render() {
    const fields = Object.entries(this.schema.properties ?? {});
    if (!fields.length) return html`<p class="quiet">It takes no arguments.</p>`;
    return html`${fields.map(([name, type]) => this.#field(name, type))}`;
  }

  #field(name, type) {
    const id = this.#id(name);
    const error = this.errors[name];
    const about = [type.description ? `${id}-about` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || nothing;
    return html`<div class="field">
      <label for=${id}>${type.title ?? name}${this.#required(name) ? html` <span class="quiet">(needed)</span>` : nothing}</label>
      ${this.#input(id, type, this.value?.[name], about, error)}
      ${type.description ? html`<p class="quiet hint" id="${id}-about">${type.description}</p>` : nothing}
      ${error ? html`<p class="error hint" id="${id}-error">${error}</p>` : nothing}
    </div>`;
  }

  #input(id, type, value, about, error) {
    const invalid = error ? 'true' : 'false';
    const given = value ?? type.default;
    if (kind(type) === 'boolean') return html`<input type="checkbox" id=${id} .checked=${given === true} aria-describedby=${about}>`;
    if (type.enum) {
      return html`<select id=${id} aria-describedby=${about} aria-invalid=${invalid}>
        <option value="">–</option>${type.enum.map((one) => html`<option value=${String(one)} ?selected=${given === one}>${one}</option>`)}</select>`;
    }
    if (kind(type) === 'integer' || kind(type) === 'number') {
      return html`<input type="number" step=${kind(type) === 'integer' ? '1' : 'any'} id=${id} .value=${given ?? ''} min=${type.minimum ?? nothing} max=${type.maximum ?? nothing} aria-describedby=${about} aria-invalid=${invalid}>`;
    }
    if (kind(type) === 'string' && (type.format === 'password' || type.writeOnly)) {
      return html`<input type="password" autocomplete="off" id=${id} .value=${given ?? ''} aria-describedby=${about} aria-invalid=${invalid}>`;
    }
    const lines = Array.isArray(given) && kind(type.items ?? {}) === 'string' ? given.join('\n') : null;
    const text = given === undefined || given === null ? '' : typeof given === 'string' ? given : lines ?? JSON.stringify(given);
    const hint = kind(type) === 'string' ? nothing : kind(type) === 'array' && kind(type.items ?? {}) === 'string' ? 'one a line' : `JSON (${kind(type) || 'any value'})`;
    return html`<textarea rows=${kind(type) === 'string' && text.length < 80 ? 1 : 3} id=${id} .value=${text} placeholder=${hint} spellcheck="false" aria-describedby=${about} aria-invalid=${invalid}></textarea>`;
  }
}
customElements.define('weft-schema-form', SchemaForm);

/** The one type of a schema, besides null. */
function kind(schema) {
  const types = [schema.type].flat().filter((type) => type && type !== 'null');
  return types.length === 1 ? types[0] : '';
}
