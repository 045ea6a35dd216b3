import { LitElement } from 'lit';

/** What views have in common: they draw into the page itself, so that one stylesheet serves all and labels reach their fields. */
export class View extends LitElement {
  static properties = { arg: { type: String } };

  createRenderRoot() { return this; }
}
