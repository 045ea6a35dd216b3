import { html, nothing } from 'lit';
import { announce, bytes } from './parts.js';
import { View } from './view.js';

const TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
/** What the host takes. */
const MOST = 8;
const LARGEST = 5 << 20;
const TOGETHER = 8 << 20;

const base64 = (file) => new Promise((done, failed) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result.slice(reader.result.indexOf(',') + 1));
  reader.onerror = () => failed(new Error(`${file.name} cannot be read.`));
  reader.readAsDataURL(file);
});

/** Images that go with a prompt: chosen or pasted, shown, and taken back. */
class Attachments extends View {
  static properties = { images: { state: true } };

  constructor() {
    super();
    this.images = [];
  }

  /** Adds what is an image and small enough; says why something is not.
   * @returns whether there was an image among them */
  add(files) {
    const images = [...files].filter((file) => file.type.startsWith('image/'));
    for (const file of images) {
      const why = this.#refusal(file);
      if (why) {
        announce(why, true);
      } else {
        this.images = [...this.images, { file, name: file.name || 'Pasted image', url: URL.createObjectURL(file) }];
        announce(`${file.name || 'Image'} attached.`);
      }
    }
    if (!images.length && files.length) announce('Only images can be attached: PNG, JPEG, GIF or WebP.', true);
    return images.length > 0;
  }

  #refusal(file) {
    if (!TYPES.includes(file.type)) return `${file.name} is a kind of image that models do not take; use PNG, JPEG, GIF or WebP.`;
    if (file.size > LARGEST) return `${file.name} has ${bytes(file.size)}; an image may have ${bytes(LARGEST)}.`;
    if (this.images.length === MOST) return `At most ${MOST} images go with a prompt.`;
    if (this.images.reduce((sum, one) => sum + one.file.size, file.size) > TOGETHER) return `The images of a prompt may have ${bytes(TOGETHER)} together.`;
    return '';
  }

  /** The attached images, which are no longer attached; who takes them revokes their addresses.
   * @returns {name, url, content} of each; the content is a promise of Base64 */
  take() {
    const taken = this.images.map(({ file, name, url }) => ({ name, url, content: base64(file) }));
    this.images = [];
    return taken;
  }

  async #remove(image) {
    const at = this.images.indexOf(image);
    URL.revokeObjectURL(image.url);
    this.images = this.images.filter((one) => one !== image);
    announce(`${image.name} removed.`);
    await this.updateComplete;
    const buttons = this.querySelectorAll('button');
    (buttons[Math.min(at, buttons.length - 1)] ?? this.querySelector('input')).focus();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.images.forEach((image) => URL.revokeObjectURL(image.url));
    this.images = [];
  }

  render() {
    return html`
      ${this.images.length ? html`<ul class="plain pictures" aria-label="Attached images">${this.images.map((image) => html`
        <li data-testid="ask-image"><img src=${image.url} alt=${image.name}> <span>${image.name} <span class="quiet">${bytes(image.file.size)}</span></span>
          <button type="button" class="second small" aria-label="Remove ${image.name}" @click=${() => this.#remove(image)}>Remove</button></li>`)}</ul>` : nothing}
      <label class="inline">Images <input type="file" multiple accept=${TYPES.join(',')} data-testid="ask-images"
        @change=${(event) => { this.add(event.target.files); event.target.value = ''; }}></label>`;
  }
}
customElements.define('weft-attachments', Attachments);
