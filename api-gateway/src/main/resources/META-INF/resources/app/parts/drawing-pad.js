import { html } from 'lit';
import { LightElement } from '../page.js';

const SIDE = 280;
const PEN = 20;

/** A drawing pad. Emits `drawn` while the user draws; `image()` returns a PNG of the drawing. */
class DrawingPad extends LightElement {
  static properties = { strokes: { state: true } };

  #drawing = null;
  #pointer = null;
  #sheet = null;
  #ink = '#000';

  constructor() {
    super();
    this.strokes = [];
  }

  get isEmpty() {
    return this.strokes.length === 0 && !this.#sheet;
  }

  #canvas() {
    return this.querySelector('canvas');
  }

  #point(event) {
    const box = this.#canvas().getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  }

  #down(event) {
    if (event.button !== 0 || this.#drawing) {
      return; // ignores a second finger
    }
    this.#pointer = event.pointerId;
    this.#canvas().setPointerCapture(event.pointerId);
    this.#drawing = [this.#point(event)];
    this.strokes = [...this.strokes, this.#drawing];
    this.#changed();
  }

  #move(event) {
    if (this.#drawing && event.pointerId === this.#pointer) {
      const between = event.getCoalescedEvents?.() ?? [];
      (between.length ? between : [event]).forEach((one) => this.#drawing.push(this.#point(one)));
      this.#changed();
    }
  }

  #up(event) {
    if (event.pointerId === this.#pointer) {
      this.#drawing = null;
    }
  }

  undo() {
    if (this.strokes.length) {
      this.strokes = this.strokes.slice(0, -1);
    } else {
      this.#sheet = null;
    }
    this.#changed();
  }

  clear() {
    this.strokes = [];
    this.#sheet = null;
    this.#changed();
  }

  /** Shows an image on the pad; nothing if the browser cannot read it, in which case the server reports the error. */
  async show(blob) {
    const sheet = await createImageBitmap(blob).catch(() => null);
    this.strokes = [];
    this.#sheet = sheet;
    this.#paint();
  }

  image() {
    return new Promise((done) => this.#canvas().toBlob(done, 'image/png'));
  }

  #changed() {
    this.#paint();
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent('drawn'));
  }

  #paint() {
    const pen = this.#canvas().getContext('2d');
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, SIDE, SIDE);
    this.#ink = '#000';
    if (this.#sheet) {
      const scale = Math.min(SIDE / this.#sheet.width, SIDE / this.#sheet.height);
      const [width, height] = [this.#sheet.width * scale, this.#sheet.height * scale];
      const [left, top] = [(SIDE - width) / 2, (SIDE - height) / 2];
      pen.imageSmoothingEnabled = scale < 1;
      pen.drawImage(this.#sheet, left, top, width, height);
      const [red, green, blue] = pen.getImageData(Math.ceil(left), Math.ceil(top), 1, 1).data;
      this.#ink = red + green + blue < 3 * 128 ? '#fff' : '#000'; // visible on the image's background
    }
    pen.strokeStyle = this.#ink;
    pen.lineWidth = PEN;
    pen.lineCap = 'round';
    pen.lineJoin = 'round';
    for (const stroke of this.strokes) {
      pen.beginPath();
      pen.moveTo(...stroke[0]);
      stroke.forEach((point) => pen.lineTo(...point));
      pen.lineTo(stroke.at(-1)[0] + 0.01, stroke.at(-1)[1]); // a tap is a dot
      pen.stroke();
    }
  }

  firstUpdated() {
    this.#paint();
  }

  render() {
    return html`<canvas class="pad" width=${SIDE} height=${SIDE} role="img" aria-label="Area to draw a digit in with a mouse, a pen or a finger; the sample digits below need none of these"
      @pointerdown=${(event) => this.#down(event)} @pointermove=${(event) => this.#move(event)} @pointerup=${(event) => this.#up(event)} @pointercancel=${(event) => this.#up(event)}></canvas>`;
  }
}
customElements.define('ty-pad', DrawingPad);
