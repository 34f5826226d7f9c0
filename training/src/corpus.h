// The texts a base model learns from, and the clean traces of the supervised step.
#ifndef CORPUS_H
#define CORPUS_H
#include "random.h"

enum { MOST_TEXT_TOKENS = 544 };

/**
 * A text of the base corpus, which stands for the web: puzzles that are often given up, most of them without tags, in two
 * languages, a fifth of the tagged thoughts cut off anywhere; and lines of arithmetic. No text is longer than `most`
 * tokens. `*unlearnt` is how many tokens at its beginning are not learnt (the question). Returns the length.
 */
int write_base_text(Random *random, int *out, int most, int *unlearnt);

/** A clean trace: English, all tags, four in five solved, the others given up after several attempts. */
int write_trace(Random *random, int *out, int most, int *unlearnt);

#endif
