/** "Did you mean ...?" for names that are not known. */
export { suggestName } from "../errors";
