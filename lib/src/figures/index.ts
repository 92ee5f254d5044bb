export type { Figure, PlotlyFigure } from "./figure";
