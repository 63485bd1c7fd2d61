import { html } from 'lit';
import { Plain } from '../page.js';

const SIDE = 280;
const PEN = 20;

/** A sheet to draw on. Tells `drawn` after each stroke's part; `picture()` is a PNG of what is on it. */
class Pad extends Plain {
  static properties = { strokes: { state: true } };

  #drawing = null;
  #sheet = null;

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
    if (event.button !== 0) {
      return;
    }
    this.#canvas().setPointerCapture(event.pointerId);
    this.#drawing = [this.#point(event)];
    this.strokes = [...this.strokes, this.#drawing];
    this.#changed();
  }

  #move(event) {
    if (this.#drawing) {
      event.getCoalescedEvents?.().forEach((one) => this.#drawing.push(this.#point(one)));
      this.#drawing.push(this.#point(event));
      this.#changed();
    }
  }

  #up() {
    this.#drawing = null;
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

  /** Puts a picture where the sheet was. */
  async show(blob) {
    this.#sheet = await createImageBitmap(blob);
    this.strokes = [];
    this.#paint();
  }

  picture() {
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
    if (this.#sheet) {
      const scale = Math.min(SIDE / this.#sheet.width, SIDE / this.#sheet.height);
      const [width, height] = [this.#sheet.width * scale, this.#sheet.height * scale];
      pen.imageSmoothingEnabled = scale < 1;
      pen.drawImage(this.#sheet, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
    }
    pen.strokeStyle = '#000';
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
    return html`<canvas class="pad" width=${SIDE} height=${SIDE} role="img" aria-label="Sheet to draw a digit on with a mouse, a pen or a finger; the sample digits below need none of them"
      @pointerdown=${(event) => this.#down(event)} @pointermove=${(event) => this.#move(event)} @pointerup=${() => this.#up()} @pointercancel=${() => this.#up()}></canvas>`;
  }
}
customElements.define('ty-pad', Pad);
