export { RandomStream, threefry2x32, type StreamKey } from "./random";
