/**
 * Something that a person is told: what it is, and the facts its sentence is made of. The sentence itself is made where it
 * is read (sentences.ts), so what is stored can be told in any language. `Facts` names each code's facts.
 */
export type Told<Facts> = { [Code in keyof Facts]: { code: Code; facts: Facts[Code] } }[keyof Facts];

/** A language's sentence for each code. */
export type Catalogue<Facts> = { [Code in keyof Facts]: (facts: Facts[Code]) => string };

/** The facts of what needs none. */
export type NoFacts = Record<string, never>;
