/** What must be said wherever the models inside stand beside others' names. */
export const scaleWords = '0.6 million parameters against R1-Zero’s 671 billion: what carries over is the shape.';
