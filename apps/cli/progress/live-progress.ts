import type { Output } from '../console.js';
import { styleOf } from '../view/style.js';
import { renderFrame } from './frame.js';
import type { Progress } from './progress.js';
import type { RunPicture } from './run-picture.js';

const REDRAW_MS = 100;

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';

/** A tree of the run that is drawn over itself ten times a second. */
export function createLiveProgress(picture: RunPicture, output: Output): Progress {
  const style = styleOf(output);
  let drawn = 0;
  let tick = 0;
  const draw = (whole: boolean) => {
    const size = { columns: output.columns, rows: whole ? Number.POSITIVE_INFINITY : output.rows };
    const lines = renderFrame(picture, { now: Date.now(), tick: tick++, ...size }, style);
    const back = drawn === 0 ? '' : `\u001b[${drawn}A\r\u001b[0J`;
    output.write(`${back}${lines.map((line) => `${line}\n`).join('')}`);
    drawn = lines.length;
  };
  output.write(HIDE_CURSOR);
  draw(false);
  const timer = setInterval(() => draw(false), REDRAW_MS);
  return {
    show() {},
    end() {
      clearInterval(timer);
      draw(true);
      output.write(SHOW_CURSOR);
    },
  };
}
