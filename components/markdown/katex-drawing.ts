import 'katex/dist/katex.min.css';
import * as formulas from './draw-formula.ts';

/** The same, with the style sheet that only a page can load. */
export const { drawFormula, loadChemistry, needsChemistry } = formulas;
