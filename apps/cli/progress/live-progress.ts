import type { Output } from '../console.js';
import { styleOf } from '../view/style.js';
import { renderFrame } from './frame.js';
import type { Progress } from './progress.js';
import type { RunPicture } from './run-picture.js';

const REDRAW_MS = 100;

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';

/** A tree of the run that is drawn over itself ten times a second; what is asked of people stays above it. */
export function createLiveProgress(picture: RunPicture, output: Output): Progress {
  const style = styleOf(output);
  let drawn = 0;
  let tick = 0;
  const erase = () => (drawn === 0 ? '' : `\u001b[${drawn}A\r\u001b[0J`);
  const draw = (whole: boolean) => {
    const size = { columns: output.columns, rows: whole ? Number.POSITIVE_INFINITY : output.rows };
    const lines = renderFrame(picture, { now: Date.now(), tick: tick++, ...size }, style);
    output.write(`${erase()}${lines.map((line) => `${line}\n`).join('')}`);
    drawn = lines.length;
  };
  output.write(HIDE_CURSOR);
  draw(false);
  const timer = setInterval(() => draw(false), REDRAW_MS);
  return {
    show() {},
    ask({ title, lines }) {
      output.write(`${erase()}${[title, ...lines].map((line) => `${line}\n`).join('')}`);
      drawn = 0;
      draw(false);
    },
    end() {
      clearInterval(timer);
      draw(true);
      output.write(SHOW_CURSOR);
    },
  };
}
