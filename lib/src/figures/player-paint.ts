/** Colours, dashes and widths of step players, from the one theme of all figures. */
import { INK, SERIES } from "./theme";
import type { PlayerPaint } from "./player-drawing";

const DASHES = ["", "7,3", "6,3,1.5,3", "1.8,3", "11,4", "11,3,2,3"];

/** Light colours; a page replaces each by its dark counterpart. A tone has the colour of the series of its place, a dash and a look of its own. */
export const PLAYER_PAINT: PlayerPaint = {
  text: INK.text.light,
  quiet: INK.quiet.light,
  axis: INK.axis.light,
  grid: INK.grid.light,
  ground: INK.ground.light,
  tones: SERIES.map(({ mark, name }, index) => ({ mark: mark.light, name: name.light, dash: DASHES[index] })),
  kinds: [{ dash: "", width: 1.3 }, { dash: "7,4", width: 2 }, { dash: "2,3", width: 1.6 }, { dash: "9,3,2,3", width: 1.3 }],
};
