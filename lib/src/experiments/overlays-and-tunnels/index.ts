export { BOOK_FIGURE_ADDRESSES, BOOK_FIGURE_NODES, bookFigureWorld, type BookFigureOptions } from "./book-figure";
export { simulateTunnels, type Drop, type TunnelSimulation, type TunnelSimulationOptions } from "./simulate";
