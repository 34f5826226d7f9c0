import 'katex/dist/katex.min.css';
import { drawFormula as draw } from './draw-formula.ts';

/** The same, with the style sheet that only a page can load. */
export const drawFormula = draw;
